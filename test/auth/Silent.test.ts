import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { exportPKCS8, generateKeyPair, jwtVerify } from "jose"
import * as OAuthClient from "mcp-effect/OAuthClient"
import { around, failure, post, world } from "./connect.ts"
import { authorizationServer, refused } from "./world.ts"
import type { AuthorizationServer, Server } from "./world.ts"

const tokenForms = (as: AuthorizationServer) =>
  as.requests.filter(({ path }) => path === "/token").map(({ form }) => form)

const secret = (as: AuthorizationServer): OAuthClient.Registered => ({
  issuer: as.url,
  id: "machine",
  secret: Redacted.make("canary-secret")
})

const listing = (as: AuthorizationServer, ...methods: ReadonlyArray<string>) => {
  as.metadata = {
    token_endpoint_auth_methods_supported: methods,
    code_challenge_methods_supported: undefined
  }
}

const credentials = (server: Server, client: OAuthClient.Registered, options = {}) =>
  OAuthClient.layerClientCredentials({ server: server.endpoint, client, ...options }).pipe(
    Layer.provide(around())
  )

const keyPair = Effect.promise(async () => {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true })
  return { publicKey, privateKey: Redacted.make(await exportPKCS8(privateKey)) }
})

describe("a client on its own behalf", () => {
  it.effect("CCRED-1, CCRED-2: with a secret, and nobody is asked", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      listing(as, "client_secret_basic")
      server.documents.set("/.well-known/oauth-protected-resource/mcp", {
        resource: server.endpoint,
        authorization_servers: [as.url],
        scopes_supported: ["mcp:read"]
      })
      yield* Effect.provide(post(server.endpoint), credentials(server, secret(as)))
      assert.deepStrictEqual(as.authentications, ["basic machine:canary-secret"])
      assert.deepStrictEqual(Object.fromEntries(tokenForms(as)[0]!), {
        grant_type: "client_credentials",
        resource: server.endpoint,
        scope: "mcp:read"
      })
    })
  )

  it.effect("CCRED-2: with a key, which signs for this authorization server and for a minute", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      listing(as, "private_key_jwt", "client_secret_basic")
      const { privateKey, publicKey } = yield* keyPair
      const key = { privateKey, algorithm: "ES256", keyId: "key-1" }
      yield* Effect.provide(
        post(server.endpoint),
        credentials(server, { issuer: as.url, id: "machine", key })
      )
      const [form] = tokenForms(as)
      assert.deepStrictEqual([...form!.keys()].sort(), [
        "client_assertion",
        "client_assertion_type",
        "grant_type",
        "resource"
      ])
      assert.strictEqual(
        form!.get("client_assertion_type"),
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
      )
      const { payload, protectedHeader } = yield* Effect.promise(() =>
        jwtVerify(form!.get("client_assertion") ?? "", publicKey, {
          currentDate: new Date(0),
          issuer: "machine",
          subject: "machine",
          audience: as.url,
          requiredClaims: ["jti"]
        })
      )
      assert.deepStrictEqual([payload.iat, payload.exp, protectedHeader.kid], [0, 60, "key-1"])
    })
  )

  it.effect("a key that is none is an error that does not repeat it", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      listing(as, "private_key_jwt")
      const key = { privateKey: Redacted.make("-----BEGIN PRIVATE KEY-----canary"), algorithm: "ES256" }
      const error = yield* Effect.provide(
        failure(post(server.endpoint)),
        credentials(server, { issuer: as.url, id: "machine", key })
      )
      assert.strictEqual(error.reason, "NoClient")
      assert.notInclude(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`, "canary")
    })
  )

  it.effect("CCRED-4, C1: another authorization server hears nothing of it", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      const canary = yield* authorizationServer
      server.documents.set("/.well-known/oauth-protected-resource/mcp", {
        resource: server.endpoint,
        authorization_servers: [canary.url]
      })
      const error = yield* Effect.provide(failure(post(server.endpoint)), credentials(server, secret(as)))
      assert.strictEqual(error.reason, "IssuerChanged")
      assert.deepStrictEqual(canary.paths(), ["/.well-known/oauth-authorization-server"])
    })
  )

  it.effect("gets a new token before the old one is over, and after it was refused", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      listing(as, "client_secret_post")
      as.expiresIn = 60
      yield* Effect.gen(function* () {
        yield* post(server.endpoint)
        yield* TestClock.adjust("51 seconds")
        yield* Effect.all([post(server.endpoint), post(server.endpoint)], { concurrency: 2 })
        as.tokens.clear()
        yield* post(server.endpoint)
      }).pipe(Effect.provide(credentials(server, secret(as))))
      assert.lengthOf(tokenForms(as), 3)
      assert.lengthOf(
        server.requests.filter(({ path }) => path === "/mcp"),
        6
      )
    })
  )

  it.effect("SCOPE-4: steps up with the union, too", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      listing(as, "client_secret_post")
      server.needs = ({ body }) => [body]
      yield* Effect.gen(function* () {
        yield* post(server.endpoint, "read")
        assert.strictEqual((yield* post(server.endpoint, "write")).status, 200)
      }).pipe(Effect.provide(credentials(server, secret(as), { scopes: ["read"] })))
      assert.deepStrictEqual(
        tokenForms(as).map((form) => form.get("scope")),
        ["read", "read write"]
      )
    })
  )
})

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

class Platform extends Context.Service<Platform, { readonly jwt: (audience: string) => string }>()(
  "test/Platform"
) {}
class NoJwt extends Data.TaggedError("NoJwt")<{}> {}

describe("a workload its platform speaks for", () => {
  const layer = (server: Server, as: AuthorizationServer, jwt: (audience: string) => string) =>
    OAuthClient.layerAssertion({
      server: server.endpoint,
      client: { issuer: as.url, id: "workload" },
      assertion: (audience) =>
        Effect.flatMap(Platform, (platform) => {
          const text = platform.jwt(audience)
          return text === "" ? Effect.fail(new NoJwt()) : Effect.succeed(Redacted.make(text))
        })
    }).pipe(Layer.provide(around()), Layer.provide(Layer.succeed(Platform, { jwt })))

  it.effect("AEXT-6: shows a JWT that is made for the authorization server", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      listing(as, "none")
      yield* Effect.provide(
        post(server.endpoint),
        layer(server, as, (audience) => `jwt for ${audience}`)
      )
      const [form] = tokenForms(as)
      assert.strictEqual(form!.get("grant_type"), jwtBearer)
      assert.strictEqual(form!.get("assertion"), `jwt for ${as.url}`)
      assert.strictEqual(form!.get("client_id"), "workload")
    })
  )

  for (const code of ["invalid_grant", "invalid_scope", "unauthorized_client"]) {
    it.effect(
      `AEXT-6, AEXT-7: says that it was refused with ${code}, and does not try again or otherwise`,
      () =>
        Effect.gen(function* () {
          const { as, server } = yield* world
          listing(as, "none")
          as.token = () => refused(code, "jwt canary is not good")
          const error = yield* Effect.provide(
            failure(post(server.endpoint)),
            layer(server, as, () => "jwt canary")
          )
          assert.deepStrictEqual([error.reason, error.code], ["Token", code])
          assert.notInclude(error.message, "canary")
          assert.lengthOf(tokenForms(as), 1)
        })
    )
  }

  it.effect("is an error when the platform has no word for it", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      const error = yield* Effect.provide(
        failure(post(server.endpoint)),
        layer(server, as, () => "")
      )
      assert.strictEqual(error.reason, "Interaction")
      assert.instanceOf(error.cause, NoJwt)
      assert.deepStrictEqual(tokenForms(as), [])
    })
  )
})

const idJag = "urn:ietf:params:oauth:token-type:id-jag"

describe("a user whose organisation decides", () => {
  const provider = Effect.map(authorizationServer, (idp) => {
    idp.metadataPath = "/.well-known/openid-configuration"
    idp.token = (_, form) => ({
      body: {
        access_token: `grant for ${form.get("audience")}`,
        issued_token_type: idJag,
        token_type: "N_A",
        expires_in: 300
      }
    })
    return idp
  })

  const layer = (
    server: Server,
    idp: AuthorizationServer,
    client: OAuthClient.Registered | OAuthClient.Portable
  ) =>
    OAuthClient.layerEnterprise({
      server: server.endpoint,
      client,
      provider: {
        issuer: idp.url,
        client: { id: "at-idp" },
        subjectToken: Effect.succeed(Redacted.make("id-token"))
      }
    }).pipe(Layer.provide(around()))

  it.effect("EMA-1, EMA-2, EMA-3, EMA-4: exchanges the ID token for a grant, and the grant for a token", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      const idp = yield* provider
      listing(as, "client_secret_basic")
      yield* Effect.provide(
        Effect.andThen(
          post(server.endpoint),
          Effect.andThen(
            Effect.sync(() => as.tokens.clear()),
            post(server.endpoint)
          )
        ),
        layer(server, idp, secret(as))
      )
      assert.deepStrictEqual(Object.fromEntries(tokenForms(idp)[0]!), {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        requested_token_type: idJag,
        audience: as.url,
        resource: server.endpoint,
        subject_token: "id-token",
        subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
        client_id: "at-idp"
      })
      assert.strictEqual(tokenForms(as)[0]!.get("grant_type"), jwtBearer)
      assert.strictEqual(tokenForms(as)[0]!.get("assertion"), `grant for ${as.url}`)
      assert.deepStrictEqual(as.authentications, [
        "basic machine:canary-secret",
        "basic machine:canary-secret"
      ])
      assert.notInclude(JSON.stringify(as.requests), "id-token")
      assert.notInclude(JSON.stringify(idp.requests), "canary-secret")
    })
  )

  it.effect("EMA-4: or as whom its description says it is", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      const idp = yield* provider
      const id = "https://app.example.com/client.json"
      yield* Effect.provide(post(server.endpoint), layer(server, idp, { id }))
      assert.strictEqual(tokenForms(as)[0]!.get("client_id"), id)
    })
  )

  it.effect("EMA-3: what is no grant is not shown to anybody", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      const idp = yield* provider
      idp.token = () => ({ body: { access_token: "a", token_type: "Bearer" } })
      const error = yield* Effect.provide(failure(post(server.endpoint)), layer(server, idp, secret(as)))
      assert.strictEqual(error.reason, "Token")
      idp.token = () => refused("access_denied")
      assert.strictEqual(
        (yield* Effect.provide(failure(post(server.endpoint)), layer(server, idp, secret(as)))).code,
        "access_denied"
      )
      assert.deepStrictEqual(tokenForms(as), [])
    })
  )
})
