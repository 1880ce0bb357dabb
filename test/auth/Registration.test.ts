import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as OAuthClient from "mcp-effect/OAuthClient"
import { browser, connected, failure, kept, post, world } from "./connect.ts"
import type { Browser } from "./connect.ts"
import { authorizationServer } from "./world.ts"
import type { AuthorizationServer, Server } from "./world.ts"

const metadataUrl = "https://app.example.com/oauth/client.json"

const connects = (server: Server, where: Browser, options: Partial<OAuthClient.Options> = {}) =>
  Effect.provide(post(server.endpoint), connected(server.endpoint, options, { browser: where }))

const fails = (server: Server, where: Browser, options: Partial<OAuthClient.Options> = {}) =>
  Effect.provide(failure(post(server.endpoint)), connected(server.endpoint, options, { browser: where }))

const registrations = (as: AuthorizationServer) =>
  as.requests
    .filter(({ path }) => path === "/register")
    .map(({ body }) => JSON.parse(body) as { readonly [name: string]: unknown })

/** Sends the server's users to another authorization server. */
const moveTo = (server: Server, as: AuthorizationServer) => {
  server.trusts = as
  server.documents.set("/.well-known/oauth-protected-resource/mcp", {
    resource: server.endpoint,
    authorization_servers: [as.url]
  })
}

describe("how a client comes to its id", () => {
  it.effect("REG-1, REG-2, REG-15: first of all it is what it was given", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { client_id_metadata_document_supported: true }
      yield* connects(server, browser, { metadataUrl, registered: [{ issuer: as.url, id: "given" }] })
      assert.strictEqual(browser.parameter("client_id"), "given")
      assert.deepStrictEqual(registrations(as), [])
    })
  )

  it.effect("REG-1, REG-3, REG-14: then its own description, where that is read", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { client_id_metadata_document_supported: true }
      yield* connects(server, browser, { metadataUrl })
      assert.strictEqual(browser.parameter("client_id"), metadataUrl)
      as.metadata = {}
      yield* connects(server, browser, { metadataUrl })
      assert.match(browser.parameter("client_id") ?? "", /^client-/)
    })
  )

  it.effect("REG-1, REG-16, ASEC-11, S199: then a registration, with all that belongs into one", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const client = {
        client_name: "My client",
        client_uri: "https://app.example.com",
        contacts: ["a@example.com"],
        software_version: "1.0.0"
      }
      yield* connects(server, browser, { client })
      assert.deepStrictEqual(registrations(as), [
        {
          ...client,
          redirect_uris: [browser.parameter("redirect_uri")],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
          application_type: "native"
        }
      ])
    })
  )

  it.effect("REG-1: then whoever may know, and without anybody it is an error that says what would do", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { registration_endpoint: undefined, client_id_metadata_document_supported: true }
      yield* connects(server, browser, { askForClient: (issuer) => Effect.succeed({ id: `at ${issuer}` }) })
      assert.strictEqual(browser.parameter("client_id"), `at ${as.url}`)
      const error = yield* fails(server, browser)
      assert.strictEqual(error.reason, "NoClient")
      assert.include(error.message, "`registered`")
      assert.include(error.message, "`metadataUrl`")
    })
  )

  it.effect("TOK-8: grants an authorization server does not list are not asked of it", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { grant_types_supported: ["authorization_code"] }
      yield* connects(server, browser)
      as.metadata = { grant_types_supported: undefined }
      yield* connects(server, browser)
      assert.deepStrictEqual(
        registrations(as).map(({ grant_types }) => grant_types),
        [["authorization_code"], ["authorization_code", "refresh_token"]]
      )
    })
  )

  it.effect("REG-19, REG-20: a refusal says why", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.register = () => ({
        status: 400,
        body: { error: "invalid_redirect_uri", error_description: "Only https here" }
      })
      const error = yield* fails(server, browser)
      assert.deepStrictEqual([error.reason, error.code], ["Registration", "invalid_redirect_uri"])
      assert.include(error.message, `"Only https here"`)
      as.register = () => ({ status: 201, body: { client_secret: "x" } })
      assert.strictEqual((yield* fails(server, browser)).reason, "Registration")
    })
  )
})

