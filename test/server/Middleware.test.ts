import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { Outbox } from "../../src/Connection.ts"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Events from "../../src/server/Events.ts"
import * as Middleware from "../../src/server/Middleware.ts"
import type { Part } from "../../src/server/Part.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Session from "../../src/server/Session.ts"
import { ask } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }
class Audit extends Context.Service<Audit, { readonly note: (text: string) => void }>()("test/Audit") {}

describe("Middleware", () => {
  it.effect("S164: the first one is the outermost, and sees request and result", () =>
    Effect.gen(function* () {
      const order: Array<string> = []
      const around = (name: string) =>
        Middleware.make((next) => (request) => {
          order.push(`${name} in ${request.method}`)
          return Effect.tap(next(request), (result) =>
            Effect.sync(() => order.push(`${name} out ${String(result["resultType"])}`))
          )
        })
      const server = Server.make(info, around("a"), around("b"))
      yield* ask(server, "ping")
      assert.deepStrictEqual(order, ["a in ping", "b in ping", "b out complete", "a out complete"])
    })
  )

  it.effect(
    "S028: what a middleware needs shows in the server's type; what it wraps keeps its own needs",
    () =>
      Effect.gen(function* () {
        const notes: Array<string> = []
        const audit = Middleware.make(
          (next) => (request) =>
            Audit.use(({ note }) => {
              note(request.method)
              return next(request)
            })
        )
        const server: Server.Server<Audit> = Server.make(info, audit)
        // @ts-expect-error the audit is missing
        const unmet: Server.Server = server
        yield* Effect.provideService(Server.request(server, "ping"), Audit, {
          note: (text) => void notes.push(text)
        })
        assert.deepStrictEqual(notes, ["ping"])
        assert.isDefined(unmet)
      })
  )

  it.effect("stands around what a session remembers by itself as well: a policy holds there, too", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const seen: Array<string> = []
        const policy = Middleware.make((next) => (request) => {
          seen.push(request.method)
          return request.params["uri"] === "notes://secret"
            ? Effect.fail(McpError.invalidParams("Not for you"))
            : next(request)
        })
        const note = (uri: string) => Resource.text(uri, { name: uri.slice(8), updates: true }, "-")
        const server = Server.make(info, policy, note("notes://open"), note("notes://secret"))
        const peer = yield* Session.connect(server)
        const say = (id: number, method: string, params: JsonRpc.Params) =>
          Effect.provideService(
            peer.accept({ jsonrpc: "2.0", ...(id > 0 && { id }), method, params }),
            Outbox,
            Outbox.of({ say: () => Effect.void })
          )
        yield* say(1, "initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: info })
        yield* say(0, "notifications/initialized", {})
        const answers = [
          yield* say(2, "resources/subscribe", { uri: "notes://open" }),
          yield* say(3, "resources/subscribe", { uri: "notes://secret" }),
          yield* say(4, "logging/setLevel", { level: "error" })
        ]
        assert.deepStrictEqual(answers, [
          { jsonrpc: "2.0", id: 2, result: {} },
          { jsonrpc: "2.0", id: 3, error: { code: -32602, message: "Not for you" } },
          { jsonrpc: "2.0", id: 4, result: {} }
        ])
        assert.deepStrictEqual(seen, ["resources/subscribe", "resources/subscribe", "logging/setLevel"])
        yield* server.events.publish(Events.resourceUpdated("notes://secret"))
        yield* server.events.publish(Events.resourceUpdated("notes://open"))
        const told = yield* Stream.runHead(peer.inbox)
        assert.deepStrictEqual(Option.getOrUndefined(told), {
          jsonrpc: "2.0",
          method: "notifications/resources/updated",
          params: { uri: "notes://open" }
        })
      })
    )
  )

  it.effect("META-12: what a middleware answers by itself is completed, too", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        Middleware.make(() => () => Effect.succeed({ a: 1 }))
      )
      const { result } = yield* ask(server, "ping")
      assert.deepStrictEqual(result, {
        resultType: "complete",
        a: 1,
        _meta: { "io.modelcontextprotocol/serverInfo": info }
      })
    })
  )

  it.effect(
    "S174: a request that takes too long is stopped: a tool answers with isError, the rest fails",
    () =>
      Effect.gen(function* () {
        const stopped: Array<string> = []
        const hangs = Effect.onInterrupt(Effect.never, () => Effect.sync(() => void stopped.push("hang")))
        const tool: Part<never> = { _tag: "Tool", descriptor: { name: "hang" }, handle: () => hangs }
        const server = Server.make(
          info,
          Middleware.timeout("10 seconds"),
          tool,
          Resource.make("a://b", {}, () => hangs)
        )
        const call = yield* Effect.forkChild(ask(server, "tools/call", { name: "hang" }), {
          startImmediately: true
        })
        const read = yield* Effect.forkChild(Effect.flip(ask(server, "resources/read", { uri: "a://b" })), {
          startImmediately: true
        })
        yield* TestClock.adjust("10 seconds")
        const { result } = yield* Fiber.join(call)
        assert.isTrue(result["isError"])
        assert.include(JSON.stringify(result["content"]), "The tool hang took too long")
        assert.strictEqual((yield* Fiber.join(read)).code, 408)
        assert.deepStrictEqual(stopped, ["hang", "hang"])
      })
  )
})
