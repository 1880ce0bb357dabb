import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from "jose"
import * as Bearer from "../../src/auth/Bearer.ts"
import * as Verifier from "../../src/auth/Verifier.ts"
import { admit, logged, principal, refusal } from "./head.ts"
import { http, issuer, makeKey, sign, type Token } from "./issuer.ts"

const resource = "https://mcp.example.com/mcp"
const guard = Bearer.guard({ resource, scopes: ["a"], skew: "30 seconds" })

const live = (url: string, options: Partial<Parameters<typeof Verifier.jwt>[0]> = {}) =>
  Layer.provide(Verifier.jwt({ issuer: url, ...options }), http)

/** An issuer on loopback, and a guard that takes its tokens. */
const scene = (options: Partial<Parameters<typeof Verifier.jwt>[0]> = {}) =>
  Effect.gen(function* () {
    // Away from zero, so that there are times before now.
    yield* TestClock.setTime(1_800_000_000_000)
    const key = yield* makeKey("one")
    const at = yield* issuer(key)
    const context = yield* Layer.build(live(at.url, options))
    const present = (token: string) => Effect.provide(admit(guard, `Bearer ${token}`), context)
    return { at, key, present }
  })

const seconds = Effect.map(Clock.currentTimeMillis, (now) => Math.floor(now / 1000))

