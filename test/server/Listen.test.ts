import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Outbox } from "../../src/Connection.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Dynamic from "../../src/server/Dynamic.ts"
import * as Events from "../../src/server/Events.ts"
import * as Listen from "../../src/server/Listen.ts"
import * as Progress from "../../src/server/Progress.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Stateless from "../../src/server/Stateless.ts"
import * as Limits from "../../src/transport/Limits.ts"
import { modern, notification, peerOf, request } from "./peers.ts"

const make = () =>
  Server.make(
    { name: "test", version: "1", subscribe: true },
    Dynamic.make({ kinds: ["tools", "resources"] }).part,
    Resource.text("note://a", { name: "a" }, "A")
  )
const everything = {
  toolsListChanged: true,
  promptsListChanged: true,
  resourcesListChanged: true,
  resourceSubscriptions: ["note://a"]
}
const listen = (id: unknown, notifications: unknown = everything) =>
  request(id, "subscriptions/listen", { _meta: modern(), ...(notifications !== null && { notifications }) })
const start = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.forkChild(effect, { startImmediately: true })
const settle = Effect.repeat(Effect.yieldNow, { times: 6 })
const idKey = "io.modelcontextprotocol/subscriptionId"
const idOf = (message: JsonRpc.Message) => {
  const meta = "params" in message ? message.params?.["_meta"] : undefined
  return JsonRpc.isObject(meta) ? meta[idKey] : undefined
}
const methods = (said: ReadonlyArray<JsonRpc.Message>) =>
  said.map((message) => ("method" in message ? message.method : "response"))

