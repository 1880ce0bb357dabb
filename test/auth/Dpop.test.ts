import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, jwtVerify } from "jose"
import { createHash } from "node:crypto"
import { connected, kept, post, world } from "./connect.ts"
import type { Received } from "./loopback.ts"
import { bearer } from "./world.ts"
import type { AuthorizationServer, Server } from "./world.ts"

/** Tokens are bound to the key of the proof that came with the request for them. */
const binding = (as: AuthorizationServer) => {
  as.metadata = { dpop_signing_alg_values_supported: ["ES256"] }
  as.token = (usual, _, request) =>
    usual.status === undefined && request.headers.dpop !== undefined
      ? { body: { ...(usual.body as object), token_type: "DPoP" } }
      : usual
}

const demanding = (server: Server) =>
  server.documents.set("/.well-known/oauth-protected-resource/mcp", {
    resource: server.endpoint,
    authorization_servers: [server.trusts.url],
    dpop_bound_access_tokens_required: true
  })

interface Claims {
  readonly htm: string
  readonly htu: string
  readonly ath?: string
  readonly nonce?: string
}

/** What a proof says, if its signature is that of the key in it. */
const proof = (request: Received) =>
  Effect.promise(async () => {
    const text = String(request.headers.dpop)
    const { payload } = await jwtVerify<Claims>(text, EmbeddedJWK, {
      typ: "dpop+jwt",
      currentDate: new Date(0)
    })
    const { alg, jwk } = decodeProtectedHeader(text)
    assert.strictEqual(alg, "ES256")
    assert.deepStrictEqual(Object.keys(jwk ?? {}).sort(), ["crv", "kty", "x", "y"])
    return { ...payload, thumbprint: await calculateJwkThumbprint(jwk!) }
  })

const tokenRequests = (as: AuthorizationServer) => as.requests.filter(({ path }) => path === "/token")

describe("tokens that are bound to a key", () => {
  it.effect("AEXT-1: each request proves anew who holds it, for itself alone", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      binding(as)
      demanding(server)
      yield* Effect.gen(function* () {
        yield* post(`${server.endpoint}?a=b`)
        yield* post(server.endpoint)
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      const asked = yield* proof(tokenRequests(as)[0]!)
      assert.deepInclude(asked, { htm: "POST", htu: `${as.url}/token` })
      assert.notProperty(asked, "ath")
      const sent = yield* Effect.forEach(server.admitted, proof)
      for (const [index, each] of sent.entries()) {
        const request = server.admitted[index]!
        assert.match(request.headers.authorization ?? "", /^DPoP /)
        assert.deepInclude(each, {
          htm: "POST",
          htu: server.endpoint,
          ath: createHash("sha256")
            .update(bearer(request) ?? "")
            .digest("base64url"),
          thumbprint: asked.thumbprint,
          iat: 0
        })
      }
      assert.strictEqual(new Set(sent.map(({ jti }) => jti)).size, 2)
    })
  )

  it.effect("AEXT-1: are asked for where the challenge knows no others, or the application wants them", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      binding(as)
      const schemes = (options: object) =>
        Effect.map(
          Effect.provide(post(server.endpoint), connected(server.endpoint, options, { browser })),
          () => server.admitted.at(-1)!.headers.authorization!.split(" ")[0]
        )
      assert.strictEqual(yield* schemes({}), "Bearer")
      assert.strictEqual(yield* schemes({ dpop: true }), "DPoP")
      demanding(server)
      assert.strictEqual(yield* schemes({}), "DPoP")
      assert.strictEqual(yield* schemes({ dpop: false }), "Bearer")
      as.metadata = {}
      assert.strictEqual(yield* schemes({ dpop: true }), "Bearer")
    })
  )

  it.effect("outlive the program with their key, and are refreshed with it", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      binding(as)
      demanding(server)
      const store = yield* kept
      const again = Effect.suspend(() =>
        Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser, store }))
      )
      yield* again
      yield* again
      as.tokens.clear()
      yield* again
      const proofs = yield* Effect.forEach([...server.admitted, ...tokenRequests(as)], proof)
      assert.strictEqual(new Set(proofs.map(({ thumbprint }) => thumbprint)).size, 1)
      assert.lengthOf(browser.pages, 1)
      assert.deepStrictEqual(
        tokenRequests(as).map(({ form }) => form.get("grant_type")),
        ["authorization_code", "refresh_token"]
      )
    })
  )

  it.effect("AEXT-2: the nonce of an authorization server is used when it wants one", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      binding(as)
      demanding(server)
      const bound = as.token
      const nonces: Array<unknown> = []
      as.token = async (usual, form, request) => {
        const { nonce } = await Effect.runPromise(proof(request))
        nonces.push(nonce)
        if (nonce === "as-1") return bound(usual, form, request)
        for (const [code, issued] of spent) as.codes.set(code, issued)
        return { status: 400, headers: { "dpop-nonce": "as-1" }, body: { error: "use_dpop_nonce" } }
      }
      const spent = new Map<string, typeof as.codes extends Map<string, infer V> ? V : never>()
      as.redirect = () => {
        for (const [code, issued] of as.codes) spent.set(code, issued)
      }
      yield* Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser }))
      assert.deepStrictEqual(nonces, [undefined, "as-1"])
      assert.lengthOf(server.admitted, 1)
    })
  )

  it.effect("AEXT-2: the nonce of a server, too, and one that is never content is not asked for ever", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      binding(as)
      demanding(server)
      let wanted = "rs-1"
      const proofs: Array<unknown> = []
      const tokens = as.tokens
      const usual = server.challenge!
      // A token is good only with the nonce of the moment.
      server.trusts = { ...as, tokens: new Map() }
      server.challenge = (request) =>
        bearer(request) === undefined ? usual(request) : `error="use_dpop_nonce"`
      server.nonce = (request) =>
        Effect.runPromise(
          Effect.map(proof(request), ({ nonce }) => {
            proofs.push(nonce)
            if (nonce === wanted)
              for (const [token, issued] of tokens) server.trusts.tokens.set(token, issued)
            else server.trusts.tokens.clear()
            return wanted
          })
        )
      yield* Effect.gen(function* () {
        assert.strictEqual((yield* post(server.endpoint)).status, 200)
        assert.deepStrictEqual(proofs, [undefined, "rs-1"])
        wanted = "rs-2"
        assert.strictEqual((yield* post(server.endpoint)).status, 200)
        assert.deepStrictEqual(proofs, [undefined, "rs-1", "rs-1", "rs-2"])
        proofs.length = 0
        server.nonce = (request) =>
          Effect.runPromise(
            Effect.map(proof(request), ({ nonce }) => {
              server.trusts.tokens.clear()
              return String(proofs.push(nonce))
            })
          )
        assert.strictEqual((yield* post(server.endpoint)).status, 401)
        assert.deepStrictEqual(proofs, ["rs-2", "1"])
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.lengthOf(browser.pages, 1)
    })
  )
})
