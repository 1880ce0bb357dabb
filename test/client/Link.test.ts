import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const done = { resultType: "complete", content: [] }

describe("Link", () => {
  it.effect("STDIO-15: a broken connection fails what is in flight, and the next request opens another", () =>
    Effect.gen(function* () {
      let times = 0
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": ({ die }) => (times++ === 0 ? die : Effect.succeed(done))
      })
      const client = yield* connect(peer)
      const error = yield* Effect.flip(client.callTool("x"))
      assert.strictEqual(error._tag, "TransportError")
      assert.strictEqual(error.message, "the peer hung up")
      yield* client.callTool("x")
      assert.deepStrictEqual(peer.words(), [
        "1 server/discover",
        "1 tools/call",
        "2 server/discover",
        "2 tools/call"
      ])
    })
  )

  it.effect("many requests on a broken connection open one other between them", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.discover(), "tools/call": Peer.always(done) })
      const client = yield* connect(peer)
      yield* peer.hangUp
      yield* Effect.yieldNow
      yield* Effect.all([client.callTool("a"), client.callTool("b"), client.callTool("c")], {
        concurrency: "unbounded"
      })
      assert.strictEqual(peer.opened(), 2)
    })
  )

  it.effect("the log level of a session is told again to the next one", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.initialize("2025-11-25", { logging: {} }),
        "logging/setLevel": Peer.always({}),
        ping: Peer.always({})
      })
      const client = yield* connect(peer, { versions: ["2025-11-25"], logLevel: "info" })
      yield* client.setLogLevel("error")
      yield* peer.hangUp
      yield* Effect.yieldNow
      yield* client.ping
      const levels = peer.requests("logging/setLevel").map(({ params }) => params?.["level"])
      assert.deepStrictEqual(levels, ["info", "error", "error"])
    })
  )

  it.effect("a server that never answers logging/setLevel does not keep a client from failing", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.initialize("2025-11-25", { logging: {} }),
        "logging/setLevel": () => Effect.never
      })
      const connecting = yield* Effect.forkChild(
        Effect.flip(connect(peer, { versions: ["2025-11-25"], logLevel: "info" })),
        { startImmediately: true }
      )
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(connecting)
      assert.strictEqual(error._tag, "RequestTimeout")
      assert.strictEqual(peer.closed(), 1)
    })
  )

  it.effect("a client whose scope has ended opens nothing", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.discover(), "tools/call": Peer.always(done) })
      const scope = yield* Scope.make()
      const client = yield* Scope.provide(connect(peer), scope)
      yield* Scope.close(scope, Exit.void)
      const error = yield* Effect.flip(client.callTool("x"))
      assert.strictEqual(error.message, "The client is closed")
      assert.strictEqual(peer.opened(), 1)
    })
  )

  it.effect("a response to nothing is ignored and counted", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.discover(), "tools/call": Peer.always(done) })
      const heard = yield* Deferred.make<void>()
      const client = yield* connect(peer, { onLog: () => Deferred.succeed(heard, undefined) })
      yield* peer.announce(JsonRpc.success(99, {}))
      yield* peer.announce(JsonRpc.notification("notifications/progress", { progressToken: 7, progress: 1 }))
      yield* peer.announce(JsonRpc.notification("notifications/message", { level: "info", data: "last" }))
      yield* Deferred.await(heard)
      yield* client.callTool("x")
      assert.strictEqual(client.ignored(), 2)
    })
  )

  it.effect("the level of log messages is asked for with every request of the stateless era", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.discover(), "tools/call": Peer.always(done) })
      const client = yield* connect(peer)
      yield* client.callTool("x")
      yield* client.setLogLevel("warning")
      yield* client.callTool(
        "x",
        {},
        { meta: { "com.example/trace": 1, "io.modelcontextprotocol/protocolVersion": "x" } }
      )
      const [before, after] = peer
        .requests("tools/call")
        .map(({ params }) => params?.["_meta"] as JsonRpc.Params)
      assert.notProperty(before, "io.modelcontextprotocol/logLevel")
      assert.strictEqual(after?.["io.modelcontextprotocol/logLevel"], "warning")
      assert.strictEqual(after?.["io.modelcontextprotocol/protocolVersion"], "2026-07-28")
      assert.strictEqual(after?.["com.example/trace"], 1)
    })
  )
})
