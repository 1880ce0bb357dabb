/** Configuration files in rough places: what an edit is not about survives it, and nobody's edit is lost. */
import { assert, describe, it } from "@effect/vitest"
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { complaint, fixture, mcp, temporary } from "./binary.ts"

const calculator = fixture("calculator.ts")

/** Installs into a file, and gives back what is in it then. */
const installed = async (host: string, file: string, ...more: ReadonlyArray<string>) => {
  const args = ["install", host, calculator, "--config-path", file, "-v", "KEY=new"]
  const { code, stderr } = await mcp([...args, ...(more.length === 0 ? ["-n", "demo"] : more)])
  assert.strictEqual(code, 0, stderr)
  return readFileSync(file)
}

describe("a configuration file", () => {
  for (const [host, text] of [
    ["cursor", '{\r\n  "mcpServers": {}\r\n}'],
    ["codex", 'model = "x"\r\n']
  ] as const) {
    it(`keeps the mark it begins with and its line ends, for ${host}`, async () => {
      using folder = temporary()
      const file = join(folder.path, "config")
      writeFileSync(file, `\ufeff${text}`)
      const after = (await installed(host, file)).toString()
      assert.isTrue(after.startsWith("\ufeff"))
      assert.notMatch(after, /[^\r]\n/)
      const again = await mcp(["uninstall", host, "demo", "--config-path", file])
      assert.strictEqual(again.code, 0, again.stderr)
      assert.strictEqual(readFileSync(file, "utf8"), `\ufeff${text}`)
    })
  }

  it("that is no UTF-8 is left alone: what cannot be read cannot be written back", async () => {
    using folder = temporary()
    const file = join(folder.path, "mcp.json")
    const bytes = Buffer.from('{\n  // caf\xe9\n  "mcpServers": {}\n}\n', "latin1")
    writeFileSync(file, bytes)
    const args = ["install", "cursor", calculator, "-n", "demo", "--config-path", file]
    assert.match(
      complaint(await mcp(args)),
      /^1: error: .*mcp\.json is no UTF-8 text\nhint: It was not changed/
    )
    assert.deepStrictEqual(readFileSync(file), bytes)
  })

  it("that is a link to nothing yet stays a link; where its backup is, is where it is said to be", async () => {
    using folder = temporary()
    const [link, file] = [join(folder.path, "mcp.json"), join(folder.path, "dotfiles", "mcp.json")]
    symlinkSync(file, link)
    assert.include((await installed("cursor", link)).toString(), "demo")
    assert.isTrue(lstatSync(link).isSymbolicLink())
    const { stdout } = await mcp(["uninstall", "cursor", "demo", "--config-path", link])
    const [, backup = ""] = /previous version is (.*)$/m.exec(stdout) ?? []
    assert.include(readFileSync(backup, "utf8"), "demo")
    assert.deepStrictEqual(readdirSync(folder.path).sort(), ["dotfiles", "mcp.json"])
  })

  it("has what everybody wrote who wrote at the same time", async () => {
    using folder = temporary()
    const file = join(folder.path, "new", "mcp.json")
    const names = ["a", "b", "c", "d", "e", "f"]
    await Promise.all(names.map((name) => installed("cursor", file, "-n", name)))
    assert.deepStrictEqual(Object.keys(JSON.parse(readFileSync(file, "utf8")).mcpServers).sort(), names)
  })

  it("is free again when whoever locked it has died long ago", async () => {
    using folder = temporary()
    const file = join(folder.path, "mcp.json")
    mkdirSync(`${file}.lock`)
    utimesSync(`${file}.lock`, 0, 0)
    assert.include((await installed("cursor", file)).toString(), "demo")
    assert.deepStrictEqual(readdirSync(folder.path), ["mcp.json"])
  })

  it("keeps its comments in TOML, and what has not changed as it is written", async () => {
    using folder = temporary()
    const file = join(folder.path, "config.toml")
    const text = (await installed("codex", file)).toString()
    const args = /^args = \[(.*)\]$/m.exec(text)![1]!
    const commented = text
      .replace(/^command = .*$/m, 'command = "a # b" # the binary')
      .replace(/^args = .*$/m, `args = [ # as it is\n  ${args}, # all of it\n]`)
      .replace(/^env = .*$/m, "\n[mcp_servers.demo.env] # secrets\nKEY = 'old' # of Ada\nOTHER = '1' # kept")
    writeFileSync(file, commented)
    const wanted = commented
      .replace('command = "a # b"', /^command = .*$/m.exec(text)![0])
      .replace("KEY = 'old'", 'KEY = "new"')
    assert.strictEqual((await installed("codex", file)).toString(), wanted)
  })
})
