import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as Dynamic from "../../src/server/Dynamic.ts"
import * as Events from "../../src/server/Events.ts"
import * as Method from "../../src/server/Method.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Limits from "../../src/transport/Limits.ts"
import { call, echo, modern, notification, peerOf, request, serving, shaken } from "./peers.ts"

const initialize = (protocolVersion: unknown, more = {}) =>
  request(1, "initialize", {
    protocolVersion,
    capabilities: {},
    clientInfo: { name: "c", version: "1" },
    ...more
  })

const watched = Server.make(
  { name: "test", version: "1.0.0", subscribe: true },
  Dynamic.make({ kinds: ["tools"] }).part,
  Resource.text("note://a", { name: "a" }, "A")
)

describe("Session handshake", () => {
  it.effect("LIFE-3: initialize is answered with version, capabilities and serverInfo", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(
        Server.make({ name: "demo", version: "2.0.0", instructions: "Be kind" })
      )
      const { result } = yield* accept(initialize("2025-06-18"))
      assert.strictEqual(result.protocolVersion, "2025-06-18")
      assert.deepStrictEqual(result.serverInfo, { name: "demo", version: "2.0.0" })
      assert.strictEqual(result.instructions, "Be kind")
      assert.strictEqual(typeof result.capabilities, "object")
      assert.strictEqual(result.resultType, undefined)
    }).pipe(Effect.scoped)
  )

  it.effect("TRAPS 2: initialize with 2026-07-28 gets the newest stateful revision", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      assert.strictEqual((yield* accept(initialize("2026-07-28"))).result.protocolVersion, "2025-11-25")
    }).pipe(Effect.scoped)
  )

  it.effect("initialize without a version is -32602 and opens nothing", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      assert.strictEqual((yield* accept(initialize(undefined))).error.code, -32602)
      assert.strictEqual((yield* accept(request(2, "tools/call", { name: "x" }))).error.code, -32602)
      assert.strictEqual((yield* accept(initialize("2025-03-26"))).result.protocolVersion, "2025-03-26")
    }).pipe(Effect.scoped)
  )

  it.effect("B10: a second initialize is refused and changes nothing", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const server = serving(({ meta }) => Effect.sync(() => (seen.push(meta), {})))
      const { accept } = yield* shaken(server, "2025-06-18", { roots: {} })
      const second = yield* accept(initialize("2025-11-25", { capabilities: { sampling: {} } }))
      assert.strictEqual(second.error.code, -32600)
      yield* accept(request(2, "tools/call", {}))
      assert.deepInclude(seen[0], {
        protocolVersion: "2025-06-18",
        clientCapabilities: { roots: {} },
        clientInfo: { name: "c", version: "1" }
      })
    }).pipe(Effect.scoped)
  )

  it.effect("VER-14: both eras are served on one connection", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo)
      assert.strictEqual((yield* accept(call(1))).result.resultType, "complete")
      const old = yield* accept(request(2, "tools/call", { name: "it" }))
      assert.strictEqual(old.result.resultType, undefined)
      assert.deepStrictEqual(old.result.echoed, { name: "it" })
    }).pipe(Effect.scoped)
  )

  it.effect("LIFE-20: ping is answered with an empty result, also before initialize", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      assert.deepStrictEqual(yield* accept(request(7, "ping")), { jsonrpc: "2.0", id: 7, result: {} })
    }).pipe(Effect.scoped)
  )

  it.effect("ERR-9: an unknown method is -32601 in both eras", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo)
      assert.strictEqual((yield* accept(request(1, "no/such", { _meta: modern() }))).error.code, -32601)
      assert.strictEqual((yield* accept(request(2, "no/such"))).error.code, -32601)
    }).pipe(Effect.scoped)
  )
})

