import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { SignJWT } from "jose"
import { makeKey } from "../issuer.ts"
import { authorize, callback, type Fields, post, redeem, resource, type Scene, start } from "./scene.ts"

const secret = "s/cret:+ 0123456789abcdef"
const machine = { id: "machine", secret: Redacted.make(secret), scopes: ["files:read"] }
const web = {
  id: "web",
  secret: Redacted.make(secret),
  authentication: "client_secret_post",
  redirectUris: [callback]
} as const

const basic = (id: string, password: string) => {
  const half = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
  return { authorization: `Basic ${btoa(`${half(id)}:${half(password)}`)}` }
}

const own = ({ url }: Scene, fields: Fields, headers: Fields = {}) =>
  post(`${url}/token`, { grant_type: "client_credentials", resource, ...fields }, headers)

describe("client authentication", () => {
  it.effect("a machine gets a token for itself, by HTTP Basic (S083, CCRED-3)", () =>
    Effect.gen(function* () {
      const scene = yield* start({ embedded: { clients: [machine] } })
      const answer = yield* own(scene, {}, basic("machine", secret))
      assert.deepInclude(answer.json, { token_type: "Bearer", scope: "files:read" })
      assert.notProperty(answer.json, "refresh_token")
      const more = yield* own(scene, { scope: "files:write" }, basic("machine", secret))
      assert.strictEqual(more.json["error"], "invalid_scope")
    })
  )

  it.effect("a secret in the form is for clients that were registered for that (S083)", () =>
    Effect.gen(function* () {
      const scene = yield* start({ embedded: { clients: [machine, web] } })
      const code = (yield* authorize(scene, { client_id: "web" })).searchParams.get("code")!
      const denied = yield* redeem(scene, code, { client_id: "web" }, basic("web", secret))
      assert.strictEqual(denied.status, 401, "it is not its way")
      assert.strictEqual((yield* redeem(scene, code, { client_id: "web" })).status, 401, "nor is none")
      assert.strictEqual(
        (yield* redeem(scene, code, { client_id: "web", client_secret: secret })).status,
        200
      )
    })
  )

  const wrong: ReadonlyArray<readonly [string, Fields, Fields]> = [
    ["nothing", {}, {}],
    ["an unknown client", {}, basic("nobody", secret)],
    ["a wrong secret", {}, basic("machine", "wrong")],
    ["the beginning of the secret", {}, basic("machine", secret.slice(0, -1))],
    ["no secret", {}, basic("machine", "")],
    ["a secret that is not encoded", {}, { authorization: `Basic ${btoa(`machine:${secret}`)}` }],
    ["an id without a secret", { client_id: "machine" }, {}],
    ["a header that is no Basic", {}, { authorization: "Bearer x" }],
    ["no base64", {}, { authorization: "Basic %%%" }],
    ["another client in the form", { client_id: "other" }, basic("machine", secret)]
  ]
  for (const [title, fields, headers] of wrong) {
    it.effect(`${title} is answered in one way (S083)`, () =>
      Effect.gen(function* () {
        const scene = yield* start({ embedded: { clients: [machine] } })
        const answer = yield* own(scene, fields, headers)
        assert.deepStrictEqual(
          [answer.status, answer.json],
          [
            401,
            { error: "invalid_client", error_description: "The client is not known, or not authenticated" }
          ]
        )
      })
    )
  }

  it.effect("two ways at once are a mistake", () =>
    Effect.gen(function* () {
      const scene = yield* start({ embedded: { clients: [machine] } })
      const answer = yield* own(
        scene,
        { client_id: "machine", client_secret: secret },
        basic("machine", secret)
      )
      assert.deepStrictEqual([answer.status, answer.json["error"]], [400, "invalid_request"])
    })
  )

  it.effect("a public client does not act for itself", () =>
    Effect.gen(function* () {
      const anybody = { id: "anybody", grantTypes: ["client_credentials"] } as const
      const scene = yield* start({ embedded: { clients: [anybody] } })
      assert.strictEqual((yield* own(scene, { client_id: "anybody" })).json["error"], "unauthorized_client")
    })
  )
})

describe("private_key_jwt", () => {
  const scene = Effect.gen(function* () {
    yield* TestClock.setTime(1_800_000_000_000)
    const key = yield* makeKey("k1")
    const started = yield* start({ embedded: { clients: [{ id: "robot", jwks: { keys: [key.jwk] } }] } })
    const assertion = (claims: object = {}, by = key) =>
      Effect.promise(() =>
        new SignJWT({
          iss: "robot",
          sub: "robot",
          aud: started.url,
          jti: "one",
          exp: 1_800_000_060,
          ...claims
        })
          .setProtectedHeader({ alg: "ES256", kid: "k1" })
          .sign(by.privateKey)
      )
    const present = (text: string, more: Fields = {}) =>
      own(started, {
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: text,
        ...more
      })
    return { assertion, present, url: started.url }
  })

  it.effect("a client proves who it is by its key, for the issuer or its token endpoint (S083)", () =>
    Effect.gen(function* () {
      const { assertion, present, url } = yield* scene
      assert.strictEqual((yield* present(yield* assertion())).status, 200)
      const other = yield* assertion({ aud: `${url}/token`, jti: "two" })
      assert.strictEqual((yield* present(other, { client_id: "robot" })).status, 200)
    })
  )

  it.effect("an assertion is good once", () =>
    Effect.gen(function* () {
      const { assertion, present } = yield* scene
      const text = yield* assertion()
      const answers = yield* Effect.all([present(text), present(text)], { concurrency: "unbounded" })
      assert.deepStrictEqual(answers.map(({ status }) => status).toSorted(), [200, 401])
    })
  )

  const wrong: ReadonlyArray<readonly [string, object]> = [
    ["for another server", { aud: "https://other.example.com" }],
    ["of another client", { iss: "other" }],
    ["that has expired", { exp: 1_799_999_960 }],
    ["that is good for long", { exp: 1_800_000_400 }],
    ["without an end", { exp: undefined }],
    ["without a name", { jti: undefined }]
  ]
  for (const [title, claims] of wrong) {
    it.effect(`an assertion ${title} proves nothing`, () =>
      Effect.gen(function* () {
        const { assertion, present } = yield* scene
        assert.strictEqual((yield* present(yield* assertion(claims))).status, 401)
      })
    )
  }

  it.effect("an assertion by another key, or beside a secret, proves nothing", () =>
    Effect.gen(function* () {
      const { assertion, present } = yield* scene
      assert.strictEqual((yield* present(yield* assertion({}, yield* makeKey("k1")))).status, 401)
      assert.strictEqual((yield* present(yield* assertion(), { client_secret: "x" })).status, 400)
      assert.strictEqual((yield* present(yield* assertion(), { client_assertion_type: "other" })).status, 401)
    })
  )

  it.effect("who tries it with a header that is none is told how it is done", () =>
    Effect.gen(function* () {
      const scene = yield* start({ embedded: { clients: [machine] } })
      for (const authorization of ["Basic !", "Bearer x", "Basic bm8tY29sb24="]) {
        const { headers, status } = yield* own(scene, {}, { authorization })
        assert.deepStrictEqual([status, headers.get("www-authenticate")], [401, 'Basic realm="token"'])
      }
      const { headers } = yield* own(scene, { client_id: "nobody" })
      assert.strictEqual(headers.get("www-authenticate"), null)
    })
  )
})
