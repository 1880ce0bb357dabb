/** Where the hosts of other operating systems keep their servers: no such system is at hand, so the paths are compared. */
import * as NodePath from "@effect/platform-node/NodePath"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Host from "../../src/cli/hosts/Host.ts"
import * as Programs from "../../src/cli/Programs.ts"
import { Machine } from "../../src/cli/Machine.ts"

const machine = (platform: NodeJS.Platform, home: string, env: Record<string, string>, node: string) =>
  Layer.merge(
    Layer.succeed(Machine, {
      version: "1.0.0",
      platform,
      home,
      env,
      cwd: home,
      self: { command: node, args: [] },
      serving: () => {},
      draw: () => {},
      terminals: { stdin: false, stdout: false, stderr: false }
    }),
    platform === "win32" ? NodePath.layerWin32 : NodePath.layerPosix
  )

const systems = {
  win32: machine("win32", String.raw`C:\Users\ada`, {}, String.raw`C:\node\node.exe`),
  darwin: machine("darwin", "/Users/ada", {}, "/opt/node/bin/node"),
  linux: machine("linux", "/home/ada", {}, "/opt/node/bin/node"),
  xdg: machine(
    "linux",
    "/home/ada",
    { XDG_CONFIG_HOME: "/etc/ada", CODEX_HOME: "/codex" },
    "/opt/node/bin/node"
  )
}

const files: { readonly [host: string]: { readonly [system in keyof typeof systems]?: string } } = {
  "claude-desktop": {
    win32: String.raw`C:\Users\ada\AppData\Roaming\Claude\claude_desktop_config.json`,
    darwin: "/Users/ada/Library/Application Support/Claude/claude_desktop_config.json",
    linux: "/home/ada/.config/Claude/claude_desktop_config.json",
    xdg: "/etc/ada/Claude/claude_desktop_config.json"
  },
  "claude-code": { win32: String.raw`C:\Users\ada\.claude.json`, darwin: "/Users/ada/.claude.json" },
  cursor: { win32: String.raw`C:\Users\ada\.cursor\mcp.json`, darwin: "/Users/ada/.cursor/mcp.json" },
  vscode: {
    win32: String.raw`C:\Users\ada\AppData\Roaming\Code\User\mcp.json`,
    darwin: "/Users/ada/Library/Application Support/Code/User/mcp.json",
    xdg: "/etc/ada/Code/User/mcp.json"
  },
  codex: { win32: String.raw`C:\Users\ada\.codex\config.toml`, xdg: "/codex/config.toml" },
  "gemini-cli": {
    win32: String.raw`C:\Users\ada\.gemini\settings.json`,
    linux: "/home/ada/.gemini/settings.json"
  },
  windsurf: {
    win32: String.raw`C:\Users\ada\.codeium\windsurf\mcp_config.json`,
    darwin: "/Users/ada/.codeium/windsurf/mcp_config.json"
  },
  zed: {
    win32: String.raw`C:\Users\ada\AppData\Roaming\Zed\settings.json`,
    darwin: "/Users/ada/.config/zed/settings.json",
    xdg: "/etc/ada/zed/settings.json"
  }
}

describe("Host", () => {
  it("has an expectation for each", () => {
    assert.deepStrictEqual(
      Host.all.map(({ id }) => id),
      Object.keys(files)
    )
  })

  for (const host of Host.all) {
    for (const [system, file] of Object.entries(files[host.id]!)) {
      it.effect(`S101: ${host.name} on ${system}`, () =>
        Effect.gen(function* () {
          assert.strictEqual(host.file(yield* Host.places), file)
        }).pipe(Effect.provide(systems[system as keyof typeof systems]))
      )
    }
  }
})

describe("Programs", () => {
  const having = (...files: ReadonlyArray<string>) =>
    FileSystem.layerNoop({ exists: (file) => Effect.succeed(files.includes(file)) })
  const path = String.raw`C:\one;C:\two`
  const windows = machine("win32", String.raw`C:\Users\ada`, { Path: path }, String.raw`C:\node\node.exe`)

  it.effect("S098: on Windows npx is started through its script, by Node itself", () =>
    Effect.gen(function* () {
      const script = String.raw`C:\node\node_modules\npm\bin\npx-cli.js`
      const program = yield* Programs.withNode("npx").pipe(
        Effect.provide([windows, having(String.raw`C:\node\npx.cmd`, script)])
      )
      assert.deepStrictEqual(program, { command: String.raw`C:\node\node.exe`, args: [script] })
    })
  )

  it.effect("S098: on Windows npx.cmd, npx.exe and npx are looked for, in PATH as well", () =>
    Effect.gen(function* () {
      for (const name of ["npx.cmd", "npx.exe", "npx"]) {
        const file = String.raw`C:\two` + `\\${name}`
        const program = yield* Programs.withNode("npx").pipe(Effect.provide([windows, having(file)]))
        assert.deepStrictEqual(program, { command: file, args: [] })
      }
    })
  )

  it.effect("S098: a missing npx is an error that says where it would come from", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(
        Programs.withNode("npx").pipe(Effect.provide([systems.linux, having()]))
      )
      assert.match(failure.message, /^npx not found/)
      assert.match(failure.hint ?? "", /nodejs\.org/)
    })
  )
})
