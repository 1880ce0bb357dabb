import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import {
  callback,
  type Fields,
  known,
  post,
  publicClient,
  refresh,
  resource,
  type Scene,
  start,
  tokens
} from "./scene.ts"

const revoke = ({ url }: Scene, fields: Fields) => post(`${url}/revoke`, { client_id: "app", ...fields })

const secret = "0123456789abcdef"
const clients = [publicClient, { id: "other", redirectUris: [callback] }]
const scene = start({
  embedded: { clients },
  server: {
    resources: [resource, "https://other.example.com"],
    revocation: { enabled: true },
    introspection: [
      { id: "rs", secret: Redacted.make(secret), resource },
      { id: "elsewhere", secret: Redacted.make(secret), resource: "https://other.example.com" }
    ]
  }
})

const introspect = ({ url }: Scene, token: string, id = "rs", password = secret) =>
  post(`${url}/introspect`, { token }, { authorization: `Basic ${btoa(`${id}:${password}`)}` })

describe("revocation", () => {
  it.effect("an access token ends alone (S086)", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const { access, refresh: token } = yield* tokens(at)
      const answer = yield* revoke(at, { token: access, token_type_hint: "refresh_token" })
      assert.deepStrictEqual([answer.status, answer.text], [200, ""])
      assert.isUndefined(yield* known(at, access))
      assert.strictEqual((yield* refresh(at, token)).status, 200)
    })
  )

  it.effect("with a refresh token ends all that came of the authorization (S086)", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const { access, refresh: token } = yield* tokens(at)
      assert.strictEqual((yield* revoke(at, { token })).status, 200)
      assert.isUndefined(yield* known(at, access))
      assert.strictEqual((yield* refresh(at, token)).json["error"], "invalid_grant")
    })
  )

  it.effect("what is unknown, or of another client, is answered the same and stays as it is (S086)", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const { access, refresh: token } = yield* tokens(at)
      for (const attempt of ["made-up", access, token]) {
        assert.strictEqual((yield* revoke(at, { client_id: "other", token: attempt })).status, 200)
      }
      assert.isDefined(yield* known(at, access))
      assert.strictEqual((yield* refresh(at, token)).status, 200)
    })
  )

  it.effect("an unknown client is refused, and so is a request without a token (S086)", () =>
    Effect.gen(function* () {
      const at = yield* scene
      assert.strictEqual((yield* revoke(at, { client_id: "nobody", token: "x" })).status, 401)
      assert.strictEqual((yield* revoke(at, {})).status, 400)
    })
  )
})

describe("introspection", () => {
  it.effect("a server is told about a token that is for it", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const at = yield* scene
      const { access } = yield* tokens(at)
      const { json } = yield* introspect(at, access)
      const { sid, ...rest } = json
      assert.isString(sid)
      assert.deepStrictEqual(rest, {
        active: true,
        iss: at.url,
        sub: "ada",
        aud: resource,
        client_id: "app",
        scope: "files:read",
        token_type: "Bearer",
        exp: 1_800_000_900
      })
    })
  )

  it.effect("of all other tokens it learns nothing", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const { access, refresh: token } = yield* tokens(at)
      const inactive = { active: false }
      assert.deepStrictEqual((yield* introspect(at, access, "elsewhere")).json, inactive, "of another server")
      for (const attempt of ["made-up", token])
        assert.deepStrictEqual((yield* introspect(at, attempt)).json, inactive)
      yield* TestClock.adjust("15 minutes")
      assert.deepStrictEqual((yield* introspect(at, access)).json, inactive)
    })
  )

  it.effect("whoever is no server of ours is not told anything", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const { access } = yield* tokens(at)
      assert.strictEqual((yield* introspect(at, access, "rs", "wrong")).status, 401)
      assert.strictEqual((yield* introspect(at, access, "app", "")).status, 401)
      assert.strictEqual((yield* post(`${at.url}/introspect`, { token: access })).status, 401)
    })
  )
})
