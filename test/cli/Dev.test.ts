import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import * as Client from "mcp-effect/Client"
import * as StdioClient from "mcp-effect/StdioClient"
import { freePort } from "../freePort.ts"
import { folder } from "../interop/inspector.ts"
import { command, complaint, fixture, lineOf, mcp, root, temporary } from "./binary.ts"

const calculator = fixture("calculator.ts")
const [node, ...flags] = command
const path = `${process.env["PATH"]}`

describe("mcp dev", () => {
  it("S021 S094 S095 S096 S114: --print shows the command: the pinned Inspector on the server", async () => {
    const args = [
      "dev",
      `${calculator}:default`,
      "--print",
      "--with",
      "left-pad",
      "--with",
      "left-pad",
      "-e",
      "."
    ]
    const { code, stdout } = await mcp(args)
    assert.strictEqual(code, 0)
    const [program, ...words] = stdout.trim().split(" ")
    assert.strictEqual(program, "npx")
    assert.match(words.join(" "), /^-y @modelcontextprotocol\/inspector@\d+\.\d+\.\d+ -- /)
    const run = `run --watch --with left-pad --with-editable ${root.replace(/\/$/, "")} ${calculator}:default`
    assert.isTrue(stdout.trim().endsWith(run), stdout)
  })

  it("S025 S097: what the file says it depends on is lent to it", async () => {
    using folder = temporary()
    const file = join(folder.path, "server.ts")
    writeFileSync(file, `export const dependencies: Array<string> = ["zod@4"]\nexport default 1`)
    const { stdout } = await mcp(["dev", file, "--print"])
    assert.include(stdout, "run --watch --with zod@4")
  })

  it("S111: a file that is not there is told before anything is got", async () => {
    assert.match(complaint(await mcp(["dev", "nowhere.ts"])), /^1: error: File not found/)
  })

  /** A folder with a program `npm` in it. */
  const withNpm = (script: string) => {
    const folder = temporary()
    writeFileSync(join(folder.path, "npm"), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder.path, "npm"), 0o755)
    return folder
  }

  it.skipIf(process.platform === "win32")(
    "S094: the Inspector gets the command, and its exit code is ours",
    async () => {
      using npm = withNpm(
        [
          "d=node_modules/@modelcontextprotocol/inspector",
          "mkdir -p $d",
          `echo '{"type":"module","bin":{"mcp-inspector":"./run.js"}}' > $d/package.json`,
          `echo 'console.log(process.argv.slice(2).join(" ")); process.exit(7)' > $d/run.js`
        ].join("\n")
      )
      const around = { env: { PATH: `${npm.path}:${path}` } }
      const { code, stderr, stdout } = await mcp(["dev", calculator], around)
      assert.strictEqual(code, 7, stderr)
      assert.strictEqual(stdout.trim(), `-- ${command.join(" ")} run --watch ${calculator}`)
      assert.match(stderr, /^Getting @modelcontextprotocol\/inspector@[\d.]+, once\n$/)
    }
  )

  it.skipIf(process.platform === "win32")(
    "S098: an Inspector that cannot be had is a clear error",
    async () => {
      using npm = withNpm("echo 'npm error network is down' >&2; exit 1")
      const said = complaint(await mcp(["dev", calculator], { env: { PATH: `${npm.path}:${path}` } }))
      assert.match(said, /^1: Getting .*\nerror: The Inspector cannot be had: .*:\nnetwork is down\nhint: /)
    }
  )

  it.skipIf(folder === undefined || process.platform === "win32")(
    "S021 S094: the real Inspector answers with its page, knows the command, and ends with ours",
    async () => {
      // It is there already: to fetch its 100 MB is for npm to prove.
      using npm = withNpm(`ln -s "${folder}/node_modules" node_modules`)
      using home = temporary()
      const port = String(await freePort())
      const child = spawn(node, [...flags, "dev", calculator], {
        env: {
          ...process.env,
          PATH: `${npm.path}:${path}`,
          HOME: home.path,
          CLIENT_PORT: port,
          MCP_SANDBOX_PORT: "0",
          MCP_APP_ORIGIN_PORT: "0",
          MCP_AUTO_OPEN_ENABLED: "false",
          MCP_INSPECTOR_API_TOKEN: "secret",
          MCP_INSPECTOR_SECRET_STORE: "memory"
        }
      })
      child.stderr.resume()
      await lineOf(child.stdout, /up and running/)
      const origin = `http://127.0.0.1:${port}`
      assert.include(await (await fetch(origin)).text(), "<title>MCP Inspector</title>")
      const headers = { "x-mcp-remote-auth": "Bearer secret" }
      const { mcpServers } = await (await fetch(`${origin}/api/servers`, { headers })).json()
      const servers = Object.values<{ args: ReadonlyArray<string>; command: string }>(mcpServers)
      assert.deepStrictEqual(
        servers.map(({ args, command }) => [command, ...args]),
        [[node, ...flags, "run", "--watch", calculator]]
      )

      child.kill("SIGTERM")
      await once(child, "close")
      await fetch(origin).then(
        () => assert.fail("the Inspector is still there"),
        () => {}
      )
    },
    120_000
  )
})

