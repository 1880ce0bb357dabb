import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { known, publicClient, refresh, resource, start, tokens } from "./scene.ts"

const refreshed = (answer: { readonly json: { readonly [name: string]: unknown } }) =>
  String(answer.json["refresh_token"])

describe("the refresh token grant", () => {
  it.effect(
    "D10: each exchange gives a new refresh token, and the old one is not good any more (S083, ASEC-4)",
    () =>
      Effect.gen(function* () {
        const scene = yield* start()
        const first = yield* tokens(scene)
        const second = yield* refresh(scene, first.refresh, { resource })
        assert.strictEqual(second.status, 200)
        assert.notStrictEqual(refreshed(second), first.refresh)
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* refresh(scene, first.refresh)).json["error"], "invalid_grant")
      })
  )

  it.effect("D10: a refresh token that is used again ends everything that came of the authorization", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const stolen = yield* tokens(scene)
      const untouched = yield* tokens(scene)
      const thief = yield* refresh(scene, stolen.refresh)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* refresh(scene, stolen.refresh)).json["error"], "invalid_grant")
      assert.strictEqual((yield* refresh(scene, refreshed(thief))).json["error"], "invalid_grant")
      for (const token of [stolen.access, String(thief.json["access_token"])]) {
        assert.isUndefined(yield* known(scene, token))
      }
      assert.strictEqual((yield* refresh(scene, untouched.refresh)).status, 200)
    })
  )

  it.effect("D10: who asks again at once, because the answer was lost, gets the same answer", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const { refresh: token } = yield* tokens(scene)
      const answer = yield* refresh(scene, token)
      yield* TestClock.adjust("9 seconds")
      assert.deepStrictEqual((yield* refresh(scene, token)).json, answer.json)
      assert.strictEqual((yield* refresh(scene, refreshed(answer))).status, 200)
    })
  )

  it.effect("D10: who asks again at once for something else is somebody else", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const { refresh: token } = yield* tokens(scene, { scope: "files:read files:write" })
      yield* refresh(scene, token, { scope: "files:read" })
      assert.strictEqual((yield* refresh(scene, token)).json["error"], "invalid_grant")
    })
  )

  it.effect("many who ask at once get one and the same answer", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const { refresh: token } = yield* tokens(scene)
      const answers = yield* Effect.all(
        Array.from({ length: 10 }, () => refresh(scene, token)),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
      assert.strictEqual(new Set(answers.map(refreshed)).size, 1)
      assert.isDefined(yield* known(scene, String(answers[0]!.json["access_token"])))
    })
  )

  it.effect("scopes can become fewer and come back, but never more (S083)", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const first = yield* tokens(scene, { scope: "files:read files:write" })
      const narrow = yield* refresh(scene, first.refresh, { scope: "files:read" })
      assert.strictEqual(narrow.json["scope"], "files:read")
      const again = yield* refresh(scene, refreshed(narrow))
      assert.strictEqual(again.json["scope"], "files:read files:write")

      const other = yield* tokens(scene, { scope: "files:read" })
      const more = yield* refresh(scene, other.refresh, { scope: "files:read files:write" })
      assert.deepStrictEqual([more.status, more.json["error"]], [400, "invalid_scope"])
      assert.strictEqual((yield* refresh(scene, other.refresh)).status, 200, "a mistake does not use it up")
    })
  )

  it.effect("a refresh token is for its client and its resource", () =>
    Effect.gen(function* () {
      const other = { ...publicClient, id: "other" }
      const scene = yield* start({ embedded: { clients: [publicClient, other] } })
      const { refresh: token } = yield* tokens(scene)
      assert.strictEqual(
        (yield* refresh(scene, token, { client_id: "other" })).json["error"],
        "invalid_grant"
      )
      const elsewhere = yield* refresh(scene, token, { resource: "https://other.example.com" })
      assert.strictEqual(elsewhere.json["error"], "invalid_target")
      assert.strictEqual((yield* refresh(scene, token)).status, 200)
    })
  )

  it.effect("it ends when it was not used for long, and in the end however often it was used", () =>
    Effect.gen(function* () {
      const scene = yield* start({
        embedded: { clients: [publicClient], lifetimes: { refreshToken: "2 days", grant: "3 days" } }
      })
      const idle = yield* tokens(scene)
      const busy = yield* tokens(scene)
      yield* TestClock.adjust("1 day")
      const one = yield* refresh(scene, busy.refresh)
      yield* TestClock.adjust("1 day")
      assert.strictEqual((yield* refresh(scene, idle.refresh)).json["error"], "invalid_grant")
      const two = yield* refresh(scene, refreshed(one))
      assert.strictEqual(two.status, 200)
      yield* TestClock.adjust("23 hours")
      const three = yield* refresh(scene, refreshed(two))
      assert.strictEqual(three.status, 200)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* refresh(scene, refreshed(three))).json["error"], "invalid_grant")
    })
  )

  it.effect("an access token lives for a quarter of an hour (ASEC-3)", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const { access, answer } = yield* tokens(scene)
      assert.strictEqual(answer.json["expires_in"], 900)
      yield* TestClock.adjust("14 minutes")
      assert.isDefined(yield* known(scene, access))
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(yield* known(scene, access))
    })
  )
})