describe("a registration", () => {
  it.effect("is kept, and the listener comes back to where it was registered", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      const store = yield* kept
      const [first, second] = [browser(), browser()]
      yield* Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser: first, store }))
      as.tokens.clear()
      as.refreshTokens.clear()
      yield* Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser: second, store }))
      assert.lengthOf(registrations(as), 1)
      assert.strictEqual(second.parameter("redirect_uri"), first.parameter("redirect_uri"))
    })
  )

  it.effect("is made anew when its secret has expired", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const store = yield* kept
      as.metadata = { token_endpoint_auth_methods_supported: ["client_secret_post"] }
      as.register = ({ body }) => ({
        status: 201,
        body: { ...(body as object), client_secret: "secret", client_secret_expires_at: 60 }
      })
      const again = Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser, store }))
      yield* again
      as.tokens.clear()
      as.refreshTokens.clear()
      yield* again
      assert.lengthOf(registrations(as), 1)
      yield* TestClock.adjust("1 minute")
      as.tokens.clear()
      as.refreshTokens.clear()
      yield* again
      assert.lengthOf(registrations(as), 2)
    })
  )

  it.effect("is made anew when the authorization server does not know it any more", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      yield* Effect.gen(function* () {
        yield* post(server.endpoint)
        const old = browser.parameter("client_id")
        as.tokens.clear()
        as.token = (usual, form) =>
          form.get("client_id") === old ? { status: 401, body: { error: "invalid_client" } } : usual
        yield* post(server.endpoint)
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.lengthOf(registrations(as), 2)
      assert.lengthOf(server.admitted, 2)
    })
  )
})

describe("an authorization server is told what it gave, and no other", () => {
  it.effect(
    "DISC-6, DISC-7, REG-21, REG-22, REG-23, C1: when the server moves to another one, the client registers there",
    () =>
      Effect.gen(function* () {
        const { as, browser, server } = yield* world
        const next = yield* authorizationServer
        as.metadata = { token_endpoint_auth_methods_supported: ["client_secret_post"] }
        as.register = () => ({
          status: 201,
          body: { client_id: "canary-id", client_secret: "canary-secret" }
        })
        yield* Effect.gen(function* () {
          yield* post(server.endpoint)
          moveTo(server, next)
          yield* post(server.endpoint)
        }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
        assert.lengthOf(server.admitted, 2)
        assert.lengthOf(registrations(next), 1)
        const seen = JSON.stringify(next.requests)
        const given = [...as.tokens.keys(), ...as.refreshTokens.keys(), "canary-id", "canary-secret"]
        for (const secret of given) assert.notInclude(seen, secret)
      })
  )

  it.effect("DISC-6: and when it moves back, what was given there is still there", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const next = yield* authorizationServer
      yield* Effect.gen(function* () {
        for (const place of [as, next, as]) {
          moveTo(server, place)
          yield* post(server.endpoint)
        }
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.lengthOf(browser.pages, 2)
      assert.lengthOf(server.admitted, 3)
    })
  )

  it.effect(
    "REG-22, REG-24, C1: what it was given beforehand is not shown to another one, which is an error",
    () =>
      Effect.gen(function* () {
        const { as, browser, server } = yield* world
        const canary = yield* authorizationServer
        const registered = [{ issuer: as.url, id: "canary-id", secret: Redacted.make("canary-secret") }]
        as.metadata = { token_endpoint_auth_methods_supported: ["client_secret_basic"] }
        yield* Effect.gen(function* () {
          yield* post(server.endpoint)
          moveTo(server, canary)
          const error = yield* failure(post(server.endpoint))
          assert.strictEqual(error.reason, "IssuerChanged")
          assert.include(error.message, as.url)
          assert.include(error.message, canary.url)
        }).pipe(Effect.provide(connected(server.endpoint, { registered }, { browser })))
        assert.deepStrictEqual(canary.paths(), ["/.well-known/oauth-authorization-server"])
        assert.lengthOf(browser.pages, 1)
      })
  )

  it.effect("REG-23: a description is good everywhere", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const next = yield* authorizationServer
      as.metadata = next.metadata = { client_id_metadata_document_supported: true }
      yield* Effect.gen(function* () {
        yield* post(server.endpoint)
        moveTo(server, next)
        yield* post(server.endpoint)
      }).pipe(Effect.provide(connected(server.endpoint, { metadataUrl }, { browser })))
      assert.strictEqual(browser.parameter("client_id"), metadataUrl)
      assert.deepStrictEqual([...registrations(as), ...registrations(next)], [])
    })
  )

  it.effect("of several authorization servers the one is taken that knows the client", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const other = yield* authorizationServer
      server.documents.set("/.well-known/oauth-protected-resource/mcp", {
        resource: server.endpoint,
        authorization_servers: [other.url, as.url]
      })
      yield* connects(server, browser, { registered: [{ issuer: as.url, id: "given" }] })
      assert.deepStrictEqual(other.paths(), [])
    })
  )
})

