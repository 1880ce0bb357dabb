import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { spawnSync } from "node:child_process"
import { complaint, mcp, root } from "./binary.ts"

const { bin, version } = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as {
  readonly version: string
  readonly bin: { readonly [name: string]: string }
}

describe("mcp", () => {
  it("S012: alone it shows help that names the commands, exit code 0", async () => {
    const { code, stderr, stdout } = await mcp([])
    assert.strictEqual(code, 0)
    assert.strictEqual(stderr, "")
    for (const command of ["version", "dev", "run", "install"])
      assert.match(stdout, new RegExp(`^ {2}${command} `, "m"), `help does not list ${command}`)
  })

  it("S012: --help shows the same as nothing", async () => {
    const [bare, asked] = await Promise.all([mcp([]), mcp(["--help"])])
    assert.deepStrictEqual(asked, bare)
  })

  it("S013: version and --version print the version of the package", async () => {
    const expected = { code: 0, stdout: `MCP version ${version}\n`, stderr: "" }
    assert.deepStrictEqual(await mcp(["version"]), expected)
    assert.deepStrictEqual(await mcp(["--version"]), expected)
    assert.deepStrictEqual(await mcp(["run", "--version"]), expected)
  })

  it("is installed under two names, so that npx finds it by that of the package", () => {
    assert.deepStrictEqual(bin, { mcp: "dist/cli/main.js", "mcp-effect": "dist/cli/main.js" })
  })

  it("a Node that is too old is told so, though it lacks what newer ones export", () => {
    const old = `
      import { registerHooks } from "node:module"
      Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.0" } })
      registerHooks({
        resolve: (name, context, next) =>
          name === "node:module" ? { url: "data:text/javascript,", shortCircuit: true } : next(name, context)
      })`
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(old)}`, `${root}/${bin["mcp"]}`, "list"],
      { encoding: "utf8" }
    )
    assert.strictEqual(stderr, "error: mcp needs Node 22.19 or newer, and this is 20.11.0\n")
    assert.strictEqual(status, 1)
  })

  it("a wrong command or flag suggests the right one, exit code 1", async () => {
    assert.strictEqual(
      complaint(await mcp(["verison"])),
      "1: error: There is no command verison\nhint: Did you mean version?\n"
    )
    assert.strictEqual(
      complaint(await mcp(["run", "server.ts", "--trasport", "stdio"])),
      "1: error: There is no flag --trasport\nhint: Did you mean --transport?\n"
    )
    assert.match(complaint(await mcp(["run"])), /^1: error: FILE is missing\nhint: mcp run --help/)
  })

  it("with --json a mistake is one object on stdout", async () => {
    const { code, stderr, stdout } = await mcp(["verison", "--json"])
    assert.deepStrictEqual({ code, stderr }, { code: 1, stderr: "" })
    const { error } = JSON.parse(stdout)
    assert.strictEqual(error.kind, "usage")
    assert.strictEqual(error.exitCode, 1)
  })

  it("prints completions that the shell can read and that know the commands and their flags", async () => {
    const { code, stdout } = await mcp(["--completions", "bash"])
    assert.strictEqual(code, 0)
    const script = `${stdout}\nCOMP_WORDS=(mcp run --tr); COMP_CWORD=2; COMP_LINE="mcp run --tr"; COMP_POINT=12\n_mcp mcp --tr run 2>/dev/null; echo "\${COMPREPLY[@]}"`
    const { stdout: reply } = spawnSync("bash", ["-c", script], { encoding: "utf8" })
    assert.include(reply, "--transport")
    for (const shell of ["zsh", "fish", "powershell"]) {
      const { stdout: other } = await mcp(["--completions", shell])
      assert.include(other, "transport")
    }
  })

  it("every help text fits its line: no more than 80 columns when nobody says how wide", async () => {
    const { stdout } = await mcp([])
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) {2}/gm)].map((match) => match[1]!)
    assert.include(commands, "run")
    for (const name of commands) {
      const help = await mcp([name, "--help"])
      assert.strictEqual(help.code, 0, name)
      for (const line of help.stdout.split("\n")) assert.isAtMost(line.length, 80, `mcp ${name}: ${line}`)
    }
  })

  it("colours what it prints only if it may", async () => {
    // What a colour begins with.
    const escape = "\u001B["
    assert.notInclude((await mcp([])).stdout, escape)
    assert.include((await mcp([], { env: { FORCE_COLOR: "1" } })).stdout, escape)
    assert.notInclude((await mcp([], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).stdout, escape)
  })
})
