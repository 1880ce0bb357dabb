import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { connected, failure, post, world } from "./connect.ts"
import type { Browser } from "./connect.ts"
import type { Server } from "./world.ts"

const scopes = ({ pages }: Browser) => pages.map(({ searchParams }) => searchParams.get("scope"))

/** What a request needs is what its body says. */
const asks = (server: Server) => {
  server.needs = ({ body }) => body.split(" ").filter((scope) => scope !== "")
}

const named = (server: Server, supported: ReadonlyArray<string> | undefined) =>
  server.documents.set("/.well-known/oauth-protected-resource/mcp", {
    resource: server.endpoint,
    authorization_servers: [server.trusts.url],
    scopes_supported: supported
  })

describe("the scopes to begin with", () => {
  it.effect("SCOPE-7, SCOPE-3: those of the challenge, whatever else there is", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      named(server, ["read", "write"])
      const usual = server.challenge!
      server.challenge = (request) => `${usual(request)}, scope="special basic special"`
      yield* Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser }))
      assert.deepStrictEqual(scopes(browser), ["special basic"])
    })
  )

  it.effect("SCOPE-7, S201: else all the server names, else none at all", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      for (const supported of [["read", "write"], undefined]) {
        named(server, supported)
        yield* Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser }))
      }
      assert.deepStrictEqual(scopes(browser), ["read write", null])
    })
  )

  it.effect(
    "SCOPE-6, SCOPE-2: those the application wants take the place of those that are named, not of the challenge",
    () =>
      Effect.gen(function* () {
        const { browser, server } = yield* world
        named(server, ["read", "write"])
        const connect = Effect.provide(
          post(server.endpoint),
          connected(server.endpoint, { scopes: ["read"] }, { browser })
        )
        yield* connect
        const usual = server.challenge!
        server.challenge = (request) => `${usual(request)}, scope="elsewhere"`
        yield* connect
        assert.deepStrictEqual(scopes(browser), ["read", "read elsewhere"])
      })
  )

  it.effect("TOK-9: offline_access where the authorization server has it, and the user is asked for it", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      named(server, ["read"])
      const connect = (options = {}) =>
        Effect.provide(post(server.endpoint), connected(server.endpoint, options, { browser }))
      yield* connect()
      as.metadata = { scopes_supported: ["read", "offline_access"] }
      yield* connect()
      assert.strictEqual(browser.parameter("prompt"), "consent")
      yield* connect({ offlineAccess: false })
      assert.deepStrictEqual(scopes(browser), ["read", "read offline_access", "read"])
      assert.isUndefined(browser.parameter("prompt"))
    })
  )
})

describe("more scopes", () => {
  it.effect("SCOPE-4, SCOPE-11, C13: are asked for together with those there are", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      asks(server)
      named(server, ["read"])
      yield* Effect.gen(function* () {
        yield* post(server.endpoint, "read")
        const written = yield* post(server.endpoint, "write")
        assert.strictEqual(written.status, 200)
        yield* post(server.endpoint, "read write")
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.deepStrictEqual(scopes(browser), ["read", "read write"])
    })
  )

  it.effect("SCOPE-4, C13: and are not lost when the user has to be asked again", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      asks(server)
      named(server, ["read"])
      yield* Effect.gen(function* () {
        yield* post(server.endpoint, "read")
        yield* post(server.endpoint, "write")
        as.tokens.clear()
        as.refreshTokens.clear()
        yield* post(server.endpoint, "read")
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.deepStrictEqual(scopes(browser), ["read", "read write", "read write"])
    })
  )

  it.effect(
    "CONF-11, SCOPE-12, C13: are asked for three times at most, however often the server wants others",
    () =>
      Effect.gen(function* () {
        const { browser, server } = yield* world
        let count = 0
        server.needs = () => [`scope-${++count}`]
        yield* Effect.gen(function* () {
          const answer = yield* post(server.endpoint)
          assert.strictEqual(answer.status, 403)
        }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
        assert.lengthOf(browser.pages, 3)
      })
  )

  it.effect("CONF-11, SCOPE-12, C13: are not asked for again when they have just been granted", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      server.needs = () => ["admin"]
      as.token = (usual) => {
        for (const [token, issued] of as.tokens) as.tokens.set(token, { ...issued, scopes: [] })
        return usual
      }
      yield* Effect.gen(function* () {
        for (const _ of [1, 2, 3, 4, 5]) {
          assert.strictEqual((yield* post(server.endpoint)).status, 403)
        }
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      // Once to sign in, and three times in all for the same scopes.
      assert.lengthOf(browser.pages, 4)
    })
  )

  it.effect("SCOPE-12: whoever got what they asked for may ask for it again later", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      asks(server)
      yield* Effect.gen(function* () {
        for (const _ of [1, 2, 3, 4, 5]) {
          assert.strictEqual((yield* post(server.endpoint, "write")).status, 200)
          for (const [token, issued] of as.tokens) as.tokens.set(token, { ...issued, scopes: [] })
        }
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.lengthOf(browser.pages, 6)
    })
  )

  it.effect("that the user does not give are an error", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      asks(server)
      yield* Effect.gen(function* () {
        yield* post(server.endpoint, "")
        as.redirect = (target) => {
          target.searchParams.delete("code")
          target.searchParams.set("error", "access_denied")
        }
        assert.strictEqual((yield* failure(post(server.endpoint, "write"))).reason, "Denied")
        // What there was is still there.
        assert.strictEqual((yield* post(server.endpoint, "")).status, 200)
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
    })
  )

  it.effect("other reasons to refuse a request are not about scopes, and are the answer", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      server.needs = ({ body }) => (body === "" ? [] : [body])
      yield* Effect.gen(function* () {
        yield* post(server.endpoint, "")
        server.challenge = undefined
        assert.strictEqual((yield* post(server.endpoint, "write")).status, 403)
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.lengthOf(browser.pages, 1)
    })
  )
})
