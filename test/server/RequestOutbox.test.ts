import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { Outbox } from "../../src/Connection.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as RequestOutbox from "../../src/server/RequestOutbox.ts"

const message = (name: string) => JsonRpc.notification("notifications/message", { name })

/** A peer that takes what is said only once it is ready. */
const slow = Effect.map(Deferred.make<void>(), (ready) => {
  const heard: Array<unknown> = []
  const outbox = RequestOutbox.make(
    Outbox.of({
      say: ({ params }) =>
        Effect.andThen(
          Deferred.await(ready),
          Effect.sync(() => void heard.push(params?.["name"]))
        )
    })
  )
  return { heard, outbox, ready: Deferred.succeed(ready, undefined) }
})
const run = (effect: Effect.Effect<void>) => Effect.runFork(effect)

describe("RequestOutbox", () => {
  it.effect("LOG-2: what is posted goes out in the same turn when the peer takes it", () =>
    Effect.gen(function* () {
      const peer = yield* slow
      yield* peer.ready
      peer.outbox.post(message("one"), run)
      peer.outbox.post(message("two"), run)
      assert.deepStrictEqual(peer.heard, ["one", "two"])
    })
  )

  it.effect("S069: a slow peer gets everything in order, and before the request ends", () =>
    Effect.gen(function* () {
      const peer = yield* slow
      peer.outbox.post(message("one"), run)
      peer.outbox.post(message("two"), run)
      const said = yield* Effect.forkChild(peer.outbox.say(message("three")), { startImmediately: true })
      yield* peer.ready
      yield* Fiber.join(said)
      peer.outbox.post(message("four"), run)
      yield* peer.outbox.close(Exit.void)
      assert.deepStrictEqual(peer.heard, ["one", "two", "three", "four"])
      yield* peer.outbox.say(message("late"))
      peer.outbox.post(message("late"), run)
      assert.strictEqual(peer.heard.length, 4)
    })
  )

  it.effect("S174: a request that was cancelled does not wait for a peer that does not listen", () =>
    Effect.gen(function* () {
      const peer = yield* slow
      peer.outbox.post(message("one"), run)
      yield* peer.outbox.close(Exit.interrupt())
      yield* peer.ready
      assert.deepStrictEqual(peer.heard, [])
    })
  )

  it.effect("LOG-7, LOG-9: what waits for a slow peer is bounded", () =>
    Effect.gen(function* () {
      const peer = yield* slow
      for (let index = 0; index < 5000; index++) peer.outbox.post(message(String(index)), run)
      yield* peer.ready
      yield* peer.outbox.close(Exit.void)
      assert.isAtMost(peer.heard.length, 1001)
      assert.strictEqual(peer.heard[0], "0")
    })
  )
})
