/** Where the events of streams are kept. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as EventStore from "mcp-effect/EventStore"
import * as StreamableServer from "mcp-effect/StreamableServer"
import { overFunction } from "./faces.ts"
import { call, legacy, message, open } from "./messages.ts"
import * as Fixture from "./server.ts"

describe("EventStore in memory", () => {
  const fill = (store: EventStore.EventStore, stream: string, count: number) =>
    Effect.forEach(
      Array.from({ length: count }, (_, index) => `${index + 1}`),
      (data) => store.append(stream, data)
    )

  it.effect("S130: gives back what came after a position, oldest first", () =>
    Effect.gen(function* () {
      const store = EventStore.makeMemory()
      assert.deepStrictEqual(yield* fill(store, "a", 3), [1, 2, 3])
      yield* fill(store, "b", 1)
      assert.deepStrictEqual(yield* store.after("a", 1), [
        { position: 2, data: "2" },
        { position: 3, data: "3" }
      ])
      assert.deepStrictEqual(yield* store.after("a", 3), [])
    })
  )

  it.effect("S131: keeps the last hundred, and says when something before them is asked for", () =>
    Effect.gen(function* () {
      const store = EventStore.makeMemory()
      yield* fill(store, "a", 101)
      assert.lengthOf(yield* store.after("a", 1), 100)
      assert.instanceOf(yield* Effect.flip(store.after("a", 0)), EventStore.Gap)
      assert.instanceOf(yield* Effect.flip(store.after("a", 102)), EventStore.Gap)
      assert.instanceOf(yield* Effect.flip(store.after("nobody", 0)), EventStore.Gap)
    })
  )

  it.effect("S131: forgets streams that are over for long, and the oldest when there are too many", () =>
    Effect.gen(function* () {
      const store = EventStore.makeMemory({ timeToLive: "1 minute", streams: 2 })
      yield* fill(store, "a", 1)
      yield* TestClock.adjust("40 seconds")
      yield* fill(store, "b", 1)
      yield* TestClock.adjust("40 seconds")
      assert.instanceOf(yield* Effect.flip(store.after("a", 0)), EventStore.Gap)
      assert.lengthOf(yield* store.after("b", 0), 1)
      yield* fill(store, "c", 1)
      yield* fill(store, "d", 1)
      assert.instanceOf(yield* Effect.flip(store.after("b", 0)), EventStore.Gap)
    })
  )

  it.effect("S131: a stream that was forgotten and goes on does not hide what is lost", () =>
    Effect.gen(function* () {
      const store = EventStore.makeMemory({ timeToLive: "1 minute" })
      yield* fill(store, "a", 3)
      yield* TestClock.adjust("2 minutes")
      yield* fill(store, "b", 1)
      const [first] = yield* fill(store, "a", 3)
      assert.instanceOf(yield* Effect.flip(store.after("a", 2)), EventStore.Gap)
      assert.lengthOf(yield* store.after("a", first ?? 0), 2)
    })
  )

  it.effect("S122: a store of one's own takes its place as a layer", () =>
    Effect.gen(function* () {
      const kept: Array<string> = []
      const own = EventStore.EventStore.of({
        append: (stream, data) => Effect.sync(() => kept.push(`${stream} ${data}`)),
        after: (stream, after) => Effect.fail(new EventStore.Gap({ stream, after }))
      })
      const handler = yield* StreamableServer.handler(Fixture.make().server).pipe(
        Effect.provide(Layer.succeed(EventStore.EventStore, own))
      )
      const peer = overFunction(handler)
      const session = yield* open(peer)
      const stream = yield* peer.stream(legacy(call(1, "count", { to: 2 }, { progressToken: 7 }), session))
      while ((yield* message(stream)) !== undefined);
      assert.lengthOf(kept, 3)
      assert.include(kept[0], session["mcp-session-id"], "streams are named after their session")
    }).pipe(Effect.scoped)
  )
})
