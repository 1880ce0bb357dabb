import { assert, describe, it } from "@effect/vitest"
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { dirname, join } from "node:path"
import { command, complaint, fixture, mcp, root, temporary } from "./binary.ts"

const golden = join(root, "test/cli/golden")
const calculator = fixture("calculator.ts")

/** Where each host keeps its servers on Linux, from the home directory. */
const files: { readonly [host: string]: string } = {
  "claude-desktop": ".config/Claude/claude_desktop_config.json",
  "claude-code": ".claude.json",
  cursor: ".cursor/mcp.json",
  vscode: ".config/Code/User/mcp.json",
  codex: ".codex/config.toml",
  "gemini-cli": ".gemini/settings.json",
  windsurf: ".codeium/windsurf/mcp_config.json",
  zed: ".config/zed/settings.json"
}
/** What is there when the host is. */
const homes: { readonly [host: string]: string } = {
  "claude-code": ".claude",
  vscode: ".config/Code"
}

/** A home where a host is, and what is in its file. */
const homeWith = (host: string, text?: string) => {
  const home = temporary()
  const file = join(home.path, files[host]!)
  mkdirSync(join(home.path, homes[host] ?? dirname(files[host]!)), { recursive: true })
  if (text !== undefined) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return {
    home: home.path,
    file,
    read: () => plain(readFileSync(file, "utf8")),
    [Symbol.dispose]: () => home[Symbol.dispose]()
  }
}

/** A text without what differs between machines. */
const plain = (text: string) =>
  text.replaceAll(command[0], "$NODE").replaceAll(`${root}src/cli/main.ts`, "$MCP").replaceAll(root, "$ROOT/")

const install = (home: string, ...args: ReadonlyArray<string>) =>
  mcp(["install", ...args, calculator, "--name", "demo", "-v", "API_KEY=new"], { home })

for (const host of Object.keys(files)) {
  const ending = host === "codex" ? "toml" : "json"
  const text = (name: string) => readFileSync(join(golden, host, `${name}.${ending}`), "utf8")

  describe(`mcp install ${host}`, () => {
    for (const [what, input, output] of [
      ["a file that is missing", undefined, "new.out"],
      ["an empty file", "", "new.out"],
      ["an existing entry, whose env and other members stay", "existing.in", "existing.out"],
      ["a file with comments and other entries, which stay", "commented.in", "commented.out"]
    ] as const) {
      it(`S100 S103: ${what}`, async () => {
        using there = homeWith(host, input === undefined || input === "" ? input : text(input))
        const { code, stderr, stdout } = await install(there.home, host)
        assert.strictEqual(code, 0, stderr)
        assert.include(stdout, there.file)
        if (process.env["UPDATE_GOLDEN"] === "1")
          writeFileSync(join(golden, host, `${output}.${ending}`), there.read())
        assert.strictEqual(there.read(), text(output))
      })
    }

    it("S103: a second time changes nothing", async () => {
      using there = homeWith(host, text("commented.in"))
      await install(there.home, host)
      const { code, stdout } = await install(there.home, host)
      assert.strictEqual(code, 0)
      assert.strictEqual(stdout, `Nothing to change in ${there.file}\n`)
    })

    it("S103: a broken file is left as it is, and the place of the mistake is told", async () => {
      const broken = ending === "toml" ? 'model = "o5"\nbroken = [1\n' : '{\n  "a": 1,,\n}\n'
      using there = homeWith(host, broken)
      const said = complaint(await install(there.home, host))
      assert.match(said, /^1: error: .*: line \d, column \d+: .*\nhint: It was not changed/)
      assert.strictEqual(there.read(), broken)
      assert.isFalse(existsSync(`${there.file}.bak`))
    })

    it("S103: uninstall gives back what was there before", async () => {
      using there = homeWith(host, text("commented.in"))
      await install(there.home, host)
      const { code, stderr } = await mcp(["uninstall", host, "demo"], { home: there.home })
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(there.read(), text("commented.in"))
    })

    it("S101: a host that is not on this machine is not found", async () => {
      using home = temporary()
      assert.match(
        complaint(await install(home.path, host)),
        /^1: error: .+ not found: there is no .*\nhint: /
      )
      assert.deepStrictEqual(readdirSync(home.path), [])
    })
  })
}

