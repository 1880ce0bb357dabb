import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Deadlines from "../../src/client/Deadlines.ts"

const limits = { idle: 1000, absolute: 5000 }

describe("Deadlines", () => {
  it.effect("LIFE-17: silence ends a request", () =>
    Effect.gen(function* () {
      const { run } = yield* Deadlines.make
      const request = yield* Effect.forkChild(Effect.flip(run("m", limits, () => Effect.never)))
      yield* TestClock.adjust(999)
      assert.isUndefined(request.pollUnsafe())
      yield* TestClock.adjust(1)
      const { kind, message, millis } = yield* Fiber.join(request)
      assert.deepStrictEqual({ kind, millis }, { kind: "idle", millis: 1000 })
      assert.strictEqual(message, "m: the server said nothing for 1000 ms")
    })
  )

  it.effect("LIFE-19: what the server says extends silence, but not the whole", () =>
    Effect.gen(function* () {
      const { run } = yield* Deadlines.make
      const request = yield* run("m", limits, (watch) =>
        Effect.forever(Effect.andThen(Effect.sleep(500), Effect.sync(watch.touch)))
      ).pipe(Effect.flip, Effect.forkChild)
      yield* TestClock.adjust(4999)
      assert.isUndefined(request.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* Fiber.join(request)).kind, "absolute")
    })
  )

  it.effect("the clock stands still while a question is answered, and goes on afterwards", () =>
    Effect.gen(function* () {
      const { run } = yield* Deadlines.make
      const answered = yield* Deferred.make<void>()
      const request = yield* run("m", limits, (watch) =>
        Effect.andThen(watch.paused(Deferred.await(answered)), Effect.never)
      ).pipe(Effect.flip, Effect.forkChild)
      yield* TestClock.adjust("1 day")
      assert.isUndefined(request.pollUnsafe())
      yield* Deferred.succeed(answered, undefined)
      yield* TestClock.adjust(999)
      assert.isUndefined(request.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* Fiber.join(request)).kind, "idle")
    })
  )

  it.effect("S188, LIFE-18: each request has its own deadlines, whatever the timer was set to", () =>
    Effect.gen(function* () {
      const { run } = yield* Deadlines.make
      const slow = yield* Effect.forkChild(Effect.flip(run("slow", limits, () => Effect.never)))
      yield* Effect.yieldNow
      const quick = yield* Effect.forkChild(
        Effect.flip(run("quick", { idle: 10, absolute: Infinity }, () => Effect.never))
      )
      yield* TestClock.adjust(10)
      assert.strictEqual((yield* Fiber.join(quick)).method, "quick")
      assert.isUndefined(slow.pollUnsafe())
    })
  )

  it.effect("a request that is late is interrupted, finalizers and all", () =>
    Effect.gen(function* () {
      const { run } = yield* Deadlines.make
      const finalized = yield* Deferred.make<void>()
      const request = yield* run("m", limits, () =>
        Effect.onInterrupt(Effect.never, () => Deferred.succeed(finalized, undefined))
      ).pipe(Effect.flip, Effect.forkChild)
      yield* TestClock.adjust(1000)
      yield* Fiber.join(request)
      yield* Deferred.await(finalized)
    })
  )

  it.effect("interrupting the caller interrupts the request before the caller goes on", () =>
    Effect.gen(function* () {
      const { run } = yield* Deadlines.make
      let stopped = false
      const request = yield* run("m", limits, () =>
        Effect.onInterrupt(Effect.never, () =>
          Effect.sync(() => {
            stopped = true
          })
        )
      ).pipe(Effect.forkChild({ startImmediately: true }))
      yield* Fiber.interrupt(request)
      assert.isTrue(stopped)
    })
  )

  it.effect("results and failures pass through", () =>
    Effect.gen(function* () {
      const { run } = yield* Deadlines.make
      assert.strictEqual(yield* run("m", limits, () => Effect.succeed(1)), 1)
      assert.strictEqual(
        yield* run("m", limits, () => Effect.delay(Effect.succeed(2), 0)).pipe(
          Effect.forkChild,
          Effect.tap(() => TestClock.adjust(0)),
          Effect.flatMap(Fiber.join)
        ),
        2
      )
      assert.strictEqual(yield* Effect.flip(run("m", limits, () => Effect.fail("no"))), "no")
    })
  )
})
