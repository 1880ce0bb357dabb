/** Streams of sessions that outlive their connections, where events are kept. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Events from "mcp-effect/Events"
import * as EventStore from "mcp-effect/EventStore"
import * as Limits from "mcp-effect/Limits"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import type { Peer, Streaming } from "./faces.ts"
import { overFunction } from "./faces.ts"
import { call, json, legacy, message, open, request, type SessionHeaders } from "./messages.ts"
import * as Fixture from "./server.ts"

const keeping = (options: StreamableServer.Options = {}, memory: EventStore.MemoryOptions = {}) =>
  Effect.gen(function* () {
    const fixture = Fixture.make()
    const handler = yield* StreamableServer.handler(fixture.server, options)
    const peer: Peer = overFunction(handler)
    return { ...fixture, peer }
  }).pipe(Effect.provide(EventStore.layerMemory(memory)))

const again = (session: SessionHeaders, last: string | undefined) => ({
  headers: { accept: "text/event-stream", "last-event-id": last ?? "", ...session }
})

/** The event that lets a client come back: an id and no data. */
const primer = (stream: Streaming) =>
  Effect.map(Effect.promise(stream.next), (event) => /^id: (\S+)\ndata: ?$/.exec(event ?? "")?.[1])

describe("resumption", () => {
  it.live("S130, HTTPS-10: who comes back hears the rest, in order and once", () =>
    Effect.gen(function* () {
      const { inside, peer } = yield* keeping()
      const session = yield* open(peer)
      const first = yield* peer.stream(legacy(call(1, "report_and_wait", {}, { progressToken: 7 }), session))
      assert.isString(yield* primer(first), "the first event says where to come back to")
      const said = yield* message(first)
      assert.strictEqual(said?.params?.["progress"], 1)
      first.close()
      yield* Deferred.succeed(inside.gate, undefined)
      const second = yield* peer.stream(again(session, said?.eventId))
      assert.strictEqual((yield* message(second))?.id, 1)
      assert.isUndefined(yield* message(second), "and the stream has ended")
    }).pipe(Effect.scoped)
  )

  it.live("S130: who comes back while the request runs is told as if nothing had happened", () =>
    Effect.gen(function* () {
      const { inside, peer } = yield* keeping()
      const session = yield* open(peer)
      const first = yield* peer.stream(legacy(call(1, "report_and_wait", {}, { progressToken: 7 }), session))
      const start = yield* primer(first)
      yield* message(first)
      first.close()
      const second = yield* peer.stream(again(session, start))
      assert.strictEqual((yield* message(second))?.method, "notifications/progress")
      yield* Deferred.succeed(inside.gate, undefined)
      assert.strictEqual((yield* message(second))?.id, 1)
      assert.isUndefined(yield* message(second))
    }).pipe(Effect.scoped)
  )

  it.live("S130: of two who come back, the later one is told", () =>
    Effect.gen(function* () {
      const { inside, peer } = yield* keeping()
      const session = yield* open(peer)
      const first = yield* peer.stream(legacy(call(1, "report_and_wait", {}, { progressToken: 7 }), session))
      const start = yield* primer(first)
      const second = yield* peer.stream(again(session, start))
      yield* message(second)
      const third = yield* peer.stream(again(session, start))
      assert.isUndefined(yield* message(second), "its connection was taken over")
      yield* Deferred.succeed(inside.gate, undefined)
      assert.strictEqual((yield* message(third))?.method, "notifications/progress")
      assert.strictEqual((yield* message(third))?.id, 1)
    }).pipe(Effect.scoped)
  )

  it.live("HTTPS-26, HTTPS-27, HTTPS-29: ids name their stream, and only its events come back", () =>
    Effect.gen(function* () {
      const { peer } = yield* keeping()
      const session = yield* open(peer)
      const count = (id: number) =>
        Effect.gen(function* () {
          const stream = yield* peer.stream(
            legacy(call(id, "count", { to: 2 }, { progressToken: id }), session)
          )
          const ids = []
          for (let said = yield* message(stream); said !== undefined; said = yield* message(stream)) {
            ids.push(said.eventId)
          }
          return ids
        })
      const [a, b] = yield* Effect.all([count(1), count(2)], { concurrency: 2 })
      assert.strictEqual(new Set([...a, ...b]).size, 6)
      const replay = yield* peer.stream(again(session, a[0]))
      const progress = yield* message(replay)
      assert.strictEqual(progress?.params?.["progressToken"], 1)
      assert.strictEqual((yield* message(replay))?.id, 1)
      assert.isUndefined(yield* message(replay))
    }).pipe(Effect.scoped)
  )

  it.live(
    "HTTPS-29: events of another session, invented ids and lost events are refused, and nothing is told",
    () =>
      Effect.gen(function* () {
        const { peer } = yield* keeping({}, { eventsPerStream: 1 })
        const [mine, theirs] = [yield* open(peer), yield* open(peer)]
        const stream = yield* peer.stream(legacy(call(1, "count", { to: 3 }, { progressToken: 7 }), mine))
        const first = yield* message(stream)
        yield* message(stream)
        const ids = [first?.eventId, "1_99", "99_1", "nonsense", "1_-1"]
        for (const id of ids) {
          const answer = yield* peer.ask(again(mine, id))
          assert.strictEqual(answer.status, 400, `${id}: ${answer.text}`)
          assert.isString(json(answer).error.message)
        }
        assert.strictEqual((yield* peer.ask(again(theirs, first?.eventId))).status, 400)
      }).pipe(Effect.scoped)
  )

  it.live("HTTPS-24: the stream for what belongs to no request can be resumed as well", () =>
    Effect.gen(function* () {
      const { peer } = yield* keeping()
      const session = yield* open(peer)
      yield* peer.ask(legacy(request(1, "resources/subscribe", { uri: "note://today" }), session))
      const first = yield* peer.stream({ headers: { accept: "text/event-stream", ...session } })
      const start = yield* primer(first)
      yield* peer.ask(legacy(call(2, "touch"), session))
      yield* message(first)
      first.close()
      const second = yield* peer.stream(again(session, start))
      assert.strictEqual((yield* message(second))?.method, "notifications/resources/updated")
      yield* peer.ask(legacy(call(3, "touch"), session))
      assert.strictEqual((yield* message(second))?.method, "notifications/resources/updated", "and goes on")
      second.close()
    }).pipe(Effect.scoped)
  )

  it.live("HTTPS-12: a handler lets go of its connection, and says when to come back", () =>
    Effect.gen(function* () {
      const { inside, peer } = yield* keeping()
      const session = yield* open(peer)
      const first = yield* peer.stream(legacy(call(1, "detach", {}, { progressToken: 7 }), session))
      const start = yield* primer(first)
      assert.strictEqual((yield* message(first))?.params?.["progress"], 1)
      assert.strictEqual(yield* Effect.promise(first.next), "retry: 25")
      assert.isUndefined(yield* Effect.promise(first.next))
      yield* Deferred.succeed(inside.gate, undefined)
      const second = yield* peer.stream(again(session, start))
      const rest = []
      for (let said = yield* message(second); said !== undefined; said = yield* message(second)) {
        rest.push(said.params?.["progress"] ?? "result")
      }
      assert.deepStrictEqual(rest, [1, 2, 3, "result"])
    }).pipe(Effect.scoped)
  )

  it.live("HTTPS-16: a client before 2025-11-25 is not let go, and is not primed", () =>
    Effect.gen(function* () {
      const { inside, peer } = yield* keeping()
      const session = yield* open(peer, "2025-06-18")
      yield* Deferred.succeed(inside.gate, undefined)
      const stream = yield* peer.stream(legacy(call(1, "detach", {}, { progressToken: 7 }), session))
      for (const progress of [1, 2, 3]) {
        assert.strictEqual((yield* message(stream))?.params?.["progress"], progress)
      }
      assert.strictEqual((yield* message(stream))?.id, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("HTTPS-12: connections held for long are let go by themselves, if the server polls", () =>
    Effect.gen(function* () {
      const { inside, peer } = yield* keeping({ polling: { after: "1 minute", retry: "5 seconds" } })
      const session = yield* open(peer)
      const stream = yield* peer.stream(legacy(call(1, "report_and_wait", {}, { progressToken: 7 }), session))
      yield* primer(stream)
      yield* message(stream)
      yield* TestClock.adjust("2 minutes")
      const events = []
      for (let event = yield* Effect.promise(stream.next); event !== undefined;) {
        events.push(event)
        event = yield* Effect.promise(stream.next)
      }
      assert.strictEqual(events.at(-1), "retry: 5000")
      yield* Deferred.succeed(inside.gate, undefined)
    }).pipe(Effect.scoped)
  )

  it.live("HTTPS-10: who was cut off before anything was said comes back as well", () =>
    Effect.gen(function* () {
      const { inside, peer } = yield* keeping()
      const session = yield* open(peer)
      const first = yield* peer.stream(legacy(call(1, "wait"), session))
      const start = yield* primer(first)
      first.close()
      const second = yield* peer.stream(again(session, start))
      assert.strictEqual(second.status, 200)
      yield* Deferred.succeed(inside.gate, undefined)
      assert.strictEqual((yield* message(second))?.id, 1)
      const quiet = yield* peer.stream({ headers: { accept: "text/event-stream", ...session } })
      const place = yield* primer(quiet)
      quiet.close()
      const resumed = yield* peer.stream(again(session, place))
      assert.strictEqual(resumed.status, 200)
      resumed.close()
    }).pipe(Effect.scoped)
  )

  it.effect("who heard everything comes back after the store has forgotten it", () =>
    Effect.gen(function* () {
      const { peer } = yield* keeping({}, { timeToLive: "1 minute" })
      const session = yield* open(peer)
      yield* peer.ask(legacy(request(1, "resources/subscribe", { uri: "note://today" }), session))
      const first = yield* peer.stream({ headers: { accept: "text/event-stream", ...session } })
      yield* peer.ask(legacy(call(2, "touch"), session))
      const said = yield* message(first)
      first.close()
      yield* TestClock.adjust("5 minutes")
      const second = yield* peer.stream(again(session, said?.eventId))
      assert.strictEqual(second.status, 200)
      second.close()
    }).pipe(Effect.scoped)
  )

  it.effect("H3: who left while the store was asked holds no session open", () =>
    Effect.gen(function* () {
      const memory = EventStore.makeMemory()
      const looking = yield* Deferred.make<void>()
      const gate = yield* Deferred.make<void>()
      const slow = EventStore.EventStore.of({
        append: memory.append,
        after: (stream, position) =>
          Deferred.succeed(looking, undefined).pipe(
            Effect.andThen(Deferred.await(gate)),
            Effect.andThen(memory.after(stream, position))
          )
      })
      const handler = yield* StreamableServer.handler(Fixture.make().server).pipe(
        Effect.provideService(EventStore.EventStore, slow),
        Effect.provide(Limits.layer({ sessionIdle: 60_000 }))
      )
      const peer = overFunction(handler)
      const session = yield* open(peer)
      yield* peer.ask(legacy(request(1, "resources/subscribe", { uri: "note://today" }), session))
      const first = yield* peer.stream({ headers: { accept: "text/event-stream", ...session } })
      const start = yield* primer(first)
      yield* peer.ask(legacy(call(2, "touch"), session))
      yield* message(first)
      first.close()
      const leaving = new AbortController()
      const { headers } = again(session, start)
      void handler(new Request("http://localhost/mcp", { headers, signal: leaving.signal }))
      yield* Deferred.await(looking)
      leaving.abort()
      yield* Deferred.succeed(gate, undefined)
      yield* Effect.repeat(Effect.yieldNow, { times: 20 })
      yield* TestClock.adjust("3 minutes")
      assert.strictEqual((yield* peer.ask(legacy(request(3, "ping"), session))).status, 404)
    }).pipe(Effect.scoped)
  )

  it.live("H2: what was not told when the connection broke is told on the next one", () =>
    Effect.gen(function* () {
      const uris = ["note://a", "note://b", "note://c"]
      const server = Server.make(
        { name: "notes", version: "1.0.0" },
        ...uris.map((uri) => Resource.make(uri, { name: uri, updates: true }, () => Effect.succeed("")))
      )
      const handler = yield* StreamableServer.handler(server).pipe(
        Effect.provide(Limits.layer({ queueBytes: 10 }))
      )
      const peer = overFunction(handler)
      const session = yield* open(peer)
      for (const uri of uris) yield* peer.ask(legacy(request(1, "resources/subscribe", { uri }), session))
      const listening = { headers: { accept: "text/event-stream", ...session } }
      const first = yield* peer.stream(listening)
      for (const uri of uris) yield* server.events.publish(Events.resourceUpdated(uri))
      yield* Effect.repeat(Effect.yieldNow, { times: 20 })
      first.close()
      const second = yield* peer.stream(listening)
      assert.strictEqual((yield* message(second))?.params?.["uri"], "note://b")
      assert.strictEqual((yield* message(second))?.params?.["uri"], "note://c")
      second.close()
    }).pipe(Effect.scoped)
  )

  it.live("without a store ids are not given and streams are not resumed", () =>
    Effect.gen(function* () {
      const handler = yield* StreamableServer.handler(Fixture.make().server)
      const peer = overFunction(handler)
      const session = yield* open(peer)
      const stream = yield* peer.stream(legacy(call(1, "count", { to: 1 }, { progressToken: 7 }), session))
      assert.isUndefined((yield* message(stream))?.eventId)
      assert.strictEqual((yield* peer.ask(again(session, "1_1"))).status, 400)
    }).pipe(Effect.scoped)
  )
})
