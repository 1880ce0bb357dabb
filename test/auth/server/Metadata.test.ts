import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { request } from "node:http"
import { resolve } from "../../../src/auth/server/Settings.ts"
import { authorizeUrl, resource, send, start } from "./scene.ts"

const known = (path: string) => `/.well-known/${path}`

describe("the metadata", () => {
  it.effect(
    "says what there is, and nothing else (S080, S081, AUTH-7, AUTH-8, AUTH-11, ISS-3, CCRED-3)",
    () =>
      Effect.gen(function* () {
        const scene = yield* start({
          server: {
            serviceDocumentation: "https://docs.example.com",
            clientRegistration: { enabled: true },
            revocation: { enabled: true },
            introspection: [{ id: "rs", secret: Redacted.make("0123456789abcdef"), resource }]
          }
        })
        const answer = yield* send(`${scene.url}${known("oauth-authorization-server")}`)
        assert.strictEqual(answer.headers.get("access-control-allow-origin"), "*")
        assert.strictEqual(answer.headers.get("cache-control"), "public, max-age=3600")
        assert.deepStrictEqual(answer.json, {
          issuer: scene.url,
          authorization_endpoint: `${scene.url}/authorize`,
          token_endpoint: `${scene.url}/token`,
          registration_endpoint: `${scene.url}/register`,
          revocation_endpoint: `${scene.url}/revoke`,
          revocation_endpoint_auth_methods_supported: [
            "none",
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt"
          ],
          introspection_endpoint: `${scene.url}/introspect`,
          introspection_endpoint_auth_methods_supported: ["client_secret_basic"],
          jwks_uri: `${scene.url}/jwks`,
          response_types_supported: ["code"],
          response_modes_supported: ["query"],
          grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
          token_endpoint_auth_methods_supported: [
            "none",
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt"
          ],
          token_endpoint_auth_signing_alg_values_supported: ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"],
          code_challenge_methods_supported: ["S256"],
          scopes_supported: ["files:read", "files:write"],
          service_documentation: "https://docs.example.com",
          authorization_response_iss_parameter_supported: true
        })
      })
  )

  it.effect(
    "D12: what is turned off, as registration is at first, is neither named nor there (S084, S086)",
    () =>
      Effect.gen(function* () {
        const scene = yield* start()
        const { json } = yield* send(`${scene.url}${known("oauth-authorization-server")}`)
        for (const name of ["registration_endpoint", "revocation_endpoint", "introspection_endpoint"]) {
          assert.notProperty(json, name)
        }
        for (const path of ["/register", "/revoke", "/introspect"]) {
          assert.strictEqual((yield* send(`${scene.url}${path}`, { method: "POST" })).status, 404, path)
        }
      })
  )

  it.effect("is where OpenID Connect has it, too, with the methods for code challenges (S080, ASEC-10)", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const first = yield* send(`${scene.url}${known("oauth-authorization-server")}`)
      const second = yield* send(`${scene.url}${known("openid-configuration")}`)
      assert.deepStrictEqual(second.json, first.json)
      assert.deepStrictEqual(second.json["code_challenge_methods_supported"], ["S256"])
    })
  )

  it.effect("of an issuer with a path is at all three places, and its routes are below the path (S080)", () =>
    Effect.gen(function* () {
      const scene = yield* start({ path: "/tenant" })
      const root = new URL(scene.url).origin
      for (const path of [
        `${known("oauth-authorization-server")}/tenant`,
        `${known("openid-configuration")}/tenant`,
        `/tenant${known("openid-configuration")}`
      ]) {
        const { json } = yield* send(`${root}${path}`)
        assert.strictEqual(json["issuer"], scene.url, path)
        assert.strictEqual(json["token_endpoint"], `${root}/tenant/token`)
      }
      assert.strictEqual((yield* send(`${root}${known("oauth-authorization-server")}`)).status, 404)
      assert.strictEqual((yield* send(authorizeUrl(scene))).location?.pathname, "/tenant/consent")
    })
  )

  it.effect("programs in browsers may ask first", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const answer = yield* send(`${scene.url}/token`, { method: "OPTIONS" })
      assert.strictEqual(answer.status, 204)
      assert.include(answer.headers.get("access-control-allow-headers"), "mcp-protocol-version")
      assert.strictEqual((yield* send(`${scene.url}/authorize`, { method: "OPTIONS" })).status, 404)
    })
  )

  it.effect("D15: a request by another name is refused on every route, and gets into nothing", () =>
    Effect.gen(function* () {
      const scene = yield* start({
        server: { clientRegistration: { enabled: true }, revocation: { enabled: true } }
      })
      const routes: ReadonlyArray<readonly [string, string]> = [
        ["GET", known("oauth-authorization-server")],
        ["GET", known("openid-configuration")],
        ["GET", "/jwks"],
        ["GET", "/authorize"],
        ["POST", "/authorize"],
        ["GET", "/consent"],
        ["POST", "/consent"],
        ["POST", "/token"],
        ["POST", "/register"],
        ["POST", "/revoke"]
      ]
      for (const [method, path] of routes) {
        const { status, text } = yield* named(scene.url, method, path, "attacker.test")
        assert.deepStrictEqual([status, text.includes("attacker")], [403, false], `${method} ${path}`)
        assert.notStrictEqual((yield* named(scene.url, method, path, new URL(scene.url).host)).status, 403)
      }
    })
  )

  const base = { resources: ["https://r.example.com"] as const }

  it("an issuer is https, or http on this machine, without query and fragment (S079, ASEC-5)", () => {
    for (const issuer of [
      "https://a.example.com",
      "https://a.example.com/t",
      "http://localhost:9000",
      "http://127.0.0.1"
    ]) {
      assert.strictEqual(resolve({ ...base, issuer }).issuer, issuer)
    }
    for (const issuer of [
      "http://a.example.com",
      "https://a.example.com?x=y",
      "https://a.example.com/#x",
      "https://a.example.com?",
      "https://u:p@a.example.com",
      "a.example.com",
      "http://127.0.0.1.example.com"
    ]) {
      assert.throws(() => resolve({ ...base, issuer }), /^issuer: /, issuer)
    }
  })

  it("scopes by default are valid ones (S077)", () => {
    const registration = { enabled: true, defaultScopes: ["a"] }
    const issuer = "https://a.example.com"
    assert.throws(() => resolve({ ...base, issuer, clientRegistration: registration }), /defaultScopes: "a"/)
    assert.doesNotThrow(() =>
      resolve({ ...base, issuer, validScopes: ["a"], clientRegistration: registration })
    )
  })
})

/** A request with a `Host` of one's own, which `fetch` does not allow. */
const named = (url: string, method: string, path: string, host: string) =>
  Effect.callback<{ readonly status: number; readonly text: string }>((resume) => {
    const sent = request(
      `${url}${path}`,
      { method, headers: { host, "x-forwarded-host": host } },
      (response) => {
        let text = JSON.stringify(response.headers)
        response.on("data", (chunk: Buffer) => (text += chunk.toString()))
        response.on("end", () => resume(Effect.succeed({ status: response.statusCode ?? 0, text })))
      }
    )
    sent.end()
  })
