/** A store of events that fails: who asked is answered all the same, and is told what cannot be told again. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as EventStore from "mcp-effect/EventStore"
import * as StreamableServer from "mcp-effect/StreamableServer"
import { overFunction } from "./faces.ts"
import { call, legacy, message, open, request, type SessionHeaders } from "./messages.ts"
import * as Fixture from "./server.ts"

/** A store in memory that can be broken and mended. */
const failing = Effect.gen(function* () {
  const memory = EventStore.makeMemory()
  const state = { broken: false }
  const down = Effect.die(new Error("the store is down: hunter2"))
  const store = EventStore.EventStore.of({
    append: (stream, data) => Effect.suspend(() => (state.broken ? down : memory.append(stream, data))),
    after: (stream, position) => Effect.suspend(() => (state.broken ? down : memory.after(stream, position)))
  })
  const fixture = Fixture.make()
  const handler = yield* StreamableServer.handler(fixture.server).pipe(
    Effect.provideService(EventStore.EventStore, store)
  )
  return { ...fixture, state, peer: overFunction(handler) }
})

const again = (session: SessionHeaders, last: string | undefined) => ({
  headers: { accept: "text/event-stream", "last-event-id": last ?? "", ...session }
})

describe("a store that fails", () => {
  it.live("S4: an answer that cannot be kept is told without an id, and what is lost is not hidden", () =>
    Effect.gen(function* () {
      const { inside, peer, state } = yield* failing
      const session = yield* open(peer)
      const stream = yield* peer.stream(legacy(call(1, "report_and_wait", {}, { progressToken: 7 }), session))
      const progress = yield* message(stream)
      assert.isString(progress?.eventId)
      state.broken = true
      yield* Deferred.succeed(inside.gate, undefined)
      const answer = yield* message(stream)
      assert.strictEqual(answer?.id, 1)
      assert.isUndefined(answer?.eventId)
      assert.isUndefined(yield* message(stream), "and the stream has ended")
    }).pipe(Effect.scoped)
  )

  it.live("S4: what belongs to no request is told again once the store is back", () =>
    Effect.gen(function* () {
      const { peer, state } = yield* failing
      const session = yield* open(peer)
      yield* peer.ask(legacy(request(1, "resources/subscribe", { uri: "note://today" }), session))
      const stream = yield* peer.stream({ headers: { accept: "text/event-stream", ...session } })
      const touched = Effect.andThen(peer.ask(legacy(call(2, "touch"), session)), message(stream))
      const before = yield* touched
      state.broken = true
      assert.strictEqual((yield* touched)?.method, "notifications/resources/updated")
      state.broken = false
      assert.isString((yield* touched)?.eventId)
      stream.close()
      const resumed = yield* peer.ask(again(session, before?.eventId))
      assert.strictEqual(resumed.status, 400, "something after that event was not kept")
    }).pipe(Effect.scoped)
  )

  it.live("S4: who comes back while the store is down is asked to come back later", () =>
    Effect.gen(function* () {
      const { peer, state } = yield* failing
      const session = yield* open(peer)
      const stream = yield* peer.stream(legacy(call(1, "count", { to: 2 }, { progressToken: 7 }), session))
      const first = yield* message(stream)
      state.broken = true
      const answer = yield* peer.ask(again(session, first?.eventId))
      assert.strictEqual(answer.status, 503)
      assert.notInclude(answer.text, "hunter2")
    }).pipe(Effect.scoped)
  )
})
