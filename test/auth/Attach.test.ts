import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as NodeGuardedHttp from "mcp-effect/NodeGuardedHttp"
import * as OAuthClient from "mcp-effect/OAuthClient"
import { TokenStore } from "mcp-effect/TokenStore"
import { client, connected, failure, post, world } from "./connect.ts"
import { serve } from "./loopback.ts"
import { bearer } from "./world.ts"

describe("where tokens go", () => {
  it.effect("TOK-1, TOK-2: to every path of the server, in the header and nowhere else", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      yield* Effect.gen(function* () {
        yield* post(server.endpoint)
        yield* post(`${server.url}/messages?session=1`)
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      const last = server.requests.at(-1)!
      assert.isTrue(as.tokens.has(bearer(last) ?? ""))
      assert.strictEqual(last.query.toString(), "session=1")
    })
  )

  it.effect("TOK-5, C14: to no other origin, whether or not it wants one", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      const canary = yield* serve(() => ({ status: 401, headers: { "www-authenticate": "Bearer" } }))
      yield* Effect.gen(function* () {
        yield* post(server.endpoint)
        assert.strictEqual((yield* post(`${canary.url}/mcp`)).status, 401)
        assert.strictEqual((yield* post(`http://localhost:${server.port}/mcp`)).status, 401)
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.isUndefined(canary.requests[0]!.headers.authorization)
      assert.lengthOf(browser.pages, 1)
    })
  )

  it.effect("C14: not where a redirect leads, with any client", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      const canary = yield* serve(() => ({ body: "reached" }))
      let location = ""
      const front = yield* serve(({ headers, path }) =>
        path !== "/mcp"
          ? { body: server.documents.get(path) ?? {} }
          : headers.authorization === undefined
            ? { status: 401 }
            : { status: 307, headers: { location } }
      )
      server.documents.set("/.well-known/oauth-protected-resource/mcp", {
        resource: `${front.url}/mcp`,
        authorization_servers: [server.trusts.url]
      })
      const overFetch = OAuthClient.layer({ server: `${front.url}/mcp`, client }).pipe(
        Layer.provide([FetchHttpClient.layer, NodeGuardedHttp.layer(), TokenStore.layerMemory, browser.layer])
      )
      for (const layer of [overFetch, connected(`${front.url}/mcp`, {}, { browser })]) {
        for (const place of [
          canary.url,
          `//127.0.0.1:${canary.port}/`,
          `http://localhost:${canary.port}/`,
          `https://127.0.0.1:${canary.port}/`,
          `http://user@127.0.0.1:${canary.port}/`
        ]) {
          location = place
          const answer = yield* Effect.provide(
            post(`${front.url}/mcp`, "hi", { "x-api-key": "canary" }),
            layer
          )
          assert.strictEqual(answer.status, 307, place)
        }
      }
      assert.deepStrictEqual(canary.paths(), [])
    })
  )

  it.effect("C14: and nothing of the connection goes to the authorization server", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      yield* Effect.gen(function* () {
        yield* post(server.endpoint, "canary-body", { "x-api-key": "canary-key", cookie: "canary=1" })
        as.tokens.clear()
        yield* post(server.endpoint, "canary-body", { "x-api-key": "canary-key", cookie: "canary=1" })
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      const asked = server.requests.filter(({ path }) => path !== "/mcp")
      assert.notInclude(JSON.stringify([as.requests, asked]), "canary")
      assert.strictEqual(server.admitted.at(-1)!.headers["x-api-key"], "canary-key")
    })
  )

  it.effect("not over the network in clear text", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Layer.build(connected("http://mcp.example.com/mcp")))
      assert.strictEqual(error.reason, "Discovery")
      assert.include(error.message, "is http")
    })
  )
})

