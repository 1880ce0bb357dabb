import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { InsufficientScope } from "../../src/http/Exchange.ts"
import * as Bearer from "../../src/auth/Bearer.ts"
import * as Verifier from "../../src/auth/Verifier.ts"
import { admit, head, logged, principal, refusal } from "./head.ts"

const resource = "https://mcp.example.com/mcp"
const metadata = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
const key = "0123456789abcdef0123456789abcdef"
const narrow = "fedcba9876543210fedcba9876543210"

const guard = Bearer.guard({
  resource,
  authorizationServers: ["https://login.example.com"],
  scopes: ["files:read"],
  implies: { admin: ["files:write"], "files:write": ["files:read"] }
})

const keys = Verifier.keys([
  { key: Redacted.make(key), subject: "ada", scopes: ["admin"] },
  { key: Redacted.make(narrow), subject: "bob", scopes: ["other"] }
])

const attempt = (authorization?: string, url?: string) =>
  Effect.provide(admit(guard, authorization, url), keys)

describe("Bearer", () => {
  it.effect(
    "a request without a token is answered 401 with where to go and what to ask for (D8, S087, AUTH-10, AUTH-15, DISC-2, DISC-3, SCOPE-1)",
    () =>
      Effect.gen(function* () {
        const outcome = yield* attempt()
        assert.strictEqual(refusal(outcome), `401 Bearer scope="files:read", resource_metadata="${metadata}"`)
      })
  )

  // What is no bearer token is not taken for one.
  const strange: ReadonlyArray<readonly [string, string]> = [
    ["another scheme", `Basic ${key}`],
    ["DPoP", `DPoP ${key}`],
    ["no scheme", key],
    ["an empty token", "Bearer "],
    ["two fields", `Bearer ${key}, Bearer ${key}`],
    ["two schemes", `Basic YTpi, Bearer ${key}`],
    ["something after the token", `Bearer ${key} more`],
    ["a prefix of the scheme", `Bearerx ${key}`]
  ]
  for (const [title, authorization] of strange) {
    it.effect(`D9: ${title} is no bearer token`, () =>
      Effect.map(attempt(authorization), (outcome) =>
        assert.strictEqual(refusal(outcome), `401 Bearer scope="files:read", resource_metadata="${metadata}"`)
      )
    )
  }

  it.effect(
    "D9: a token in the query is none, and beside one in the header it is a malformed request (AUTH-10)",
    () =>
      Effect.gen(function* () {
        assert.match(refusal(yield* attempt(undefined, `/mcp?access_token=${key}`)), /^401 Bearer scope/)
        assert.match(
          refusal(yield* attempt(`Bearer ${key}`, `/mcp?a=b&access_token=${key}`)),
          /^400 Bearer error="invalid_request"/
        )
      })
  )

  it.effect("a token that is not valid is answered 401 invalid_token (D8, TOK-3, ASEC-17)", () =>
    Effect.map(attempt("Bearer no-such-key-is-known-here"), (outcome) =>
      assert.match(
        refusal(outcome),
        /^401 Bearer error="invalid_token", .*scope="files:read", resource_metadata="/
      )
    )
  )

  it.effect("a valid token gives the principal, with what its scopes imply (SCOPE-13)", () =>
    Effect.map(attempt(`bearer  ${key}`), (outcome) => {
      const { scopes, subject } = principal(outcome)
      assert.strictEqual(subject, "ada")
      assert.deepStrictEqual([...scopes], ["admin", "files:write", "files:read"])
    })
  )

  it.effect("callers differ by issuer, subject and client, and by nothing else", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* attempt(`Bearer ${key}`), yield* attempt(`Bearer ${key}`)]
      if ("status" in first || "status" in second) return assert.fail("expected both to be admitted")
      assert.strictEqual(first.caller, JSON.stringify([resource, "ada", null]))
      assert.strictEqual(first.caller, second.caller)
    })
  )

  it.effect(
    "what is admitted has the principal and not the token, which cannot be passed on (C15, S088, ASEC-18)",
    () =>
      Effect.map(Effect.provide(guard.admit(head(`Bearer ${key}`)), keys), (context) => {
        const provided = [...context.mapUnsafe.values()].map((value) => JSON.stringify(value))
        assert.lengthOf(provided, 2)
        for (const value of provided) assert.notInclude(value, key)
      })
  )

  it.effect(
    "too few scopes are answered 403 with all that are needed (D8, S087, AUTH-10, SCOPE-8, SCOPE-9)",
    () =>
      Effect.map(attempt(`Bearer ${narrow}`), (outcome) =>
        assert.match(
          refusal(outcome),
          /^403 Bearer error="insufficient_scope", error_description="[^"]+", scope="files:read", resource_metadata="/
        )
      )
  )

  it("a handler that misses scopes is answered with its own and those of the server (SCOPE-8, SCOPE-9)", () => {
    const needed = new InsufficientScope({
      scopes: ["files:write", "files:read", 'x", evil="y', "a\r\nb: c"]
    })
    const { headers, status } = guard.forbid!(needed)
    assert.strictEqual(status, 403)
    assert.include(headers["www-authenticate"], 'error="insufficient_scope"')
    assert.include(headers["www-authenticate"], 'scope="files:read files:write"')
    assert.include(headers["www-authenticate"], `resource_metadata="${metadata}"`)
    assert.notInclude(headers["www-authenticate"], "evil")
  })

  it.effect("whoever cannot be asked about tokens does not make them invalid", () => {
    const silent = Layer.succeed(Verifier.Verifier, {
      verify: () => new Verifier.VerifierUnavailable({ why: "the issuer does not answer" })
    })
    return Effect.map(Effect.provide(admit(guard, `Bearer ${key}`), silent), (outcome) => {
      assert.strictEqual(refusal(outcome), "503 ")
    })
  })

  it.effect("no token is in a log or in an answer (ASEC-2)", () =>
    Effect.gen(function* () {
      const canary = "canary-0123456789abcdef"
      const { log, value } = yield* logged(
        Effect.all([
          attempt(`Bearer ${canary}`),
          attempt(`Basic ${canary}`),
          attempt(canary),
          attempt(undefined, `/mcp?access_token=${canary}`),
          attempt(`Bearer ${key}`)
        ])
      )
      assert.include(log, "A token was refused")
      for (const secret of [canary, key]) {
        assert.notInclude(log, secret)
        assert.notInclude(JSON.stringify(value), secret)
      }
    })
  )

  it("settings that cannot be right are refused when the server is made (TOK-10)", () => {
    assert.throws(() => Bearer.guard({ resource: "mcp.example.com" }), /is not a URL/)
    assert.throws(() => Bearer.guard({ resource: "http://mcp.example.com" }), /must be https/)
    assert.throws(() => Bearer.guard({ resource: `${resource}#top` }), /fragment/)
    assert.throws(() => Bearer.guard({ resource: "https://user:secret@mcp.example.com" }), /credentials/)
    assert.throws(
      () => Bearer.guard({ resource, authorizationServers: ["http://login.example.com"] }),
      /authorizationServers.*must be https/
    )
    assert.throws(() => Bearer.guard({ resource, scopes: ["files:read files:write"] }), /is not a scope/)
    assert.throws(() => Bearer.guard({ resource, scopes: ["offline_access"] }), /offline_access/)
    assert.doesNotThrow(() => Bearer.guard({ resource: "http://127.0.0.1:8080/mcp" }))
  })

  it("without authorization servers there is no metadata to point to", () => {
    const alone = Bearer.guard({ resource })
    assert.isUndefined(alone.documents)
    assert.notInclude(
      alone.forbid!(new InsufficientScope({ scopes: ["a"] })).headers["www-authenticate"],
      "resource_metadata"
    )
  })

  it.effect("nothing but the Authorization header is looked at for credentials", () => {
    const asked: Array<string> = []
    const curious = { ...head(), header: (name: string) => void asked.push(name) }
    return Effect.map(Effect.provide(Effect.flip(guard.admit(curious)), keys), () =>
      assert.deepStrictEqual(asked, ["authorization"])
    )
  })
})