/** A project whose server has one tool, called what the file beside it says. */
const project = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = temporary()
    const src = (name: string) => JSON.stringify(join(root, "src", name))
    mkdirSync(join(folder.path, "lib"))
    writeFileSync(join(folder.path, "package.json"), "{}")
    writeFileSync(
      join(folder.path, "server.mjs"),
      `import * as Schema from "${import.meta.resolve("effect/Schema")}"
       import * as Effect from "${import.meta.resolve("effect/Effect")}"
       import * as Ask from ${src("server/Ask.ts")}
       import * as Server from ${src("server/Server.ts")}
       import * as Tool from ${src("server/Tool.ts")}
       import { name } from "./lib/name.mjs"
       const ask = Ask.elicit("Well?", Schema.Struct({ it: Schema.String }))
       export default Server.make({ name: "dev", version: "1.0.0" },
         Tool.handle(Tool.make(name, {}), () => Effect.map(ask, ({ it }) => name + " " + it)))`
    )
    const rename = (text: string) => writeFileSync(join(folder.path, "lib", "name.mjs"), text)
    rename('export const name = "one"')
    return { file: join(folder.path, "server.mjs"), rename, folder }
  }),
  ({ folder }) => Effect.sync(() => folder[Symbol.dispose]())
)

describe("mcp run --watch", () => {
  for (const version of ["2026-07-28", "2025-11-25"]) {
    it.live(`S099: a change is swapped in under the live connection, at ${version}`, () =>
      Effect.gen(function* () {
        const { file, rename } = yield* project
        const said = yield* Queue.unbounded<string>()
        const answer = yield* Deferred.make<Client.ElicitResult>()
        const asked = yield* Deferred.make<void>()
        const until = (text: string): Effect.Effect<string> =>
          Effect.flatMap(Queue.take(said), (line) =>
            line.includes(text) ? Effect.succeed(line) : until(text)
          )
        const client = yield* Client.connect(
          StdioClient.layer({
            command: node,
            args: [...flags, "run", "--watch", file],
            stderr: (line) => Queue.offerUnsafe(said, line)
          }),
          {
            name: "test",
            version: "1.0.0",
            versions: [version],
            elicit: () => Effect.andThen(Deferred.succeed(asked, undefined), Deferred.await(answer))
          }
        )
        const names = Effect.map(client.tools, (tools) => tools.map(({ name }) => name))
        yield* until("watching for changes")
        assert.deepStrictEqual(yield* names, ["one"])
        const call = yield* Effect.forkChild(client.callTool("one"))
        yield* Deferred.await(asked)

        rename('export const name = "two"')
        yield* until("reloaded")
        assert.deepStrictEqual(yield* Effect.andThen(client.forget, names), ["two"])

        rename("export const name = ")
        assert.match(yield* until("not reloaded"), /name\.mjs:1: Unexpected/)
        assert.deepStrictEqual(yield* Effect.andThen(client.forget, names), ["two"])

        // What was on its way ends on the code it began with.
        yield* Deferred.succeed(answer, Client.accept({ it: "done" }))
        const { content } = yield* Fiber.join(call)
        assert.deepStrictEqual(content, [{ type: "text", text: "one done" }])
      }).pipe(Effect.scoped)
    )
  }

  it.live("S099: clients are told that lists changed", () =>
    Effect.gen(function* () {
      const { file, rename } = yield* project
      const changed = yield* Queue.unbounded<string>()
      const said = yield* Queue.unbounded<string>()
      yield* Client.connect(
        StdioClient.layer({
          command: node,
          args: [...flags, "run", "--watch", file],
          stderr: (line) => Queue.offerUnsafe(said, line)
        }),
        {
          name: "test",
          version: "1.0.0",
          versions: ["2025-11-25"],
          onNotification: ({ method }) => Queue.offer(changed, method)
        }
      )
      yield* Queue.take(said)
      rename('export const name = "two"')
      assert.strictEqual(yield* Queue.take(changed), "notifications/tools/list_changed")
    }).pipe(Effect.scoped)
  )

  it.live("S099: a folder that came later is watched as well", () =>
    Effect.gen(function* () {
      const { file, folder } = yield* project
      const said = yield* Queue.unbounded<string>()
      const client = yield* Client.connect(
        StdioClient.layer({
          command: node,
          args: [...flags, "run", "--watch", file],
          stderr: (line) => Queue.offerUnsafe(said, line)
        }),
        { name: "test", version: "1.0.0" }
      )
      yield* Queue.take(said)
      const later = join(folder.path, "lib", "later")
      mkdirSync(join(later, "deep"), { recursive: true })
      const rename = (name: string) =>
        writeFileSync(join(later, "deep", "name.mjs"), `export const name = "${name}"`)
      rename("two")
      writeFileSync(join(folder.path, "lib", "name.mjs"), 'export { name } from "./later/deep/name.mjs"')
      assert.include(yield* Queue.take(said), "reloaded")
      rename("three")
      const name = Effect.andThen(
        client.forget,
        Effect.map(client.tools, ([tool]) => tool?.name)
      )
      while ((yield* name) !== "three") assert.include(yield* Queue.take(said), "reloaded")
    }).pipe(Effect.scoped)
  )

  it("a file that does not start at first ends the command", async () => {
    using folder = temporary()
    writeFileSync(join(folder.path, "server.mjs"), "export default 42")
    const said = complaint(await mcp(["run", "--watch", join(folder.path, "server.mjs")]))
    assert.match(said, /^2: error: .*\n?.*a number, not a server/)
  })
})