describe("subscriptions/listen", () => {
  it.effect("SUBS-2, SUBS-4: the acknowledgment comes first and names what is honoured", () =>
    Effect.gen(function* () {
      const { accept, said } = yield* peerOf(make())
      yield* start(accept(listen(1)))
      assert.deepStrictEqual(said, [
        {
          jsonrpc: "2.0",
          method: "notifications/subscriptions/acknowledged",
          params: {
            notifications: {
              toolsListChanged: true,
              resourcesListChanged: true,
              resourceSubscriptions: ["note://a"]
            },
            _meta: { [idKey]: 1 }
          }
        }
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("SUBS-1: nothing outside the filter is said", () =>
    Effect.gen(function* () {
      const server = make()
      const { accept, said } = yield* peerOf(server)
      yield* start(accept(listen(1, { toolsListChanged: false, resourceSubscriptions: ["note://a"] })))
      for (const event of [
        Events.ToolsChanged,
        Events.ResourcesChanged,
        Events.resourceUpdated("note://b"),
        Events.resourceUpdated("note://a")
      ]) {
        yield* server.events.publish(event)
      }
      yield* settle
      assert.deepStrictEqual(methods(said).slice(1), ["notifications/resources/updated"])
    }).pipe(Effect.scoped)
  )

  it.effect("RSRC-13: who may not read a resource does not hear that it changes, from when that is so", () =>
    Effect.gen(function* () {
      let open = true
      const server = Server.make(
        { name: "test", version: "1", subscribe: true },
        Resource.text("note://a", { visible: () => open }, "A"),
        Resource.template(
          "note://{id}",
          { visible: ({ meta }) => meta.clientInfo?.name === "friend" },
          () => ""
        )
      )
      const { accept, said } = yield* peerOf(server)
      const resourceSubscriptions = ["note://a", "note://b", "other://c"]
      yield* start(accept(listen(1, { resourceSubscriptions })))
      const heard = Effect.fnUntraced(function* () {
        said.length = 0
        for (const uri of resourceSubscriptions) yield* server.events.publish(Events.resourceUpdated(uri))
        yield* settle
        return said.map((message) => "params" in message && message.params?.["uri"])
      })
      assert.deepStrictEqual(yield* heard(), ["note://a", "other://c"])
      open = false
      assert.deepStrictEqual(yield* heard(), ["other://c"])
    }).pipe(Effect.scoped)
  )

  it.effect("LOG-4, SUBS-10: a subscription carries changes, and nothing about any request", () =>
    Effect.gen(function* () {
      const server = Server.make(
        { name: "test", version: "1" },
        Resource.make(
          "note://a",
          { updates: true, visible: () => Effect.as(Effect.logError("looked"), true) },
          () =>
            Effect.gen(function* () {
              yield* Effect.logInfo("read")
              yield* Progress.report(1)
              yield* Events.publish(Events.resourceUpdated("note://a"))
              return "A"
            })
        )
      )
      const { accept, said } = yield* peerOf(server)
      const wants = { "io.modelcontextprotocol/logLevel": "debug" }
      const notifications = { resourceSubscriptions: ["note://a"] }
      yield* start(
        accept(
          request("s", "subscriptions/listen", {
            notifications,
            _meta: modern({}, { ...wants, progressToken: "s" })
          })
        )
      )
      yield* server.events.publish(Events.resourceUpdated("note://a"))
      yield* settle
      assert.deepStrictEqual(methods(said), [
        "notifications/subscriptions/acknowledged",
        "notifications/resources/updated"
      ])
      said.length = 0
      yield* accept(
        request("r", "resources/read", {
          uri: "note://a",
          _meta: modern({}, { ...wants, progressToken: "r" })
        })
      )
      yield* settle
      const [changes, others] = [said.filter(idOf), said.filter((message) => idOf(message) === undefined)]
      assert.deepStrictEqual(methods(changes), ["notifications/resources/updated"])
      assert.sameMembers(methods(others), [
        "notifications/message",
        "notifications/message",
        "notifications/progress"
      ])
    }).pipe(Effect.scoped)
  )

  for (const id of [1, 0, "one", "1"]) {
    it.effect(`META-14, SUBS-6, TRAPS 26: everything carries the id ${JSON.stringify(id)} as it is`, () =>
      Effect.gen(function* () {
        const server = make()
        const { accept, said } = yield* peerOf(server)
        yield* start(accept(listen(id)))
        yield* server.events.publish(Events.ToolsChanged)
        yield* server.events.publish(Events.resourceUpdated("note://a"))
        yield* settle
        assert.deepStrictEqual(said.map(idOf), [id, id, id])
      }).pipe(Effect.scoped)
    )
  }

  it.effect("SUBS-3, TRAPS 27: a change during the acknowledgment is told after it", () =>
    Effect.gen(function* () {
      const server = make()
      const { accept, onSaid, said } = yield* peerOf(server)
      onSaid((message) =>
        message.method === "notifications/subscriptions/acknowledged"
          ? server.events.publish(Events.ToolsChanged)
          : Effect.void
      )
      yield* start(accept(listen(1)))
      yield* settle
      assert.deepStrictEqual(methods(said), [
        "notifications/subscriptions/acknowledged",
        "notifications/tools/list_changed"
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("H25, E17: while the client is slow, what means the same is merged", () =>
    Effect.gen(function* () {
      const server = make()
      const { accept, onSaid, said } = yield* peerOf(server)
      const gate = yield* Deferred.make<void>()
      onSaid(() => Deferred.await(gate))
      yield* start(accept(listen(1)))
      for (let i = 0; i < 1000; i++) {
        yield* server.events.publish(Events.resourceUpdated("note://a"))
        yield* server.events.publish(Events.ToolsChanged)
      }
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.strictEqual(said.length, 3)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "SUBS-8, CANC-4, TRAPS 25: a server that ends it cancels and answers, both tagged with the id",
    () =>
      Effect.gen(function* () {
        const { accept, said, session } = yield* peerOf(make())
        const fiber = yield* start(accept(listen("s")))
        yield* session.end
        const { result } = yield* Fiber.join(fiber)
        assert.strictEqual(result.resultType, "complete")
        assert.strictEqual(result._meta[idKey], "s")
        const cancelled = said.at(-1)
        assert.deepInclude(cancelled, { method: "notifications/cancelled" })
        assert.strictEqual((cancelled as JsonRpc.Notification).params?.["requestId"], "s")
      }).pipe(Effect.scoped)
  )

  it.effect("STDIO-11: a client that cancels it hears nothing more and gets no answer", () =>
    Effect.gen(function* () {
      const server = make()
      const { accept, said } = yield* peerOf(server)
      const fiber = yield* start(accept(listen(1)))
      yield* accept(notification("notifications/cancelled", { requestId: 1 }))
      assert.strictEqual(yield* Fiber.join(fiber), undefined)
      yield* server.events.publish(Events.ToolsChanged)
      yield* settle
      assert.strictEqual(said.length, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("TRAPS 25: without a duplex connection there is only the answer", () =>
    Effect.gen(function* () {
      const said: Array<JsonRpc.Message> = []
      const closing = yield* Deferred.make<void>()
      const message = listen(1) as unknown as JsonRpc.Request
      const fiber = yield* start(
        Stateless.connect(make())
          .send(message)
          .pipe(
            Effect.provideService(Outbox, { say: (one) => Effect.sync(() => void said.push(one)) }),
            Effect.provideService(Listen.Closing, Deferred.await(closing))
          )
      )
      yield* Deferred.succeed(closing, undefined)
      const response = yield* Fiber.join(fiber)
      assert.strictEqual(response !== undefined && "result" in response, true)
      assert.deepStrictEqual(methods(said), ["notifications/subscriptions/acknowledged"])
    })
  )

  it.effect("SUBS-3, SUBS-6: several subscriptions are told apart", () =>
    Effect.gen(function* () {
      const server = make()
      const { accept, said } = yield* peerOf(server)
      yield* start(accept(listen(1, { toolsListChanged: true })))
      yield* start(accept(listen(2, { resourceSubscriptions: ["note://a"] })))
      yield* server.events.publish(Events.ToolsChanged)
      yield* server.events.publish(Events.resourceUpdated("note://a"))
      yield* settle
      assert.sameDeepMembers(
        said.slice(2).map((message) => [idOf(message), methods([message])[0]]),
        [
          [1, "notifications/tools/list_changed"],
          [2, "notifications/resources/updated"]
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("a subscription that is over does not listen any more", () =>
    Effect.gen(function* () {
      const server = make()
      let listeners = 0
      const counted = {
        publish: server.events.publish,
        subscribe: (listener: (event: Events.Event) => void) => {
          listeners++
          const stop = server.events.subscribe(listener)
          return () => {
            listeners--
            stop()
          }
        }
      }
      const asked = {
        id: 1,
        method: "subscriptions/listen",
        params: { notifications: everything },
        meta: {} as never
      }
      const fiber = yield* start(
        Effect.provideService(Listen.listen({ ...server, events: counted }, asked), Outbox, {
          say: () => Effect.void
        })
      )
      assert.strictEqual(listeners, 1)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(listeners, 0)
    })
  )

  for (const wrong of [
    null,
    5,
    [],
    { resourceSubscriptions: "note://a" },
    { resourceSubscriptions: [1] },
    { resourceSubscriptions: ["a", "b", "c"] },
    { resourceSubscriptions: ["x".repeat(11)] }
  ]) {
    it.effect(`the filter ${JSON.stringify(wrong)} is -32602`, () =>
      Effect.gen(function* () {
        const { accept, said } = yield* peerOf(make())
        assert.strictEqual((yield* accept(listen(1, wrong))).error.code, -32602)
        assert.deepStrictEqual(said, [])
      }).pipe(Effect.scoped, Effect.provide(Limits.layer({ subscriptions: 2, uriLength: 10 })))
    )
  }
})
