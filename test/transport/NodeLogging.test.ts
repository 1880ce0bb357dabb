/** How programs log, seen from outside: into a pipe, and in a terminal. */
import { assert, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fixture } from "../fixtures/stdio/program.ts"
import { explained } from "../http/messages.ts"

const command = [process.execPath, "--conditions=mcp-effect-source", fixture("logging.ts")]
const call = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "work", arguments: {}, _meta: explained() }
})

/** Runs a program that is sent one call, and nothing more. */
const run = async ([program, ...args]: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}) => {
  const child = spawn(program!, args, { env: { ...process.env, ...env } })
  const said = { stdout: "", stderr: "" }
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      said[name] += chunk
    })
  }
  child.stdin.end(`${call}\n`)
  const code = await new Promise((resolve) => child.on("close", resolve))
  return { code, ...said }
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "")

describe("NodeLogging", () => {
  it("S149: into a pipe, JSON on stderr, and on stdout nothing but the protocol", async () => {
    const { code, stderr, stdout } = await run(command)
    assert.strictEqual(code, 0, stderr)
    assert.deepStrictEqual(
      lines(stdout).map((line) => JSON.parse(line).id),
      [1]
    )
    const logged = lines(stderr).filter((line) => line.startsWith("{"))
    assert.deepInclude(JSON.parse(logged[0] ?? "{}"), {
      level: "INFO",
      message: "a fact",
      annotations: { order: 7 }
    })
    assert.strictEqual(logged.length, 1)
    assert.include(stderr, "a stray print")
  })

  it("S149: the level is that of MCP_LOG_LEVEL", async () => {
    const { stderr } = await run(command, { MCP_LOG_LEVEL: "Debug" })
    assert.include(stderr, '"a detail"')
    const quiet = await run(command, { MCP_LOG_LEVEL: "Error" })
    assert.notInclude(quiet.stderr, "a fact")
    const wrong = await run(command, { MCP_LOG_LEVEL: "Loud" })
    assert.strictEqual(wrong.code, 1)
    assert.include(wrong.stderr, "MCP_LOG_LEVEL")
  })

  const isThere = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0

  it.skipIf(!isThere)("S149: in a terminal, for people", async () => {
    const folder = mkdtempSync(join(tmpdir(), "logging-"))
    try {
      // Its input and output are files, as its host has pipes; only stderr is the terminal.
      writeFileSync(join(folder, "in"), `${call}\n`)
      const line = `${command.map((word) => `'${word}'`).join(" ")} <'${folder}/in' >'${folder}/out'`
      const { stdout: shown } = await run(["script", "--quiet", "--command", line, "/dev/null"], {
        SHELL: "/bin/sh"
      })
      assert.deepStrictEqual(
        lines(readFileSync(join(folder, "out"), "utf8")).map((line) => JSON.parse(line).id),
        [1]
      )
      assert.include(shown, "\u001B[32mINFO\u001B[0m")
      assert.include(shown, "a fact")
      assert.notInclude(shown, '"a fact"')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
