/** A provider of one's own, with the nine operations and nothing else. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import {
  type AccessToken,
  answer,
  type AuthorizationCode,
  AuthorizationProvider,
  AuthorizeError,
  type Client,
  type RefreshToken,
  RegistrationError,
  TokenError
} from "../../../src/auth/AuthorizationProvider.ts"
import { Settings } from "../../../src/auth/AuthorizationServer.ts"
import { logged } from "../head.ts"
import {
  authorizeUrl,
  callback,
  postJson,
  post,
  publicClient,
  redeem,
  refresh,
  resource,
  send,
  start
} from "./scene.ts"

const forever = Number.MAX_SAFE_INTEGER

/** Agrees to everything at once, and names its tokens by number. */
const provider = Layer.effect(
  AuthorizationProvider,
  Effect.map(Settings, ({ issuer }) => {
    const clients = new Map<string, Client>([
      [
        "app",
        {
          id: "app",
          authentication: "none",
          redirectUris: publicClient.redirectUris,
          grantTypes: ["authorization_code", "refresh_token"],
          origin: "configured"
        }
      ]
    ])
    const codes = new Map<string, AuthorizationCode>()
    const access = new Map<string, AccessToken>()
    const refreshing = new Map<string, RefreshToken>()
    let count = 0
    const issue = (granted: AuthorizationCode | RefreshToken, scopes: ReadonlyArray<string>) => {
      const [one, two] = [`access-${++count}`, `refresh-${count}`]
      const common = { ...granted, scopes, expiresAt: forever }
      access.set(one, { ...common, _tag: "AccessToken", token: Redacted.make(one) })
      refreshing.set(two, {
        ...common,
        _tag: "RefreshToken",
        token: Redacted.make(two),
        scopes: granted.scopes
      })
      return { accessToken: Redacted.make(one), expiresIn: 60, scopes, refreshToken: Redacted.make(two) }
    }
    return AuthorizationProvider.of({
      getClient: (id) => Effect.sync(() => clients.get(id)),
      registerClient: (client) =>
        client.name === "forbidden"
          ? new RegistrationError({ error: "invalid_client_metadata", description: "Not with this name" })
          : Effect.sync(() => void clients.set(client.id, client)),
      authorize: (_client, request) =>
        request.scopes.includes("files:write")
          ? new AuthorizeError({ error: "access_denied", description: "Reading only" })
          : Effect.sync(() => {
              const code = `code-${++count}`
              codes.set(code, { ...request, code: Redacted.make(code), subject: "bob", expiresAt: forever })
              return answer(issuer, request, { code })
            }),
      loadAuthorizationCode: (_client, code) => Effect.sync(() => codes.get(Redacted.value(code))),
      exchangeAuthorizationCode: (_client, code) =>
        codes.delete(Redacted.value(code.code))
          ? Effect.sync(() => issue(code, code.scopes))
          : new TokenError({ error: "invalid_grant", description: "Used" }),
      loadRefreshToken: (_client, token) => Effect.sync(() => refreshing.get(Redacted.value(token))),
      exchangeRefreshToken: (_client, token, scopes) =>
        refreshing.delete(Redacted.value(token.token))
          ? Effect.sync(() => issue(token, scopes))
          : new TokenError({ error: "invalid_grant", description: "Used" }),
      loadAccessToken: (token) =>
        Redacted.value(token) === "broken"
          ? Effect.die(new Error("the database password is hunter2"))
          : Effect.sync(() => access.get(Redacted.value(token))),
      revokeToken: ({ token }) => Effect.sync(() => void access.delete(Redacted.value(token)))
    })
  })
)

const scene = start({
  provider,
  server: { clientRegistration: { enabled: true }, revocation: { enabled: true } }
})

describe("a provider of one's own", () => {
  it.effect("goes through all nine operations behind the same routes (S075, S076, S089)", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const { json: registered } = yield* postJson(`${at.url}/register`, {
        redirect_uris: [callback],
        token_endpoint_auth_method: "none"
      })
      const client_id = String(registered["client_id"])
      const { location } = yield* send(authorizeUrl(at, { client_id, scope: "files:read" }))
      assert.deepStrictEqual(Object.fromEntries(location!.searchParams), {
        code: "code-1",
        state: "s t&te",
        iss: at.url
      })
      const first = yield* redeem(at, "code-1", { client_id })
      assert.deepStrictEqual(first.json, {
        access_token: "access-2",
        token_type: "Bearer",
        expires_in: 60,
        scope: "files:read",
        refresh_token: "refresh-2"
      })
      const second = yield* refresh(at, "refresh-2", { client_id })
      assert.strictEqual(second.json["access_token"], "access-3")
      assert.strictEqual((yield* post(`${at.url}/revoke`, { client_id, token: "access-3" })).status, 200)
    })
  )

  it.effect("what it fails with reaches the client (S076)", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const registration = yield* postJson(`${at.url}/register`, {
        redirect_uris: [callback],
        client_name: "forbidden"
      })
      assert.deepStrictEqual(
        [registration.status, registration.json],
        [400, { error: "invalid_client_metadata", error_description: "Not with this name" }]
      )
      const { location } = yield* send(authorizeUrl(at, { scope: "files:write" }))
      assert.deepStrictEqual(
        [location?.searchParams.get("error"), location?.searchParams.get("error_description")],
        ["access_denied", "Reading only"]
      )
      yield* send(authorizeUrl(at, { scope: "files:read" }))
      const answers = yield* Effect.all([redeem(at, "code-1"), redeem(at, "code-1")])
      assert.deepStrictEqual(
        answers.map(({ json }) => json["error"]),
        [undefined, "invalid_grant"]
      )
    })
  )

  it.effect("what it gives for another client, or what is over, is not passed on", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const { json } = yield* postJson(`${at.url}/register`, {
        redirect_uris: [callback],
        token_endpoint_auth_method: "none"
      })
      yield* send(authorizeUrl(at, { scope: "files:read" }))
      const other = yield* redeem(at, "code-1", { client_id: String(json["client_id"]) })
      assert.strictEqual(other.json["error"], "invalid_grant")
      assert.strictEqual((yield* redeem(at, "code-1")).status, 200)
    })
  )

  it.effect("what breaks in it is logged under a reference, and nobody is told more", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const { log, value } = yield* logged(
        Effect.flatMap(scene, (own) => post(`${own.url}/revoke`, { client_id: "app", token: "broken" }))
      )
      assert.strictEqual(value.status, 500)
      const reference = /^Internal error (\w+)$/.exec(String(value.json["error_description"]))?.[1]
      assert.isDefined(reference)
      assert.include(log, reference!)
      assert.include(log, "hunter2")
      assert.notInclude(value.text, "hunter2")
      assert.strictEqual((yield* send(`${at.url}/.well-known/oauth-authorization-server`)).status, 200)
    })
  )

  it.effect("has no keys and no grants it does not know (S081)", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const { json } = yield* send(`${at.url}/.well-known/oauth-authorization-server`)
      assert.notProperty(json, "jwks_uri")
      assert.notProperty(json, "client_id_metadata_document_supported")
      assert.deepStrictEqual(json["grant_types_supported"], ["authorization_code", "refresh_token"])
      assert.strictEqual((yield* send(`${at.url}/jwks`)).status, 404)
      const own = yield* post(`${at.url}/token`, {
        client_id: "app",
        grant_type: "client_credentials",
        resource
      })
      assert.strictEqual(own.json["error"], "unsupported_grant_type")
    })
  )
})
