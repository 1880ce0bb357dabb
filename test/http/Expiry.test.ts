/** What a caller merely listens to ends when the guard would not let the caller in any more; answers do not. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as EventStore from "mcp-effect/EventStore"
import * as Exchange from "mcp-effect/Exchange"
import { faces, type Peer, type Streaming } from "./faces.ts"
import { call, initialize, legacy, message, modern, notification, open, request } from "./messages.ts"
import * as Fixture from "./server.ts"

/** Lets everybody in, until when they say. */
const guard: Exchange.Guard = {
  admit: ({ header }) => {
    const until = header("x-until")
    return Effect.succeed(
      Context.add(
        Context.make(Exchange.Caller, "ada"),
        Exchange.Until,
        until === undefined ? undefined : Number(until)
      )
    )
  }
}

const minute = { "x-until": "60000" }
const resource = { uri: "note://today" }
const listening = { accept: "text/event-stream" }

const subscribe = (peer: Peer, headers: { readonly [name: string]: string }) =>
  Effect.gen(function* () {
    const notifications = { resourceSubscriptions: [resource.uri] }
    const stream = yield* peer.stream(modern("subscriptions/listen", { notifications }, { headers }))
    assert.strictEqual((yield* message(stream))?.method, "notifications/subscriptions/acknowledged")
    return stream
  })

const touch = (peer: Peer) => peer.ask(modern("tools/call", { name: "touch", arguments: {} }))

const heard = (stream: Streaming) => Effect.map(message(stream), (said) => said?.method)

/** Where a line of HTTP+SSE is spoken to. */
const endpoint = (stream: Streaming): Effect.Effect<string> =>
  Effect.flatMap(Effect.promise(stream.next), (event) => {
    const address = /^event: endpoint\ndata: (.*)$/.exec(event ?? "")?.[1]
    return address === undefined ? endpoint(stream) : Effect.succeed(address)
  })

const updated = "notifications/resources/updated"

for (const [face, start] of faces) {
  describe(`a caller whose time is over, over ${face}`, () => {
    it.effect("hears of nothing any more, and is not told that the server is done", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server, { guard })
        const stream = yield* subscribe(peer, minute)
        const other = yield* subscribe(peer, {})
        yield* TestClock.adjust("59 seconds")
        yield* touch(peer)
        assert.strictEqual(yield* heard(stream), updated)
        yield* TestClock.adjust("1 second")
        assert.isUndefined(yield* message(stream), "no result: its client is to come back")
        yield* TestClock.adjust("1 hour")
        yield* touch(peer)
        assert.deepStrictEqual([yield* heard(other), yield* heard(other)], [updated, updated])
      }).pipe(Effect.scoped)
    )

    it.effect("gets the answer to what was asked in time, whatever the era", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const peer = yield* start(server, { guard })
        const session = yield* open(peer)
        const meta = { progressToken: 1 }
        const streams = [
          yield* peer.stream(legacy(call(1, "report_and_wait", {}, meta), { ...session, ...minute })),
          yield* peer.stream(
            modern("tools/call", { name: "report_and_wait", arguments: {} }, { headers: minute, meta })
          )
        ]
        for (const stream of streams) assert.strictEqual(yield* heard(stream), "notifications/progress")
        yield* TestClock.adjust("2 minutes")
        yield* Deferred.succeed(inside.gate, undefined)
        for (const stream of streams) assert.isDefined((yield* message(stream))?.result)
      }).pipe(Effect.scoped)
    )

    it.effect("loses the stream of a session, and what happened meanwhile is told to who comes back", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server, { guard })
        const session = yield* open(peer)
        yield* peer.ask(legacy(request(1, "resources/subscribe", resource), session))
        const listen = (more: object) => peer.stream({ headers: { ...listening, ...session, ...more } })
        const first = yield* listen(minute)
        yield* touch(peer)
        assert.strictEqual(yield* heard(first), updated)
        yield* TestClock.adjust("1 minute")
        assert.isUndefined(yield* message(first))
        yield* touch(peer)
        const second = yield* listen({ "x-until": "120000" })
        assert.strictEqual(yield* heard(second), updated)
        second.close()
        // The time of a stream that was left is nobody's any more.
        const third = yield* listen({})
        yield* TestClock.adjust("1 hour")
        yield* touch(peer)
        assert.strictEqual(yield* heard(third), updated)
      }).pipe(Effect.scoped)
    )

    it.effect("comes back to where it was, where events are kept", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server, { guard })
        const session = yield* open(peer)
        yield* peer.ask(legacy(request(1, "resources/subscribe", resource), session))
        const first = yield* peer.stream({ headers: { ...listening, ...session, ...minute } })
        yield* touch(peer)
        const last = yield* message(first)
        assert.strictEqual(last?.method, updated)
        yield* TestClock.adjust("1 minute")
        assert.isUndefined(yield* message(first))
        yield* touch(peer)
        const again = { ...listening, ...session, "last-event-id": last?.eventId ?? "", "x-until": "120000" }
        const second = yield* peer.stream({ headers: again })
        assert.strictEqual(yield* heard(second), updated)
        yield* TestClock.adjust("1 minute")
        assert.isUndefined(yield* message(second), "and for as long as it may")
      }).pipe(Effect.scoped, Effect.provide(EventStore.layerMemory()))
    )

    it.effect("loses the one stream of HTTP+SSE once it has carried the answers", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const peer = yield* start(server, { guard, sse: true })
        const stream = yield* peer.stream({ path: "/sse", headers: { ...listening, ...minute } })
        const address = yield* endpoint(stream)
        const post = (sent: unknown) => peer.ask(legacy(sent, {}, address))
        yield* post(initialize("2024-11-05"))
        yield* message(stream)
        yield* post(notification("notifications/initialized"))
        yield* post(request(1, "resources/subscribe", resource))
        yield* message(stream)
        yield* post(call(2, "report_and_wait", {}, { progressToken: 1 }))
        assert.strictEqual(yield* heard(stream), "notifications/progress")
        yield* TestClock.adjust("1 minute")
        yield* touch(peer)
        yield* Deferred.succeed(inside.gate, undefined)
        assert.strictEqual((yield* message(stream))?.id, 2, "and of what was touched it does not hear")
        assert.isUndefined(yield* message(stream))
        assert.strictEqual((yield* post(request(3, "ping"))).status, 404)
      }).pipe(Effect.scoped)
    )
  })
}
