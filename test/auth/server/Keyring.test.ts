import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from "jose"
import { OAuthStore } from "../../../src/auth/OAuthStore.ts"
import * as Keyring from "../../../src/auth/server/Keyring.ts"

const scene = Effect.gen(function* () {
  const store = Context.get(yield* Layer.build(OAuthStore.layerMemory), OAuthStore)
  const make = Keyring.make(store, { rotateEvery: Duration.days(30), longestToken: Duration.minutes(15) })
  return { keyring: yield* make, make, store }
})

const kid = (token: string) => decodeProtectedHeader(token).kid
const kids = Effect.fnUntraced(function* ({ published }: Keyring.Keyring) {
  return (yield* published).keys.map((key) => key.kid)
})

describe("the keyring", () => {
  it.effect("publishes what tokens can be verified with, and nothing secret", () =>
    Effect.gen(function* () {
      const { keyring } = yield* scene
      const [token, set] = [yield* keyring.sign({ a: 1 }), yield* keyring.published]
      yield* Effect.promise(() => compactVerify(token, createLocalJWKSet(set)))
      for (const key of set.keys) assert.notProperty(key, "d")
    })
  )

  it.effect("all nodes have one, whoever made it", () =>
    Effect.gen(function* () {
      const { keyring, make } = yield* scene
      const other = yield* make
      const both = yield* Effect.all([kids(keyring), kids(other)], { concurrency: "unbounded" })
      assert.deepStrictEqual(both[0], both[1])
      assert.deepStrictEqual(yield* other.open("p", yield* keyring.seal("p", { a: 1 })), { a: 1 })
    })
  )

  it.effect("a new key is known for a day before it signs, and an old one while its tokens live", () =>
    Effect.gen(function* () {
      const { keyring } = yield* scene
      const first = kid(yield* keyring.sign({}))
      yield* TestClock.adjust("29 days")
      assert.deepStrictEqual(yield* kids(keyring), [first])
      yield* TestClock.adjust("1 day")
      const [second, ...rest] = yield* kids(keyring)
      assert.deepStrictEqual(rest, [first])
      yield* TestClock.adjust("23 hours")
      assert.strictEqual(kid(yield* keyring.sign({})), first)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(kid(yield* keyring.sign({})), second)
      yield* TestClock.adjust("14 minutes")
      assert.deepStrictEqual(yield* kids(keyring), [second, first])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* kids(keyring), [second])
    })
  )

  it.effect("what is sealed for one purpose does not open for another, nor when it was changed", () =>
    Effect.gen(function* () {
      const { keyring } = yield* scene
      const sealed = yield* keyring.seal("a", { secret: "canary" })
      assert.notInclude(sealed, "canary")
      assert.isUndefined(yield* keyring.open("b", sealed))
      assert.isUndefined(yield* keyring.open("a", `A${sealed.slice(1)}`))
      assert.isUndefined(yield* keyring.open("a", ""))
    })
  )
})
