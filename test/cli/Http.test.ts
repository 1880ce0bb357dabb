/** Servers of the command line on HTTP, and its client at their URLs. */
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { command, complaint, fixture, lineOf, mcp, root, temporary } from "./binary.ts"

const calculator = fixture("calculator.ts")
const everything = fixture("everything.ts")

/** A server that listens, until the block ends. */
const running = async (
  args: ReadonlyArray<string>,
  { cwd = root, env = {} }: { readonly cwd?: string; readonly env?: Record<string, string> } = {}
) => {
  const [node, ...flags] = command
  const child = spawn(node, [...flags, ...args], { cwd, env: { PATH: process.env["PATH"], ...env } })
  const closed = once(child, "close")
  const [, url = ""] = await lineOf(child.stderr, /^Listening at (\S+)$/)
  const stop = async () => {
    child.kill("SIGTERM")
    const [code] = (await closed) as [number | null]
    return code
  }
  return {
    url,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop())
  }
}

const says = async (...args: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await mcp(args)
  assert.strictEqual(code, 0, stderr)
  return stdout
}

describe("mcp run -t http", () => {
  it("S110 S118: serves both eras at /mcp, says where, and ends well when it is told to stop", async () => {
    await using server = await running(["run", calculator, "-t", "http", "--port", "0"])
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/mcp$/)
    const call = ["call", "add", server.url, "-a", "a=2", "-a", "b=40"]
    assert.strictEqual(await says(...call), "42\n")
    assert.strictEqual(await says(...call, "--protocol", "2025-03-26"), "42\n")
    assert.strictEqual(await server.stop(), 0)
  })

  it("S110 S118: streamable-http is another name for http, and sse serves clients of 2024-11-05", async () => {
    await using modern = await running(["run", calculator, "-t", "streamable-http", "--port", "0"])
    assert.match(modern.url, /\/mcp$/)
    await using old = await running(["run", calculator, "-t", "sse", "--port", "0"])
    assert.match(old.url, /\/sse$/)
    assert.strictEqual(await says("call", "add", old.url, "-a", "a=2", "-a", "b=40"), "42\n")
  })

  it("S110: --path, --json and --stateless", async () => {
    const flags = ["--path", "api", "--json", "--stateless"]
    await using server = await running(["run", everything, "-t", "http", "--port", "0", ...flags])
    assert.match(server.url, /\/api$/)
    const body = {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "count", arguments: { to: 3 }, _meta: { progressToken: 1 } }
    }
    const response = await fetch(server.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25"
      },
      body: JSON.stringify(body)
    })
    // Without --stateless there would have to be a session, without --json a stream for the progress.
    assert.strictEqual(response.status, 200)
    assert.match(response.headers.get("content-type") ?? "", /^application\/json/)
    assert.strictEqual(((await response.json()) as { readonly id: number }).id, 1)
  })

  it("S119: without flags it is 127.0.0.1, port 8000, path /mcp, and a flag is needed to be reached by others", async () => {
    const help = await says("run", "--help")
    assert.match(help, /--host ADDRESS +Where to listen\. Default: 127\.0\.0\.1/)
    assert.match(help, /--port NUMBER +.*Default: 8000/)
    assert.match(help, /--path PATH +Default: \/mcp/)
    assert.match(
      complaint(await mcp(["run", calculator, "-t", "http", "--host", "0.0.0.0"])),
      /^1: error: 0\.0\.0\.0 can be reached from other machines\nhint: .*--hosts/
    )
  })

  it("S120: settings come from variables, then from .env, and flags win", async () => {
    using folder = temporary()
    writeFileSync(join(folder.path, ".env"), "MCP_PATH=/from-file\nMCP_PORT=http\n")
    const around = { cwd: folder.path, env: { MCP_PORT: "0" } }
    await using fromFile = await running(["run", calculator, "-t", "http"], around)
    assert.match(fromFile.url, /\/from-file$/)
    await using fromFlag = await running(["run", calculator, "-t", "http", "--path", "/flag"], around)
    assert.match(fromFlag.url, /\/flag$/)
    assert.match(
      complaint(await mcp(["run", calculator, "-t", "http"], { cwd: folder.path })),
      /^1: error: MCP_PORT: Expected/
    )
  })

  it("a port that is taken, and a file that serves stdio by itself", async () => {
    await using server = await running(["run", calculator, "-t", "http", "--port", "0"])
    const { port } = new URL(server.url)
    assert.match(
      complaint(await mcp(["run", calculator, "-t", "http", "--port", port])),
      new RegExp(`^1: error: Port ${port} on 127\\.0\\.0\\.1 is taken: .*--port`)
    )
    assert.match(
      complaint(await mcp(["run", "examples/echo/server.ts", "-t", "http"])),
      /^1: error: .*serves stdio by itself.*\nhint: .*import\.meta\.main/
    )
  })
})

describe("targets at URLs", () => {
  it("S195: questions, progress and changes come over HTTP, too", async () => {
    await using server = await running(["run", everything, "-t", "http", "--port", "0"])
    for (const protocol of ["2026-07-28", "2025-11-25"]) {
      const args = ["call", "ask", server.url, "--protocol", protocol]
      const { stderr, stdout } = await mcp(args, { input: "L\n" })
      assert.strictEqual(stdout, "size L\n", stderr)
    }
    assert.match(await says("list", "prompts", server.url), /review/)
  })

  it("--header is sent, and asked for where it is missing", async () => {
    await using server = await running(["run", fixture("guarded.ts")])
    const refused = complaint(await mcp(["list", server.url]))
    assert.match(refused, /^2: error: .*401.*\nhint: .*--header "Authorization: Bearer/)
    assert.include(await says("list", "tools", server.url, "-H", "Authorization: Bearer secret"), "add")
    assert.match(
      complaint(await mcp(["list", server.url, "-H", "secret"])),
      /^1: error: --header takes "Name: value"/
    )
  })

  it("nothing listens there: exit code 2", async () => {
    const { url } = await (async () => {
      await using server = await running(["run", calculator, "-t", "http", "--port", "0"])
      return server
    })()
    assert.match(complaint(await mcp(["inspect", url])), /^2: error: Cannot reach .*nothing listens there/)
  })
})
