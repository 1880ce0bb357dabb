/** How secrets are compared. That nothing in src/auth compares them in another way is for test/check/secrets.ts. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { vi } from "vitest"
import { OAuthStore } from "../../src/auth/OAuthStore.ts"
import * as Secrets from "../../src/auth/Secrets.ts"
import {
  authorize,
  callback,
  type Fields,
  post,
  redeem,
  resource,
  type Scene,
  start
} from "./server/scene.ts"

const secret = "0123456789abcdef0123456789abcdef"

describe("comparing secrets", () => {
  it.effect("D11: digests are of one length, whatever the secrets are", () =>
    Effect.gen(function* () {
      const digest = yield* Secrets.digests
      for (const text of ["", "a", secret, secret.repeat(1000)]) {
        assert.lengthOf(yield* digest(text), 32)
        assert.deepStrictEqual(yield* digest(text), yield* digest(text))
      }
      const other = yield* Secrets.digests
      assert.notDeepEqual(yield* digest(secret), yield* other(secret), "nobody can compute them elsewhere")
    })
  )

  it.effect("D11: one of many is looked for to the end, wherever it is", () =>
    Effect.gen(function* () {
      const digest = yield* Secrets.digests
      const known = yield* Effect.forEach(["a", "b", "c"], digest)
      const read: Array<string> = []
      const among = new Proxy(known, {
        get: (target, name, receiver) => {
          if (typeof name === "string" && /^\d+$/.test(name)) read.push(name)
          return Reflect.get(target, name, receiver)
        }
      })
      for (const [text, place] of [
        ["a", 0],
        ["b", 1],
        ["c", 2],
        ["d", -1]
      ] as const) {
        read.length = 0
        assert.strictEqual(Secrets.position(yield* digest(text), among), place)
        assert.deepStrictEqual(read, ["0", "1", "2"], text)
      }
    })
  )

  it("D11: texts are the same only as a whole", () => {
    assert.isTrue(Secrets.same(secret, secret))
    assert.isTrue(Secrets.same("", ""))
    for (const other of [
      "",
      secret.slice(0, -1),
      `${secret}0`,
      `${secret.slice(0, -1)}0`,
      `x${secret.slice(1)}`
    ]) {
      assert.isFalse(Secrets.same(secret, other), other)
      assert.isFalse(Secrets.same(other, secret), other)
    }
  })
})

/** What is digested while something happens, by length: all the work that depends on what was sent. */
const digested = <A>(happens: Effect.Effect<A>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => vi.spyOn(globalThis.crypto.subtle, "digest")),
    (spy) =>
      Effect.map(happens, (answer) => ({
        answer,
        lengths: spy.mock.calls.map(([, data]) => data.byteLength)
      })),
    (spy) => Effect.sync(() => spy.mockRestore())
  )

describe("a guess", () => {
  const machine = { id: "machine", secret: Redacted.make(secret), scopes: ["files:read"] }
  const basic = (id: string, guess: string) => ({ authorization: `Basic ${btoa(`${id}:${guess}`)}` })
  const own = ({ url }: Scene, headers: Fields) =>
    post(`${url}/token`, { grant_type: "client_credentials", resource }, headers)

  it.effect(
    "D11: at a client's secret costs the same work and gets the same answer, however near it is",
    () =>
      Effect.gen(function* () {
        const scene = yield* start({ embedded: { clients: [machine] } })
        assert.strictEqual((yield* own(scene, basic("machine", secret))).status, 200)
        const guess = (id: string, text: string) => digested(own(scene, basic(id, text)))
        const unknown = yield* guess("nobody!", secret)
        const wrong = yield* guess("machine", "x".repeat(secret.length))
        const near = yield* guess("machine", `${secret.slice(0, -1)}x`)
        assert.include(unknown.lengths, secret.length)
        for (const { answer, lengths } of [unknown, wrong, near]) {
          assert.strictEqual(answer.status, 401)
          assert.strictEqual(answer.text, unknown.answer.text)
          assert.deepStrictEqual(lengths, unknown.lengths)
        }
      })
  )

  it.effect("D11: at a client's id looks for it in the same places, whether it is known or not", () =>
    Effect.gen(function* () {
      const store = Context.get(yield* Layer.build(OAuthStore.layerMemory), OAuthStore)
      const asked: Array<string> = []
      const get: typeof store.get = (key) => {
        asked.push(key.replace(/:.*/, ""))
        return store.get(key)
      }
      const scene = yield* start({
        embedded: { clients: [machine] },
        store: Layer.succeed(OAuthStore, OAuthStore.of({ ...store, get }))
      })
      const looked = Effect.fnUntraced(function* (id: string) {
        asked.length = 0
        assert.strictEqual((yield* own(scene, basic(id, "x".repeat(secret.length)))).status, 401)
        return [...asked]
      })
      assert.deepStrictEqual(yield* looked("machine"), ["client"])
      assert.deepStrictEqual(yield* looked("nobody!"), ["client"])
    })
  )

  it.effect("D11: at a code verifier, too", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const guess = (text: string) =>
        Effect.flatMap(authorize(scene), (back) =>
          digested(
            redeem(scene, back.searchParams.get("code") ?? "", {
              code_verifier: text,
              redirect_uri: callback
            })
          )
        )
      const right = "verifier-0123456789-0123456789-0123456789-0123456789"
      const wrong = yield* guess("x".repeat(right.length))
      const near = yield* guess(`${right.slice(0, -1)}x`)
      assert.strictEqual(wrong.answer.status, 400)
      assert.strictEqual(near.answer.text, wrong.answer.text)
      assert.include(wrong.lengths, right.length)
      assert.deepStrictEqual(near.lengths, wrong.lengths)
      assert.strictEqual((yield* guess(right)).answer.status, 200)
    })
  )
})