describe("proof of who the client is, as the authorization server lists it", () => {
  const cases = [
    [undefined, undefined, "basic i%3Ad:s%2Fec%25ret"],
    [["client_secret_basic", "client_secret_post"], undefined, "basic i%3Ad:s%2Fec%25ret"],
    [["client_secret_basic", "client_secret_post"], "client_secret_post", "post i:d:s/ec%ret"],
    [["client_secret_post"], undefined, "post i:d:s/ec%ret"],
    [["client_secret_post"], "client_secret_basic", "post i:d:s/ec%ret"],
    [["none"], undefined, "none i:d"]
  ] as const
  for (const [listed, method, expected] of cases) {
    it.effect(`CONF-10: ${listed?.join(", ") ?? "nothing listed"}, registered for ${method ?? "any"}`, () =>
      Effect.gen(function* () {
        const { as, browser, server } = yield* world
        as.metadata = { token_endpoint_auth_methods_supported: listed }
        const given = {
          id: "i:d",
          secret: Redacted.make("s/ec%ret"),
          ...(method !== undefined && { method })
        }
        yield* connects(server, browser, { registered: [{ issuer: as.url, ...given }] })
        assert.deepStrictEqual(as.authentications, [expected])
      })
    )
  }

  it.effect("CONF-10: a registration decides between what is listed", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"] }
      as.register = ({ body }) => ({
        status: 201,
        body: {
          ...(body as object),
          client_id: "id",
          client_secret: "secret",
          token_endpoint_auth_method: "client_secret_post"
        }
      })
      yield* connects(server, browser)
      assert.deepStrictEqual(as.authentications, ["post id:secret"])
      assert.strictEqual(registrations(as)[0]!.token_endpoint_auth_method, "client_secret_basic")
    })
  )

  it.effect("CONF-10: where nothing fits, nothing is sent", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { token_endpoint_auth_methods_supported: ["private_key_jwt"] }
      const registered = [{ issuer: as.url, id: "id", secret: Redacted.make("secret") }]
      assert.strictEqual((yield* fails(server, browser, { registered })).reason, "NoClient")
      assert.notInclude(as.paths(), "/token")
    })
  )
})

describe("a description of a client", () => {
  it("REG-6, REG-7, C17: is about its own URL, and has what it must have", () => {
    const document = OAuthClient.document(metadataUrl, { client_name: "Mine" }, ["http://127.0.0.1/callback"])
    assert.deepStrictEqual(document, {
      client_id: metadataUrl,
      client_name: "Mine",
      redirect_uris: ["http://127.0.0.1/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      application_type: "native"
    })
  })

  it("REG-17, REG-18: a client whose users come back over the network is one of the web", () => {
    const type = (...redirectUris: ReadonlyArray<string>) =>
      OAuthClient.document(metadataUrl, { client_name: "Mine" }, redirectUris).application_type
    assert.strictEqual(type("https://app.example.com/callback"), "web")
    assert.strictEqual(type("http://localhost/callback"), "native")
    assert.strictEqual(type("https://localhost/callback"), "native")
    assert.strictEqual(type("https://app.example.com/callback", "http://127.0.0.1/callback"), "native")
  })

  const wrong = [
    "http://app.example.com/client.json",
    "https://app.example.com",
    "https://app.example.com/",
    "https://app.example.com/a/../client.json",
    "https://user@app.example.com/client.json",
    "https://app.example.com/client.json#x",
    "https://APP.example.com/client.json",
    "client.json"
  ]
  for (const url of wrong) {
    it.effect(`REG-4, REG-5: ${url} is no client id`, () =>
      Effect.gen(function* () {
        assert.throws(() => OAuthClient.document(url, { client_name: "Mine" }, []))
        const { server } = yield* world
        const error = yield* failure(
          Effect.provide(post(server.endpoint), connected(server.endpoint, { metadataUrl: url }))
        )
        assert.strictEqual(error.reason, "NoClient")
        assert.deepStrictEqual(server.paths(), [])
      })
    )
  }
})
