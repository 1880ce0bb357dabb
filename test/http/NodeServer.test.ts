/** The listener: where it listens, what it refuses to do, and how it ends. */
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpSettings from "../../src/transport/HttpSettings.ts"
import * as Limits from "mcp-effect/Limits"
import * as Origin from "../../src/http/Origin.ts"
import * as NodeServer from "mcp-effect/NodeServer"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { connect } from "node:net"
import { fileURLToPath } from "node:url"
import { legacy, call, initialize, modern } from "./messages.ts"
import * as Fixture from "./server.ts"

const { server } = Fixture.make()

describe("NodeServer.listen", () => {
  it.live("HTTP-3, HTTPS-4, SSE-2: listens on this machine only, unless told otherwise", () =>
    Effect.gen(function* () {
      const listening = yield* NodeServer.listen(server, { port: 0 })
      assert.strictEqual(listening.host, "127.0.0.1")
      assert.strictEqual(listening.url, `http://127.0.0.1:${listening.port}/mcp`)
    }).pipe(Effect.scoped)
  )

  it.live("an address others reach needs the names the server goes by", () =>
    Effect.gen(function* () {
      for (const host of ["0.0.0.0", "::"]) {
        const error = yield* Effect.flip(Effect.scoped(NodeServer.listen(server, { host, port: 0 })))
        assert.include(error.message, '"hosts"')
        assert.include(error.message, '"guard"')
      }
      yield* Effect.scoped(NodeServer.listen(server, { host: "0.0.0.0", port: 0, hosts: ["mcp.test"] }))
    })
  )

  for (const [option, names] of [
    ["hosts", ["mcp.test", "https://mcp.test"]],
    ["hosts", ["mcp.test/mcp"]],
    ["origins", ["app.test"]],
    ["origins", ["file:///page"]]
  ] as const) {
    it.live(`a name in ${option} that nobody can have does not wait for a request: ${names.at(-1)}`, () =>
      Effect.gen(function* () {
        const { _tag, message } = yield* Effect.flip(NodeServer.listen(server, { port: 0, [option]: names }))
        assert.strictEqual(_tag, "StartError")
        assert.include(message, `"${names.at(-1)}" in "${option}" is no ${option.slice(0, -1)}: write `)
        assert.throws(() => Origin.make({ [option]: names }), message)
      }).pipe(Effect.scoped)
    )
  }

  it.live("says which port is taken", () =>
    Effect.gen(function* () {
      const { port } = yield* NodeServer.listen(server, { port: 0 })
      const error = yield* Effect.flip(NodeServer.listen(server, { port }))
      assert.include(error.message, `Port ${port} on 127.0.0.1 is taken`)
    }).pipe(Effect.scoped)
  )

  it.live("a path that is nobody's is 404, however it is written", () =>
    Effect.gen(function* () {
      const { port } = yield* NodeServer.listen(server, { port: 0 })
      for (const path of [
        "/",
        "/MCP",
        "/mcp/",
        "//mcp",
        "/./mcp",
        "/%6dcp",
        "/mcp%2F",
        "/mcp.",
        "/x/../mcp"
      ]) {
        const { status } = yield* raw(
          port,
          `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`
        )
        assert.strictEqual(status, 404, path)
      }
    }).pipe(Effect.scoped)
  )

  it.live("two Host headers, none, and lines that are no HTTP are refused", () =>
    Effect.gen(function* () {
      const { port } = yield* NodeServer.listen(server, { port: 0, health: true })
      const heads = [
        "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: attacker.test\r\n\r\n",
        "GET /health HTTP/1.1\r\n\r\n",
        "nonsense\r\n\r\n"
      ]
      for (const head of heads) assert.strictEqual((yield* raw(port, head)).status, 400, head)
    }).pipe(Effect.scoped)
  )

  it.live("a body that grows over the limit is cut off while it arrives", () =>
    Effect.gen(function* () {
      const { port } = yield* NodeServer.listen(server, { port: 0 })
      const head =
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: */*\r\n" +
        "Transfer-Encoding: chunked\r\n\r\n"
      const chunk = `100000\r\n${"x".repeat(0x100000)}\r\n`
      assert.strictEqual((yield* raw(port, head + chunk.repeat(5))).status, 413)
    }).pipe(Effect.scoped)
  )

  for (const [what, sent] of [
    ["the head", "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: appl"],
    ["the body", `${head("/mcp", 100)}{"json`]
  ] as const) {
    it.live(`H7, E16: a client that does not go on with ${what} is not waited for`, () =>
      Effect.gen(function* () {
        const { inside, server: fixture } = Fixture.make()
        const { port } = yield* NodeServer.listen(fixture, { port: 0 })
        assert.strictEqual((yield* raw(port, sent)).status, 408)
        assert.strictEqual(inside.calls, 0)
      }).pipe(Effect.scoped, Effect.provide(Limits.layer({ arrival: 100 })))
    )
  }

  it.live("a head over what Node takes is refused", () =>
    Effect.gen(function* () {
      const { port } = yield* NodeServer.listen(server, { port: 0 })
      const bytes = `GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`
      assert.strictEqual((yield* raw(port, bytes)).status, 431)
    }).pipe(Effect.scoped)
  )

  it.live("when its scope closes nothing listens, and open streams have ended", () =>
    Effect.gen(function* () {
      const port = yield* Effect.scoped(
        Effect.gen(function* () {
          const { port } = yield* NodeServer.listen(server, { port: 0 })
          const asked = modern("subscriptions/listen", {
            notifications: { resourceSubscriptions: ["note://today"] }
          })
          const stream = yield* post(port, asked)
          yield* Effect.addFinalizer(() => Effect.sync(() => void stream.body?.cancel()))
          return port
        })
      )
      const refused = yield* Effect.exit(Effect.tryPromise(() => fetch(`http://127.0.0.1:${port}/mcp`)))
      assert.strictEqual(refused._tag, "Failure")
    })
  )
})

describe("S120, S121: settings from the environment", () => {
  const from = (env: { readonly [name: string]: string }) =>
    Effect.provide(HttpSettings.config, ConfigProvider.layer(ConfigProvider.fromUnknown(env)))

  it.effect("are those that are set", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* from({}), {})
      const all = {
        MCP_HOST: "::1",
        MCP_PORT: "9001",
        MCP_PATH: "api/mcp",
        MCP_STATELESS: "true",
        MCP_JSON: "yes",
        MCP_SSE: "on",
        MCP_HEALTH: "1",
        MCP_HOSTS: "a.test, b.test:8443",
        MCP_ORIGINS: "https://app.test",
        MCP_LOG_LEVEL: "Debug"
      }
      assert.deepStrictEqual(yield* from(all), {
        host: "::1",
        port: 9001,
        path: "/api/mcp",
        stateless: true,
        responseMode: "json",
        sse: true,
        health: true,
        hosts: ["a.test", "b.test:8443"],
        origins: ["https://app.test"],
        logLevel: "Debug"
      })
    })
  )

  it.effect("must be what they must be", () =>
    Effect.gen(function* () {
      for (const env of [{ MCP_PORT: "http" }, { MCP_STATELESS: "maybe" }, { MCP_LOG_LEVEL: "loud" }]) {
        const error = yield* Effect.flip(from(env))
        assert.include(String(error), Object.keys(env).join())
      }
    })
  )

  it.live("count less than what the program says", () =>
    Effect.gen(function* () {
      const taken = yield* NodeServer.listen(server, { port: 0 })
      const live = NodeServer.layerConfig(server, { port: taken.port })
      const error = yield* Effect.flip(
        Effect.scoped(Layer.build(live)).pipe(
          Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ MCP_PORT: "0" })))
        )
      )
      assert.include(error.message, "is taken")
    }).pipe(Effect.scoped)
  )
})

describe("NodeServer.launch", () => {
  const program = fileURLToPath(new URL("../fixtures/http/launched.ts", import.meta.url))

  it("says in a line why it cannot start, without where that was noticed", () => {
    const args = ["--conditions=mcp-effect-source", program]
    const env = { ...process.env, MCP_HOSTS: "https://mcp.test", NO_COLOR: "1" }
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { env, encoding: "utf8" })
    assert.strictEqual(status, 1)
    assert.match(
      stdout + stderr,
      /StartError: "https:\/\/mcp\.test" in "hosts" is no host: write name or name:port\n$/
    )
    assert.lengthOf((stdout + stderr).trimEnd().split("\n"), 1)
  })

  const start = (...args: ReadonlyArray<string>) =>
    Effect.acquireRelease(
      Effect.promise(async () => {
        const child = spawn(process.execPath, ["--conditions=mcp-effect-source", program, ...args], {
          stdio: ["ignore", "pipe", "pipe"],
          env: { ...process.env, MCP_PORT: "0" }
        })
        const exited = once(child, "exit")
        let printed = ""
        const seen = (pattern: RegExp) =>
          new Promise<RegExpExecArray>((resolve) => {
            const look = () => {
              const match = pattern.exec(printed)
              if (match !== null) resolve(match)
            }
            look()
            child.stdout.on("data", look)
            child.stderr.on("data", look)
          })
        const take = (text: Buffer) => void (printed += text.toString())
        child.stdout.prependListener("data", take)
        child.stderr.prependListener("data", take)
        const [, port] = await seen(/Listening at http:\/\/127\.0\.0\.1:(\d+)\/mcp/)
        return { child, exited, seen, port: Number(port), printed: () => printed }
      }),
      ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
    )

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it.live(`S163: ${signal} ends it with code 0, once what ran has been released`, () =>
      Effect.gen(function* () {
        const { child, exited, port, printed, seen } = yield* start()
        const calling = post(port, modern("tools/call", { name: "stuck", arguments: {} }))
        yield* Effect.forkChild(Effect.exit(calling))
        yield* Effect.promise(() => seen(/stuck/))
        child.kill(signal)
        const [code] = (yield* Effect.promise(() => exited)) as [number | null]
        assert.strictEqual(code, 0)
        assert.include(printed(), "released")
      }).pipe(Effect.scoped)
    )
  }

  it.live("S163: a second signal does not wait", () =>
    Effect.gen(function* () {
      const { child, exited, port, seen } = yield* start("patient")
      const session = yield* post(port, legacy(initialize("2025-11-25")))
      const headers = {
        "mcp-session-id": session.headers.get("mcp-session-id")!,
        "mcp-protocol-version": "2025-11-25"
      }
      yield* Effect.forkChild(Effect.exit(post(port, legacy(call(1, "stubborn"), headers))))
      yield* Effect.promise(() => seen(/stuck/))
      child.kill("SIGINT")
      child.kill("SIGTERM")
      const refuses = Effect.exit(Effect.tryPromise(() => fetch(`http://127.0.0.1:${port}/mcp`)))
      while ((yield* refuses)._tag === "Success") yield* Effect.yieldNow
      child.kill("SIGINT")
      child.kill("SIGTERM")
      const [code] = (yield* Effect.promise(() => exited)) as [number | null]
      assert.strictEqual(code, 1)
    }).pipe(Effect.scoped)
  )
})

/** The head of a POST that announces a body. */
function head(path: string, length: number) {
  return [
    `POST ${path} HTTP/1.1`,
    "Host: localhost",
    "Content-Type: application/json",
    "Accept: application/json, text/event-stream",
    `Content-Length: ${length}`,
    "",
    ""
  ].join("\r\n")
}

const post = (port: number, { body, headers }: ReturnType<typeof legacy>) =>
  Effect.promise(() =>
    fetch(`http://127.0.0.1:${port}/mcp`, { method: "POST", headers: { ...headers }, body: body as string })
  )

/** Sends bytes as they are, and reads the status of the first answer. */
const raw = (port: number, bytes: string) =>
  Effect.callback<{ readonly status: number }>((resume) => {
    const socket = connect(port, "127.0.0.1", () => void socket.write(bytes))
    let text = ""
    socket.on("data", (chunk) => {
      text += chunk.toString()
      const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1]
      if (status === undefined) return
      socket.destroy()
      resume(Effect.succeed({ status: Number(status) }))
    })
    socket.on("error", () => {})
  })
