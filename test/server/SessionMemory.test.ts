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
import { call, echo, notification, peerOf, request, serving, shaken } from "./peers.ts"

const initialize = request(1, "initialize", {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "c", version: "1" }
})

const watched = Server.make(
  { name: "test", version: "1.0.0", subscribe: true },
  Dynamic.make({ kinds: ["tools"] }).part,
  Resource.text("note://a", { name: "a" }, "A")
)

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
      yield* accept(initialize)
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