describe("Verifier.jwt", () => {
  it.effect(
    "takes a token of its issuer for its resource, with keys found through the metadata (TOK-3, TOK-4)",
    () =>
      Effect.gen(function* () {
        const { at, key, present } = yield* scene()
        const outcome = yield* present(
          yield* sign(key, at.url, resource, { claims: { scope: "a b", tenant: "t1" } })
        )
        const { claims, client, expiresAt, issuer: from, scopes, subject } = principal(outcome)
        assert.deepStrictEqual([from, subject, client], [at.url, "ada", "app"])
        assert.deepStrictEqual([...scopes], ["a", "b"])
        assert.strictEqual(claims["tenant"], "t1")
        assert.strictEqual(expiresAt, 1_800_000_600_000)
        assert.deepStrictEqual(at.asked, { keys: 1, metadata: 1 })
      })
  )

  it.effect("reads scopes as `scope`, as `scp` and as a list", () =>
    Effect.gen(function* () {
      const { at, key, present } = yield* scene()
      for (const claims of [{ scope: ["a", "b"] }, { scp: "a b" }, { scp: ["a", "b"] }]) {
        const outcome = yield* present(yield* sign(key, at.url, resource, { claims }))
        assert.deepStrictEqual([...principal(outcome).scopes], ["a", "b"], JSON.stringify(claims))
      }
    })
  )

  // Each token is genuine but for one thing.
  const wrong: ReadonlyArray<readonly [string, (now: number, url: string) => Token]> = [
    ["another audience", () => ({ claims: { aud: "https://other.example.com/mcp" } })],
    ["an audience that only begins like ours", () => ({ claims: { aud: `${resource}2` } })],
    ["an audience of which ours is a prefix", () => ({ claims: { aud: `${resource}/` } })],
    ["an audience of the same origin", () => ({ claims: { aud: "https://mcp.example.com" } })],
    ["an audience in another case", () => ({ claims: { aud: "https://MCP.example.com/mcp" } })],
    ["a list of audiences without ours", () => ({ claims: { aud: ["a", "b"] } })],
    ["a list of audiences that is none", () => ({ claims: { aud: [resource, 1] } })],
    ["no audience", () => ({ claims: { aud: undefined } })],
    ["another issuer", () => ({ claims: { iss: "https://evil.example.com" } })],
    ["its issuer with a slash", (_now, url) => ({ claims: { iss: `${url}/` } })],
    ["no issuer", () => ({ claims: { iss: undefined } })],
    ["an expiry in the past", (now) => ({ claims: { exp: now - 30 } })],
    ["no expiry", () => ({ claims: { exp: undefined } })],
    ["an expiry that is no number", (now) => ({ claims: { exp: String(now + 600) } })],
    ["a beginning in the future", (now) => ({ claims: { nbf: now + 31 } })],
    ["no subject", () => ({ claims: { sub: undefined } })],
    ["the type of a DPoP proof", () => ({ header: { typ: "dpop+jwt" } })],
    ["the type of a logout token", () => ({ header: { typ: "logout+jwt" } })],
    ["no type", () => ({ header: { typ: undefined } })],
    ["the claims of an ID token", () => ({ header: { typ: "JWT" }, claims: { nonce: "n", aud: resource } })],
    ["a critical header", () => ({ header: { crit: ["b64"], b64: true } })]
  ]
  for (const [title, change] of wrong) {
    it.effect(`refuses a token with ${title} (D6, TOK-4, TOK-6, SEC-7)`, () =>
      Effect.gen(function* () {
        const { at, key, present } = yield* scene()
        const { claims, header } = change(yield* seconds, at.url)
        const good = yield* present(yield* sign(key, at.url, resource, { claims: { scope: "a" } }))
        assert.strictEqual(refusal(good), "admitted", "the same token without the fault must be fine")
        const outcome = yield* present(
          yield* sign(key, at.url, resource, {
            claims: { scope: "a", ...claims },
            ...(header === undefined ? {} : { header })
          })
        )
        assert.match(refusal(outcome), /^401 Bearer error="invalid_token"/)
      })
    )
  }

  it.effect("D6: clocks may differ by the skew, and no more", () =>
    Effect.gen(function* () {
      const { at, key, present } = yield* scene()
      const now = yield* seconds
      const ended = yield* sign(key, at.url, resource, { claims: { scope: "a", exp: now - 29 } })
      assert.strictEqual(refusal(yield* present(ended)), "admitted")
      const early = yield* sign(key, at.url, resource, { claims: { scope: "a", nbf: now + 30 } })
      assert.strictEqual(refusal(yield* present(early)), "admitted")
      yield* TestClock.adjust("1 second")
      assert.match(refusal(yield* present(ended)), /^401/)
    })
  )

  it.effect("D6: refuses unsigned tokens, and our public key as a secret", () =>
    Effect.gen(function* () {
      const { at, key, present } = yield* scene()
      const claims = { iss: at.url, sub: "ada", aud: resource, scope: "a", exp: (yield* seconds) + 600 }
      assert.match(refusal(yield* present(new UnsecuredJWT(claims).encode())), /^401/)
      const confused = yield* Effect.promise(async () => {
        const secret = await exportSPKI((await importJWK(key.jwk)) as CryptoKey)
        return new SignJWT(claims)
          .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "one" })
          .sign(new TextEncoder().encode(secret))
      })
      assert.match(refusal(yield* present(confused)), /^401/)
      assert.strictEqual(at.asked.keys, 0, "the issuer is not asked about such tokens")
    })
  )

  it.effect("D6: refuses an algorithm that is not listed, with a key that is", () =>
    Effect.gen(function* () {
      const { at, key, present } = yield* scene({ algorithms: ["RS256"] })
      assert.match(refusal(yield* present(yield* sign(key, at.url, resource))), /^401/)
    })
  )

  it.effect("refuses a token that was changed, cut, or is none", () =>
    Effect.gen(function* () {
      const { at, key, present } = yield* scene()
      const token = yield* sign(key, at.url, resource, { claims: { scope: "a" } })
      const [header, payload, signature] = token.split(".")
      const other = yield* sign(key, at.url, resource, { claims: { scope: "a", sub: "root" } })
      const swapped = `${header}.${other.split(".")[1]}.${signature}`
      for (const text of [
        swapped,
        `${header}.${payload}.`,
        `${header}.${payload}`,
        "a.b.c",
        "x",
        `${token}x`
      ]) {
        assert.match(refusal(yield* present(text)), /^401/, text)
      }
      assert.match(refusal(yield* present(`${header}.${"A".repeat(20_000)}.${signature}`)), /^401/)
    })
  )

  it.effect("refuses a token of the same shape from a key that only has the same name", () =>
    Effect.gen(function* () {
      const { at, present } = yield* scene()
      const impostor = yield* makeKey("one")
      assert.match(refusal(yield* present(yield* sign(impostor, at.url, resource))), /^401/)
    })
  )

  it.effect("tries the keys it has for a token that names none", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* makeKey(undefined), yield* makeKey(undefined)]
      const at = yield* issuer(first, second)
      const token = yield* sign(second, at.url, resource, { claims: { scope: "a" } })
      const outcome = yield* Effect.provide(admit(guard, `Bearer ${token}`), live(at.url))
      assert.strictEqual(principal(outcome).subject, "ada")
    })
  )

  it.effect("metadata of another issuer names no keys for this one", () =>
    Effect.gen(function* () {
      const { key, at } = yield* scene()
      const alias = at.url.replace("127.0.0.1", "localhost")
      const token = yield* sign(key, alias, resource)
      const { log, value } = yield* logged(Effect.provide(admit(guard, `Bearer ${token}`), live(alias)))
      assert.match(refusal(value), /^503/)
      assert.include(log, "the metadata is of another issuer")
    })
  )

  it.effect("a token is in no log, however it is refused (ASEC-2)", () =>
    Effect.gen(function* () {
      const { at, key, present } = yield* scene()
      const tokens = [
        yield* sign(key, at.url, resource, { claims: { scope: "a" } }),
        yield* sign(key, at.url, "https://other.example.com", {}),
        yield* sign(yield* makeKey("unknown"), at.url, resource, {})
      ]
      const { log, value } = yield* logged(Effect.forEach(tokens, present))
      assert.match(log, /issued for somebody else: its audience is .*https:\/\/other\.example\.com/)
      assert.include(log, "signed with a key the issuer does not have")
      for (const part of tokens.flatMap((token) => token.split("."))) {
        assert.notInclude(log, part)
        assert.notInclude(JSON.stringify(value), part)
      }
    })
  )
})