describe("mcp install", () => {
  it("S020 S101: without a host it is Claude Desktop, whose absence is told as the reference does", async () => {
    using home = temporary()
    assert.include(complaint(await install(home.path)), "Claude app not found")
    using there = homeWith("claude-desktop")
    assert.strictEqual((await install(there.home)).code, 0)
    assert.strictEqual(there.read(), readFileSync(join(golden, "claude-desktop/new.out.json"), "utf8"))
  })

  it("S102 S114: what is written are absolute paths, and starts the server", async () => {
    using there = homeWith("cursor")
    const { code } = await mcp(["install", "cursor", "test/fixtures/cli/shapes.ts:value"], {
      home: there.home
    })
    assert.strictEqual(code, 0)
    const { mcpServers } = JSON.parse(readFileSync(there.file, "utf8"))
    const { args, command: program } = mcpServers.value
    assert.strictEqual(program, process.execPath)
    assert.deepStrictEqual(args.slice(-2), ["run", `${fixture("shapes.ts")}:value`])
    assert.isTrue(existsSync(args[1]))
  })

  it("S104: the name is the server's own, or that of its file if it does not start", async () => {
    using folder = temporary()
    writeFileSync(join(folder.path, "broken.ts"), "export default 42")
    using there = homeWith("cursor")
    await mcp(["install", "cursor", calculator], { home: there.home })
    const { code, stderr } = await mcp(["install", "cursor", join(folder.path, "broken.ts")], {
      home: there.home
    })
    assert.strictEqual(code, 0)
    assert.match(stderr, /^warning: .*a number, not a server/s)
    const { mcpServers } = JSON.parse(readFileSync(there.file, "utf8"))
    assert.deepStrictEqual(Object.keys(mcpServers), ["calculator", "broken"])
  })

  it("S104: --name wins, and a host gets a name it accepts", async () => {
    for (const [host, name] of [
      ["cursor", "My Analytics Server"],
      ["codex", "My-Analytics-Server"]
    ] as const) {
      using there = homeWith(host)
      const { stdout } = await mcp(["install", host, calculator, "-n", "My Analytics Server"], {
        home: there.home
      })
      assert.include(stdout, name)
      assert.include(there.read(), name)
    }
  })

  it("S105 S106: -v wins over -f, -f over what is there; .env files are read as Node reads them", async () => {
    using folder = temporary()
    const lines = ["# a comment", "export A=file", "B='two words' # more", 'C="one', 'two"', "D=file"]
    writeFileSync(join(folder.path, ".env"), lines.join("\n"))
    using there = homeWith("cursor", '{"mcpServers":{"demo":{"command":"old","env":{"D":"old","E":"old"}}}}')
    const args = [
      "install",
      "cursor",
      calculator,
      "-n",
      "demo",
      "-v",
      "A=flag",
      "-v",
      " F = a=b ",
      "-f",
      ".env"
    ]
    assert.strictEqual((await mcp(args, { home: there.home, cwd: folder.path })).code, 0)
    assert.deepStrictEqual(JSON.parse(readFileSync(there.file, "utf8")).mcpServers.demo.env, {
      A: "flag",
      B: "two words",
      C: "one\ntwo",
      D: "file",
      E: "old",
      F: "a=b"
    })
  })

  it("S105: -v without = is an error, exit code 1", async () => {
    assert.strictEqual(
      complaint(await mcp(["install", calculator, "-v", "FOO"])),
      '1: error: --env-var takes KEY=VALUE, and this is "FOO"\n'
    )
  })

  it("S025 S095 S096 S097 S107: packages are written sorted, each once, those of the file too", async () => {
    using folder = temporary()
    const file = join(folder.path, "server.mjs")
    const text = `export const dependencies = ["zod@4", 'lodash']\nexport { value } from ${JSON.stringify(fixture("shapes.ts"))}`
    writeFileSync(file, text)
    using there = homeWith("cursor")
    const packages = ["--with", "numeral", "--with", "lodash", "--with-editable", "."]
    const args = ["install", "cursor", `${file}:value`, "-n", "demo", ...packages]
    assert.strictEqual((await mcp(args, { home: there.home, cwd: folder.path })).code, 0)
    const written: ReadonlyArray<string> = JSON.parse(readFileSync(there.file, "utf8")).mcpServers.demo.args
    const flags = `--with lodash --with numeral --with zod@4 --with-editable ${folder.path}`
    assert.strictEqual(written.slice(written.indexOf("run")).join(" "), `run ${flags} ${file}:value`)
  })

  it("S096: --with-editable takes a directory that exists", async () => {
    assert.match(
      complaint(await mcp(["install", calculator, "-e", "no-such-directory"])),
      /^1: error: Not a directory: .*no-such-directory/
    )
  })

  it("S103: --dry-run shows the difference and changes nothing", async () => {
    const text = readFileSync(join(golden, "cursor/existing.in.json"), "utf8")
    using there = homeWith("cursor", text)
    const { code, stdout } = await install(there.home, "cursor", "--dry-run")
    assert.strictEqual(code, 0)
    assert.match(stdout, /^-\s+"command": "old",$/m)
    assert.match(stdout, /^\+\s+"env": \{ "KEEP": "1", "API_KEY": "new" \},$/m)
    assert.strictEqual(there.read(), text)
  })

  it("S103: what was there is kept beside it, with its mode; links stay links", async () => {
    using there = homeWith("cursor")
    using dotfiles = temporary()
    const real = join(dotfiles.path, "mcp.json")
    writeFileSync(real, "{}", { mode: 0o640 })
    symlinkSync(real, there.file)
    await install(there.home, "cursor")
    assert.isTrue(lstatSync(there.file).isSymbolicLink())
    assert.include(readFileSync(real, "utf8"), "demo")
    assert.strictEqual(statSync(real).mode & 0o777, 0o640)
    assert.strictEqual(readFileSync(`${real}.bak`, "utf8"), "{}")
    assert.deepStrictEqual(readdirSync(dotfiles.path).sort(), ["mcp.json", "mcp.json.bak"])
  })

  it("a new file, which may hold secrets, is for its owner only", async () => {
    using there = homeWith("cursor")
    await install(there.home, "cursor")
    assert.strictEqual(statSync(there.file).mode & 0o777, 0o600)
  })

  it("S101: --config-path and --project say where, whether the host is there or not", async () => {
    using folder = temporary()
    const around = { cwd: folder.path }
    const args = [calculator, "-n", "demo"]
    assert.strictEqual((await mcp(["install", "zed", ...args, "--config-path", "zed.json"], around)).code, 0)
    assert.strictEqual((await mcp(["install", "claude-code", ...args, "--project"], around)).code, 0)
    assert.strictEqual((await mcp(["install", "codex", ...args, "--project"], around)).code, 0)
    assert.deepStrictEqual(readdirSync(folder.path).sort(), [".codex", ".mcp.json", "zed.json"])
    assert.match(complaint(await mcp(["install", ...args, "--project"], around)), /has no file for projects/)
  })

  it("S100: print shows the entry and touches nothing", async () => {
    using home = temporary()
    const { code, stdout } = await install(home.path, "print")
    assert.strictEqual(code, 0)
    assert.strictEqual(plain(stdout), readFileSync(join(golden, "claude-desktop/new.out.json"), "utf8"))
    assert.deepStrictEqual(readdirSync(home.path), [])
  })

  it("TOML that spells its tables otherwise is left alone", async () => {
    const text = 'mcp_servers = { demo = { command = "old" } }\n'
    using there = homeWith("codex", text)
    assert.match(complaint(await install(there.home, "codex")), /cannot be edited safely\nhint: .*print/)
    assert.strictEqual(there.read(), text)
  })

  it("S100: an unknown host, with the one that was meant", async () => {
    assert.match(
      complaint(await mcp(["install", "curser", calculator])),
      /^1: error: There is no host curser\nhint: Did you mean cursor\?/
    )
  })

  it("S100: a host alone is not enough", async () => {
    assert.strictEqual(
      complaint(await mcp(["install", "cursor"])),
      "1: error: FILE is missing: cursor is a host\nhint: mcp install cursor FILE\n"
    )
    assert.match(complaint(await mcp(["uninstall", "cursor"])), /hint: mcp uninstall cursor NAME\n$/)
  })

  it("S100: uninstall of what is not there names what is", async () => {
    using there = homeWith("cursor", '{"mcpServers":{"other":{"command":"x"}}}')
    assert.match(
      complaint(await mcp(["uninstall", "cursor", "demo"], { home: there.home })),
      /^1: error: Cursor has no server demo\nhint: It has other/
    )
  })

  it("S100: a bundle is one file that serves without this program", async () => {
    using there = homeWith("cursor")
    const { code, stderr } = await mcp(["install", "cursor", calculator, "--bundle"], { home: there.home })
    assert.strictEqual(code, 0, stderr)
    const { args } = JSON.parse(readFileSync(there.file, "utf8")).mcpServers.calculator
    assert.lengthOf(args, 1)
    assert.isBelow(statSync(args[0]).size, 600_000)
    const again = await mcp(["install", "cursor", args[0], "-n", "bundled"], { home: there.home })
    assert.strictEqual(again.code, 0)
  })
})

describe("mcp hosts", () => {
  it("S100: lists what is on this machine and what it has", async () => {
    using there = homeWith("cursor", '{"mcpServers":{"other":{"command":"x"}}}')
    const { code, stdout } = await mcp(["hosts", "--json"], { home: there.home })
    assert.strictEqual(code, 0)
    const { hosts } = JSON.parse(stdout)
    const found = hosts.filter((host: { readonly found: boolean }) => host.found)
    assert.deepStrictEqual(found, [
      { id: "cursor", name: "Cursor", found: true, file: there.file, servers: ["other"] }
    ])
    assert.match((await mcp(["hosts"], { home: there.home })).stdout, /^ {2}cursor +.*mcp\.json\n +other\n/m)
  })
})