describe("Session envelope", () => {
  it.effect("H13: a message nested too deep is refused", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      const deep = JSON.parse(`${"[".repeat(50)}${"]".repeat(50)}`)
      const { error, id } = yield* accept(call(1, { deep }))
      assert.deepStrictEqual([error.code, id], [-32600, 1])
    }).pipe(Effect.scoped, Effect.provide(Limits.layer({ depth: 20 })))
  )

  it.effect("H15: a response to nothing and an unknown notification change nothing", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      assert.strictEqual(yield* accept({ jsonrpc: "2.0", id: 9, result: {} }), undefined)
      assert.strictEqual(yield* accept(notification("notifications/whatever")), undefined)
      assert.strictEqual((yield* accept(call(1))).id, 1)
    }).pipe(Effect.scoped)
  )
})

describe("Session memory", () => {
  it.effect("LOG-2: the level of logging/setLevel reaches the requests of the session, and only those", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const server = serving(({ meta }) => Effect.sync(() => (seen.push(meta.logLevel), {})))
      const { accept } = yield* shaken(server)
      yield* accept(request(1, "tools/call", {}))
      assert.deepStrictEqual((yield* accept(request(2, "logging/setLevel", { level: "warning" }))).result, {})
      yield* accept(request(3, "tools/call", {}))
      yield* accept(call(4))
      assert.deepStrictEqual(seen, [undefined, "warning", undefined])
    }).pipe(Effect.scoped)
  )

  it.effect("LOG-6: an unknown level is -32602", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo)
      assert.strictEqual(
        (yield* accept(request(1, "logging/setLevel", { level: "loud" }))).error.code,
        -32602
      )
    }).pipe(Effect.scoped)
  )

  it.effect("ERR-9: subscribe is -32601 where updates are not offered", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo)
      assert.strictEqual(
        (yield* accept(request(1, "resources/subscribe", { uri: "a:b" }))).error.code,
        -32601
      )
    }).pipe(Effect.scoped)
  )

  it.effect("RSRC-4: a session hears of the resources it subscribed to, until it unsubscribes", () =>
    Effect.gen(function* () {
      const { accept, session } = yield* shaken(watched)
      yield* accept(request(1, "resources/subscribe", { uri: "note://a" }))
      yield* watched.events.publish(Events.resourceUpdated("note://b"))
      yield* watched.events.publish(Events.resourceUpdated("note://a"))
      yield* watched.events.publish(Events.resourceUpdated("note://a"))
      yield* accept(request(2, "resources/unsubscribe", { uri: "note://a" }))
      yield* watched.events.publish(Events.resourceUpdated("note://a"))
      yield* watched.events.publish(Events.ToolsChanged)
      assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(session.inbox, 2)), [
        notification("notifications/resources/updated", { uri: "note://a" }),
        notification("notifications/tools/list_changed")
      ] as never)
    }).pipe(Effect.scoped)
  )

  it.effect("RSRC-13: a session does not hear of changes of what it may not read", () =>
    Effect.gen(function* () {
      const server = Server.make(
        { name: "test", version: "1", subscribe: true },
        Resource.text("note://mine", { visible: ({ meta }) => meta.clientInfo?.name === "c" }, ""),
        Resource.text("note://theirs", { visible: () => false }, ""),
        Resource.text(
          "note://broken",
          {
            visible: () => {
              throw new Error("oops")
            }
          },
          ""
        )
      )
      const { accept, session } = yield* shaken(server)
      const uris = ["note://theirs", "note://broken", "note://mine"]
      for (const uri of uris) {
        assert.deepStrictEqual((yield* accept(request(uri, "resources/subscribe", { uri }))).result, {})
        yield* server.events.publish(Events.resourceUpdated(uri))
      }
      assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(session.inbox, 1)), [
        notification("notifications/resources/updated", { uri: "note://mine" })
      ] as never)
    }).pipe(Effect.scoped)
  )

  it.effect("LIFE-6: nothing is said unprompted before notifications/initialized", () =>
    Effect.gen(function* () {
      const { accept, session } = yield* peerOf(watched)
      yield* accept(initialize("2025-11-25"))
      yield* watched.events.publish(Events.ToolsChanged)
      const heard = yield* Effect.forkChild(Stream.runHead(session.inbox), { startImmediately: true })
      yield* Effect.yieldNow
      assert.strictEqual(heard.pollUnsafe(), undefined)
      yield* accept(notification("notifications/initialized"))
      yield* watched.events.publish(Events.ToolsChanged)
      assert.strictEqual((yield* Fiber.join(heard))._tag, "Some")
    }).pipe(Effect.scoped)
  )

  it.effect("LIFE-13: what the capabilities do not promise is not said", () =>
    Effect.gen(function* () {
      const { session } = yield* shaken(watched)
      yield* watched.events.publish(Events.PromptsChanged)
      yield* watched.events.publish(Events.ToolsChanged)
      const [first] = yield* Stream.runCollect(Stream.take(session.inbox, 1))
      assert.strictEqual(first && "method" in first && first.method, "notifications/tools/list_changed")
    }).pipe(Effect.scoped)
  )

  it.effect("a session that is over hears nothing", () =>
    Effect.gen(function* () {
      let listeners = 0
      const server = {
        ...watched,
        events: {
          ...watched.events,
          subscribe: (listener: (event: Events.Event) => void) => {
            listeners++
            const stop = watched.events.subscribe(listener)
            return () => {
              listeners--
              stop()
            }
          }
        }
      }
      yield* Effect.scoped(
        Effect.tap(shaken(server), () => Effect.sync(() => assert.strictEqual(listeners, 1)))
      )
      assert.strictEqual(listeners, 0)
    })
  )

  it.effect("S182, ROOT-9: roots/list_changed is heard", () =>
    Effect.gen(function* () {
      const heard = yield* Deferred.make<unknown>()
      const server = Server.make(
        { name: "test", version: "1" },
        Method.notification("notifications/roots/list_changed", (params) =>
          Effect.asVoid(Deferred.succeed(heard, params))
        )
      )
      const { accept } = yield* shaken(server)
      yield* accept(notification("notifications/roots/list_changed"))
      assert.deepStrictEqual(yield* Deferred.await(heard), {})
    }).pipe(Effect.scoped)
  )

  it.effect("a notification whose hearing dies does not hurt the connection", () =>
    Effect.gen(function* () {
      const server = Server.make(
        { name: "test", version: "1" },
        Method.notification("notifications/own", () => Effect.die("oops"))
      )
      const { accept } = yield* shaken(server)
      assert.strictEqual(yield* accept(notification("notifications/own")), undefined)
    }).pipe(Effect.scoped)
  )

  it.effect("LIFE-20: the server pings by way of the inbox and takes the answer", () =>
    Effect.gen(function* () {
      const { accept, session } = yield* shaken(echo)
      const pinging = yield* Effect.forkChild(session.ping, { startImmediately: true })
      const [ping] = yield* Stream.runCollect(Stream.take(session.inbox, 1))
      assert.strictEqual(ping && "method" in ping && ping.method, "ping")
      yield* accept({ jsonrpc: "2.0", id: (ping as { id: unknown }).id, result: {} })
      yield* Fiber.join(pinging)
    }).pipe(Effect.scoped)
  )
})

describe("Session without a handshake", () => {
  it.effect("BASE-22, STDIO-7: is not pinged", () =>
    Effect.gen(function* () {
      const { accept, session } = yield* peerOf(echo)
      yield* accept(call(1))
      assert.strictEqual((yield* Effect.flip(session.ping)).code, -32601)
    }).pipe(Effect.scoped)
  )
})

describe("Session words", () => {
  it.effect("results, faults and notifications are told in the words of the revision", () =>
    Effect.gen(function* () {
      const { accept, said } = yield* shaken(
        Server.make(
          { name: "test", version: "1" },
          Resource.text("note://a", { name: "a" }, "A"),
          Dynamic.make().part
        ),
        "2025-06-18"
      )
      const listed = yield* accept(request(1, "resources/list"))
      assert.strictEqual(listed.result.ttlMs, undefined)
      const missing = yield* accept(request(2, "resources/read", { uri: "note://b" }))
      assert.strictEqual(missing.error.code, -32002)
      assert.deepStrictEqual(said, [])
    }).pipe(Effect.scoped)
  )
})
