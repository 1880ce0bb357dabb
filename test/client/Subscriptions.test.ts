import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type * as Client from "../../src/client/Client.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const uri = "memo://one"
const listChanged = JsonRpc.notification("notifications/tools/list_changed", {})
const updated = (changed: string) => JsonRpc.notification("notifications/resources/updated", { uri: changed })
const acknowledged = (notifications: JsonRpc.Params) =>
  JsonRpc.notification("notifications/subscriptions/acknowledged", { notifications })

const capabilities = { tools: { listChanged: true }, resources: { subscribe: true } }
const session: Peer.Script = {
  ...Peer.initialize("2025-11-25", capabilities),
  ping: Peer.always({}),
  "resources/subscribe": Peer.always({}),
  "resources/unsubscribe": Peer.always({})
}

/** Collects what a subscription hears, and says when it is agreed upon. */
const listening = Effect.fnUntraced(function* (client: Client.Service, filter: Client.Filter) {
  const agreed = yield* Queue.unbounded<{ readonly agreed: Client.Filter; readonly resumed: boolean }>()
  const heard = yield* Queue.unbounded<string>()
  const onAcknowledged = (granted: Client.Filter, resumed: boolean) => {
    Queue.offerUnsafe(agreed, { agreed: granted, resumed })
  }
  const fiber = yield* client.listen(filter, { onAcknowledged }).pipe(
    Stream.runForEach(({ method, params }) => Queue.offer(heard, String(params["uri"] ?? method))),
    Effect.forkChild
  )
  return { agreed, heard, fiber }
})

/** Lets time pass until something has happened. */
const passing = (happened: () => boolean) => Effect.repeat(TestClock.adjust("1 second"), { until: happened })