describe("which requests are made again", () => {
  it.effect("not those that bring their own authorization", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      const answer = yield* Effect.provide(
        post(server.endpoint, "hi", { authorization: "Bearer mine" }),
        connected(server.endpoint, {}, { browser })
      )
      assert.strictEqual(answer.status, 401)
      assert.deepStrictEqual(browser.pages, [])
    })
  )

  it.effect("not those with a body that can be read once", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      yield* Effect.gen(function* () {
        const http = yield* HttpClient.HttpClient
        const streamed = HttpClientRequest.post(server.endpoint).pipe(
          HttpClientRequest.bodyStream(Stream.encodeText(Stream.make("a", "b")))
        )
        assert.strictEqual((yield* http.execute(streamed)).status, 401)
        yield* post(server.endpoint)
        assert.strictEqual((yield* http.execute(streamed)).status, 200)
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.deepStrictEqual(
        server.admitted.map(({ body }) => body),
        ["hi", "ab"]
      )
    })
  )

  it.effect("the error of one that got no token has the answer of the server in it, and the reason", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { code_challenge_methods_supported: undefined }
      yield* Effect.gen(function* () {
        const error = yield* Effect.flip(post(server.endpoint))
        assert.strictEqual(error.reason._tag, "StatusCodeError")
        assert.strictEqual(error.response?.status, 401)
        assert.strictEqual((yield* failure(post(server.endpoint))).reason, "NoPkce")
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.isUndefined(OAuthClient.errorIn(new Error("something else")))
    })
  )
})

describe("signing in and out", () => {
  it.effect("S197: before any request, with what there is then", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      yield* Effect.gen(function* () {
        const oauth = yield* OAuthClient.OAuthClient
        assert.isUndefined(yield* oauth.status)
        const status = yield* oauth.signIn
        assert.deepStrictEqual(status, {
          issuer: as.url,
          clientId: browser.parameter("client_id")!,
          clientKind: "dynamic",
          resource: server.endpoint,
          scopes: [],
          expiresAt: 3_600_000,
          renewable: true
        })
        assert.deepStrictEqual(yield* oauth.status, status)
        yield* post(server.endpoint)
        yield* oauth.signIn
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.lengthOf(browser.pages, 2)
    })
  )

  it.effect("signing out forgets the authorization, here and there", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      yield* Effect.gen(function* () {
        const oauth = yield* OAuthClient.OAuthClient
        yield* post(server.endpoint)
        yield* oauth.signOut
        assert.isUndefined(yield* oauth.status)
        assert.deepStrictEqual([...as.refreshTokens], [])
        yield* post(server.endpoint)
        yield* oauth.signOut
        yield* oauth.signOut
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.lengthOf(browser.pages, 2)
      assert.lengthOf(
        as.paths().filter((path) => path === "/revoke"),
        2
      )
    })
  )

  it.effect("here even if the authorization server cannot be told, which is an error", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { revocation_endpoint: `${as.url}/nowhere` }
      yield* Effect.gen(function* () {
        const oauth = yield* OAuthClient.OAuthClient
        yield* post(server.endpoint)
        assert.strictEqual((yield* Effect.flip(oauth.signOut)).reason, "Token")
        assert.isUndefined(yield* oauth.status)
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
    })
  )

  it.effect("who asks how a client came to its id is told, and where a sign-in would lead", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { client_id_metadata_document_supported: true, registration_endpoint: undefined }
      const metadataUrl = "https://app.example.com/oauth/client.json"
      const ask = <A, E>(of: (oauth: OAuthClient.OAuthClient["Service"]) => Effect.Effect<A, E>) => ({
        by: (options: Partial<OAuthClient.Options>) =>
          Effect.provide(OAuthClient.OAuthClient.use(of), connected(server.endpoint, options, { browser }))
      })
      const kind = ask(({ signIn }) => Effect.map(signIn, ({ clientKind }) => clientKind))
      assert.strictEqual(yield* kind.by({ metadataUrl }), "document")
      assert.strictEqual(yield* kind.by({ registered: [{ issuer: as.url, id: "given" }] }), "registered")
      const asked = browser.pages.length

      const destination = ask((oauth) => oauth.destination)
      assert.deepStrictEqual(yield* destination.by({ metadataUrl }), {
        issuer: as.url,
        resource: server.endpoint,
        described: true
      })
      const reasonOf = (options: Partial<OAuthClient.Options>) =>
        Effect.map(Effect.flip(destination.by(options)), (error) => error.reason)
      assert.strictEqual(yield* reasonOf({}), "NoClient")
      assert.strictEqual(
        yield* reasonOf({ registered: [{ issuer: "https://x.example", id: "a" }] }),
        "IssuerChanged"
      )
      as.metadata = { code_challenge_methods_supported: undefined }
      assert.strictEqual(yield* reasonOf({}), "NoPkce")
      assert.lengthOf(browser.pages, asked, "nobody is asked")
      assert.notInclude(as.paths(), "/register", "and nothing changes")
    })
  )
})
