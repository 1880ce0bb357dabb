import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { createLocalJWKSet, jwtVerify } from "jose"
import {
  authorize,
  authorizeUrl,
  callback,
  known,
  publicClient,
  redeem,
  refresh,
  resource,
  send,
  start,
  tokens
} from "./scene.ts"

describe("the authorization code grant", () => {
  it.effect("a user agrees, the client gets a code, and tokens for it (S075, S083, AUTH-4)", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const scene = yield* start()
      const back = yield* authorize(scene)
      assert.strictEqual(`${back.origin}${back.pathname}`, callback)
      const answer = yield* redeem(scene, back.searchParams.get("code")!)
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.headers.get("cache-control"), "no-store")
      const { access_token: access, refresh_token: refreshed, ...rest } = answer.json
      assert.deepStrictEqual(rest, { token_type: "Bearer", expires_in: 900, scope: "files:read" })
      assert.isString(refreshed)
      const { json: jwks } = yield* send(`${scene.url}/jwks`)
      const { payload, protectedHeader } = yield* Effect.promise(() =>
        jwtVerify(String(access), createLocalJWKSet(jwks as never), {
          issuer: scene.url,
          audience: resource,
          typ: "at+jwt",
          currentDate: new Date(1_800_000_000_000)
        })
      )
      assert.strictEqual(protectedHeader.alg, "ES256")
      assert.deepInclude(payload, {
        sub: "ada",
        client_id: "app",
        scope: "files:read",
        iat: 1_800_000_000,
        exp: 1_800_000_900
      })
    })
  )

  it.effect("every answer has the state and the issuer (S082, ISS-2)", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      for (const back of [
        yield* authorize(scene),
        yield* authorize(scene, {}, { decision: "deny" }),
        (yield* send(authorizeUrl(scene, { code_challenge: "" }))).location!
      ]) {
        assert.strictEqual(back.searchParams.get("state"), "s t&te")
        assert.strictEqual(back.searchParams.get("iss"), scene.url)
      }
    })
  )

  it.effect(
    "the query of a redirect URI is kept, and nothing is appended that the client did not register",
    () =>
      Effect.gen(function* () {
        const scene = yield* start()
        const back = yield* authorize(scene, { redirect_uri: "https://app.example.com/callback?a=b" })
        assert.deepStrictEqual([...back.searchParams.keys()], ["a", "code", "state", "iss"])
      })
  )

  it.effect("D10: a code is good once, and what came of it ends when it is used again", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const { access, code, refresh: token } = yield* tokens(scene)
      assert.isDefined(yield* known(scene, access))
      const again = yield* redeem(scene, code)
      assert.deepStrictEqual([again.status, again.json["error"]], [400, "invalid_grant"])
      assert.strictEqual((yield* refresh(scene, token)).json["error"], "invalid_grant")
      assert.isUndefined(yield* known(scene, access))
    })
  )

  it.effect("D10: a used code is remembered for longer than it was good", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const { access, code } = yield* tokens(scene)
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual((yield* redeem(scene, code)).json["error"], "invalid_grant")
      assert.isUndefined(yield* known(scene, access))
    })
  )

  it.effect("D10: of many who bring the same code at once, one gets tokens", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const code = (yield* authorize(scene)).searchParams.get("code")!
      const answers = yield* Effect.all(
        Array.from({ length: 10 }, () => redeem(scene, code)),
        { concurrency: "unbounded" }
      )
      assert.isAtMost(answers.filter(({ status }) => status === 200).length, 1)
    })
  )

  it.effect("a code is good for a minute", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const code = (yield* authorize(scene)).searchParams.get("code")!
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* redeem(scene, code)).json["error"], "invalid_grant")
    })
  )

  const mistakes: ReadonlyArray<readonly [string, { readonly [name: string]: string }, string]> = [
    ["another verifier", { code_verifier: "x".repeat(43) }, "invalid_grant"],
    ["a verifier that is none", { code_verifier: "short" }, "invalid_request"],
    ["another redirect URI", { redirect_uri: `${callback}/` }, "invalid_grant"],
    ["another resource", { resource: "https://other.example.com" }, "invalid_target"],
    ["another client", { client_id: "other" }, "invalid_grant"],
    ["an unknown client", { client_id: "nobody" }, "invalid_client"],
    ["an unknown grant", { grant_type: "password" }, "unsupported_grant_type"],
    ["a grant it is not registered for", { grant_type: "client_credentials" }, "unauthorized_client"]
  ]
  for (const [title, changes, error] of mistakes) {
    it.effect(`a code with ${title} gives nothing, and is still good for its client (D10, S083)`, () =>
      Effect.gen(function* () {
        const other = { id: "other", redirectUris: [callback] }
        const scene = yield* start({ embedded: { clients: [publicClient, other] } })
        const code = (yield* authorize(scene)).searchParams.get("code")!
        const answer = yield* redeem(scene, code, changes)
        assert.strictEqual(answer.json["error"], error)
        assert.strictEqual(answer.status, error === "invalid_client" ? 401 : 400)
        assert.strictEqual((yield* redeem(scene, code)).status, 200)
      })
    )
  }
})