describe("Subscriptions of the stateless era", () => {
  it.effect("SUBS-5: what the server agreed to is told, and what it sends beyond the filter dropped", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "subscriptions/listen": ({ say }) =>
          say(acknowledged({ toolsListChanged: true })).pipe(
            Effect.andThen(say(JsonRpc.notification("notifications/prompts/list_changed", {}))),
            Effect.andThen(say(listChanged)),
            Effect.andThen(Effect.never)
          )
      })
      const client = yield* connect(peer)
      const { agreed, heard } = yield* listening(client, {
        toolsListChanged: true,
        resourceSubscriptions: [uri]
      })
      assert.deepStrictEqual(yield* Queue.take(agreed), {
        agreed: { toolsListChanged: true },
        resumed: false
      })
      assert.strictEqual(yield* Queue.take(heard), "notifications/tools/list_changed")
      assert.deepStrictEqual(peer.requests("subscriptions/listen")[0]?.params?.["notifications"], {
        toolsListChanged: true,
        resourceSubscriptions: [uri]
      })
    })
  )

  it.effect("STDIO-16, SUBS-9: after a reconnect the client listens again, and says that it has", () =>
    Effect.gen(function* () {
      let times = 0
      const peer = Peer.make({
        ...Peer.discover(),
        "subscriptions/listen": ({ die, say }) =>
          Effect.andThen(say(acknowledged({ toolsListChanged: true })), times++ === 0 ? die : Effect.never)
      })
      const client = yield* connect(peer)
      const { agreed } = yield* listening(client, { toolsListChanged: true })
      assert.isFalse((yield* Queue.take(agreed)).resumed)
      yield* passing(() => Queue.sizeUnsafe(agreed) > 0)
      assert.isTrue((yield* Queue.take(agreed)).resumed)
      assert.deepStrictEqual(peer.words(), [
        "1 server/discover",
        "1 subscriptions/listen",
        "2 server/discover",
        "2 subscriptions/listen"
      ])
    })
  )

  it.effect("a server that cannot be reached again ends the stream with what broke", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.discover(), "subscriptions/listen": ({ die }) => die })
      const client = yield* connect(peer)
      const { fiber } = yield* listening(client, { toolsListChanged: true })
      yield* passing(() => fiber.pollUnsafe() !== undefined)
      const error = yield* Effect.flip(Fiber.join(fiber))
      assert.strictEqual(error._tag, "TransportError")
      assert.strictEqual(peer.requests("subscriptions/listen").length, 11)
    })
  )

  it.effect("SUBS-8: the server's answer ends the stream", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "subscriptions/listen": ({ say }) => Effect.as(say(acknowledged({})), { resultType: "complete" })
      })
      const { fiber } = yield* listening(yield* connect(peer), {})
      yield* Fiber.join(fiber)
    })
  )

  it.effect("a cancellation by the server ends it, too, and is not answered by one", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "subscriptions/listen": ({ announce, id, say }) =>
          say(acknowledged({})).pipe(
            Effect.andThen(announce(JsonRpc.notification("notifications/cancelled", { requestId: id }))),
            Effect.as({ resultType: "complete" })
          )
      })
      const { fiber } = yield* listening(yield* connect(peer), {})
      yield* Fiber.join(fiber)
      assert.isFalse(peer.words().some((word) => word.includes("interrupted")))
    })
  )

  it.effect("a cancellation alone ends it after a moment", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "subscriptions/listen": ({ announce, id }) =>
          Effect.andThen(
            announce(JsonRpc.notification("notifications/cancelled", { requestId: id })),
            Effect.never
          )
      })
      const { fiber } = yield* listening(yield* connect(peer), {})
      yield* passing(() => fiber.pollUnsafe() !== undefined)
      yield* Fiber.join(fiber)
    })
  )

  it.effect("leaving the stream cancels the request", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "subscriptions/listen": ({ say }) => Effect.andThen(say(acknowledged({})), Effect.never)
      })
      const { agreed, fiber } = yield* listening(yield* connect(peer), {})
      yield* Queue.take(agreed)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(peer.words().at(-1), "1 interrupted subscriptions/listen")
    })
  )

  it.effect("S187: subscribe asks for updates of one resource, unsubscribe stops them", () =>
    Effect.gen(function* () {
      const gone = yield* Deferred.make<void>()
      const peer = Peer.make({
        ...Peer.discover(),
        "subscriptions/listen": ({ params, say }) =>
          say(acknowledged(params["notifications"] as JsonRpc.Params)).pipe(
            Effect.andThen(say(updated(uri))),
            Effect.andThen(Effect.never),
            Effect.onInterrupt(() => Deferred.succeed(gone, undefined))
          )
      })
      const changed = yield* Deferred.make<unknown>()
      const client = yield* connect(peer, {
        onNotification: ({ method, params }) =>
          method.endsWith("updated") ? Deferred.succeed(changed, params["uri"]) : Effect.void
      })
      yield* client.subscribe(uri)
      assert.strictEqual(yield* Deferred.await(changed), uri)
      yield* client.unsubscribe(uri)
      yield* Deferred.await(gone)
    })
  )

  it.effect("who subscribes to what is being subscribed to waits for the same agreement", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const peer = Peer.make({
        ...Peer.discover(),
        "subscriptions/listen": ({ params, say }) =>
          Deferred.await(gate).pipe(
            Effect.andThen(say(acknowledged(params["notifications"] as JsonRpc.Params))),
            Effect.andThen(Effect.never)
          )
      })
      const client = yield* connect(peer)
      const first = yield* Effect.forkChild(client.subscribe(uri), { startImmediately: true })
      const second = yield* Effect.forkChild(client.subscribe(uri), { startImmediately: true })
      const third = yield* Effect.forkChild(client.subscribe(uri), { startImmediately: true })
      yield* Effect.repeat(Effect.yieldNow, { times: 20 })
      assert.isUndefined(second.pollUnsafe())
      yield* Fiber.interrupt(first)
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(second)
      yield* Fiber.join(third)
      assert.strictEqual(peer.requests("subscriptions/listen").length, 2, "the first one gave up")
    })
  )

  it.effect("subscribe fails where the server does not agree", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "subscriptions/listen": ({ say }) => Effect.andThen(say(acknowledged({})), Effect.never)
      })
      const client = yield* connect(peer)
      const both = Effect.all([Effect.flip(client.subscribe(uri)), Effect.flip(client.subscribe(uri))], {
        concurrency: 2
      })
      for (const error of yield* both) assert.match(error.message, /memo:\/\/one/)
    })
  )
})

