import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as JwkSet from "../../src/auth/JwkSet.ts"
import { VerifierUnavailable } from "../../src/auth/Verifier.ts"
import { type Key, makeKey } from "./issuer.ts"

/** An issuer in the same process, so that its times and failures can be chosen. */
const issuer = (...keys: ReadonlyArray<Key>) => {
  const state: { keys: ReadonlyArray<Key>; maxAge: number | undefined; broken: boolean; asked: number } = {
    keys,
    maxAge: undefined,
    broken: false,
    asked: 0
  }
  const fetch = Effect.suspend(() => {
    state.asked++
    return state.broken
      ? Effect.fail(new VerifierUnavailable({ why: "down" }))
      : Effect.succeed({ keys: { keys: state.keys.map(({ jwk }) => jwk) }, maxAge: state.maxAge })
  })
  return { fetch, state }
}

const of = ({ alg, jwk }: Key) => ({ alg, kid: jwk.kid! })

describe("JwkSet", () => {
  it.effect("fetches when the first token comes, and not again while the keys are fresh", () =>
    Effect.gen(function* () {
      const key = yield* makeKey("one")
      const { fetch, state } = issuer(key)
      const set = yield* JwkSet.make(fetch)
      assert.strictEqual(state.asked, 0)
      for (let i = 0; i < 100; i++) assert.lengthOf(yield* set.find(of(key)), 1)
      yield* TestClock.adjust("9 minutes")
      yield* set.find(of(key))
      assert.strictEqual(state.asked, 1)
      yield* TestClock.adjust("2 minutes")
      yield* set.find(of(key))
      assert.strictEqual(state.asked, 2)
    })
  )

  it.effect("many who come at once share one fetch, and going away does not stop it", () =>
    Effect.gen(function* () {
      const key = yield* makeKey("one")
      const { fetch, state } = issuer(key)
      const answer = yield* Deferred.make<void>()
      const set = yield* JwkSet.make(Effect.andThen(Deferred.await(answer), fetch))
      const [first, ...others] = yield* Effect.forEach(Array.from({ length: 50 }), () =>
        Effect.forkChild(set.find(of(key)), { startImmediately: true })
      )
      yield* Fiber.interrupt(first!)
      yield* Deferred.succeed(answer, undefined)
      for (const fiber of others) assert.lengthOf(yield* Fiber.join(fiber), 1)
      assert.strictEqual(state.asked, 1)
    })
  )

  it.effect("a new key is found when a token names it, and an old one is gone with it", () =>
    Effect.gen(function* () {
      const [old, young] = [yield* makeKey("old"), yield* makeKey("young")]
      const { fetch, state } = issuer(old)
      const set = yield* JwkSet.make(fetch)
      yield* set.find(of(old))
      state.keys = [young]
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(yield* set.find(of(young)), 1)
      const gone = yield* Effect.flip(set.find(of(old)))
      assert.strictEqual(gone._tag, "InvalidToken")
    })
  )

  it.effect("D13: names of keys that are made up do not make it ask again and again", () =>
    Effect.gen(function* () {
      const key = yield* makeKey("one")
      const { fetch, state } = issuer(key)
      const set = yield* JwkSet.make(fetch)
      for (let second = 0; second < 60; second++) {
        for (let i = 0; i < 20; i++)
          yield* Effect.flip(set.find({ alg: "ES256", kid: `made-up-${second}-${i}` }))
        yield* TestClock.adjust("1 second")
      }
      assert.isAtMost(state.asked, 3)
      assert.lengthOf(yield* set.find(of(key)), 1)
    })
  )

  it.effect("keys stay good for a day when the issuer cannot be reached", () =>
    Effect.gen(function* () {
      const key = yield* makeKey("one")
      const { fetch, state } = issuer(key)
      const set = yield* JwkSet.make(fetch)
      yield* set.find(of(key))
      state.broken = true
      yield* TestClock.adjust("23 hours")
      assert.lengthOf(yield* set.find(of(key)), 1)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* Effect.flip(set.find(of(key))))._tag, "VerifierUnavailable")
      state.broken = false
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(yield* set.find(of(key)), 1)
    })
  )

  it.effect("an issuer that was down at first is asked again soon", () =>
    Effect.gen(function* () {
      const key = yield* makeKey("one")
      const { fetch, state } = issuer(key)
      state.broken = true
      const set = yield* JwkSet.make(fetch)
      for (let i = 0; i < 10; i++) yield* Effect.flip(set.find(of(key)))
      assert.strictEqual(state.asked, 1)
      state.broken = false
      yield* TestClock.adjust("1 second")
      assert.lengthOf(yield* set.find(of(key)), 1)
    })
  )

  it.effect("the issuer may say how long its keys are fresh, within reason", () =>
    Effect.gen(function* () {
      const key = yield* makeKey("one")
      const { fetch, state } = issuer(key)
      state.maxAge = 0
      const set = yield* JwkSet.make(fetch)
      for (let i = 0; i < 59; i++) {
        yield* set.find(of(key))
        yield* TestClock.adjust("1 second")
      }
      assert.strictEqual(state.asked, 1)
      yield* TestClock.adjust("1 second")
      state.maxAge = 3_600_000
      yield* set.find(of(key))
      yield* TestClock.adjust("59 minutes")
      yield* set.find(of(key))
      assert.strictEqual(state.asked, 2)
    })
  )

  it.effect("what is no set of keys is as good as no answer", () =>
    Effect.gen(function* () {
      const nothing = Effect.succeed({ keys: JSON.parse('{"keys":7}'), maxAge: undefined })
      const set = yield* JwkSet.make(nothing)
      assert.strictEqual(
        (yield* Effect.flip(set.find({ alg: "ES256", kid: "one" })))._tag,
        "VerifierUnavailable"
      )
    })
  )
})