describe("Subscriptions of a session", () => {
  it.effect(
    "of two who want to hear of a resource at once, neither is told before the server has agreed",
    () =>
      Effect.gen(function* () {
        const refuse = yield* Deferred.make<JsonRpc.Fault>()
        let asked = 0
        const peer = Peer.make({
          ...session,
          "resources/subscribe": () => (asked++ === 0 ? Deferred.await(refuse) : Effect.succeed({}))
        })
        const client = yield* connect(peer, { versions: ["2025-11-25"] })
        const one = yield* listening(client, { resourceSubscriptions: [uri] })
        yield* Effect.repeat(Effect.yieldNow, { times: 20 })
        const two = yield* listening(client, { resourceSubscriptions: [uri] })
        yield* Effect.repeat(Effect.yieldNow, { times: 20 })
        assert.strictEqual(yield* Queue.size(two.agreed), 0)
        yield* Deferred.succeed(refuse, { code: -32603, message: "Not now" })
        assert.strictEqual((yield* Effect.flip(Fiber.join(one.fiber)))._tag, "McpError")
        yield* Queue.take(two.agreed)
        assert.strictEqual(peer.requests("resources/subscribe").length, 2)
        yield* Fiber.interrupt(two.fiber)
        assert.strictEqual(peer.requests("resources/unsubscribe").length, 1)
      })
  )

  it.effect("the session's notices are filtered, and resources subscribed to", () =>
    Effect.gen(function* () {
      const peer = Peer.make(session)
      const client = yield* connect(peer, { versions: ["2025-11-25"] })
      const { agreed, fiber, heard } = yield* listening(client, { resourceSubscriptions: [uri] })
      assert.deepStrictEqual((yield* Queue.take(agreed)).agreed, { resourceSubscriptions: [uri] })
      yield* peer.announce(listChanged)
      yield* peer.announce(updated("memo://other"))
      yield* peer.announce(updated(`${uri}/inside`))
      assert.strictEqual(yield* Queue.take(heard), `${uri}/inside`)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(peer.words().at(-1), "1 resources/unsubscribe")
    })
  )

  it.effect("what the server did not declare is not asked for", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...session, ...Peer.initialize("2025-11-25", { tools: {} }) })
      const client = yield* connect(peer, { versions: ["2025-11-25"] })
      const { agreed } = yield* listening(client, { resourceSubscriptions: [uri], toolsListChanged: true })
      assert.deepStrictEqual((yield* Queue.take(agreed)).agreed, {})
      assert.strictEqual(peer.requests("resources/subscribe").length, 0)
    })
  )

  it.effect("two who listen to one resource subscribe once, and the last one out unsubscribes", () =>
    Effect.gen(function* () {
      const peer = Peer.make(session)
      const client = yield* connect(peer, { versions: ["2025-11-25"] })
      const one = yield* listening(client, { resourceSubscriptions: [uri] })
      yield* Queue.take(one.agreed)
      const two = yield* listening(client, { resourceSubscriptions: [uri] })
      yield* Queue.take(two.agreed)
      yield* Fiber.interrupt(one.fiber)
      assert.strictEqual(peer.requests("resources/unsubscribe").length, 0)
      yield* Fiber.interrupt(two.fiber)
      assert.strictEqual(peer.requests("resources/subscribe").length, 1)
      assert.strictEqual(peer.requests("resources/unsubscribe").length, 1)
    })
  )

  it.effect("a session that broke is begun again, and its subscriptions with it", () =>
    Effect.gen(function* () {
      const peer = Peer.make(session)
      const client = yield* connect(peer, { versions: ["2025-11-25"] })
      const { agreed } = yield* listening(client, { resourceSubscriptions: [uri] })
      yield* Queue.take(agreed)
      yield* peer.hangUp
      yield* passing(() => Queue.sizeUnsafe(agreed) > 0)
      assert.isTrue((yield* Queue.take(agreed)).resumed)
      assert.deepStrictEqual(peer.words().slice(3), [
        "2 initialize",
        "2 notifications/initialized",
        "2 resources/subscribe"
      ])
    })
  )
})
