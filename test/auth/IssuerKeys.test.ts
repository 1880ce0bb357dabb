/** Where the metadata of an issuer is whose identifier ends in a slash after a path, as some products write it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { HttpClient } from "effect/http/HttpClient"
import * as IssuerKeys from "../../src/auth/IssuerKeys.ts"
import { type Running, type Sent, serve } from "./loopback.ts"
import { send, start } from "./server/scene.ts"

describe("an issuer with a slash at its end", () => {
  it.effect("is asked where RFC 8414 and OpenID Connect have it: without that slash", () =>
    Effect.gen(function* () {
      const place = "/application/o/app/.well-known/openid-configuration"
      const there: Running = yield* serve(({ path }): Sent => {
        const issuer = `${there.url}/application/o/app/`
        if (path === place) return { body: { issuer, jwks_uri: `${there.url}/keys` } }
        return path === "/keys" ? { body: { keys: [] } } : { status: 404 }
      })
      const issuer = `${there.url}/application/o/app/`
      const { keys } = yield* IssuerKeys.fetch(yield* HttpClient, new URL(issuer), issuer)
      assert.deepStrictEqual<unknown>(keys, { keys: [] })
      assert.deepStrictEqual(there.paths(), [
        "/.well-known/oauth-authorization-server/application/o/app",
        "/.well-known/openid-configuration/application/o/app",
        place,
        "/keys"
      ])
    }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
  )

  it.effect("describes itself there, too", () =>
    Effect.gen(function* () {
      const { url } = yield* start({ path: "/tenant/" })
      for (const path of [
        "/.well-known/oauth-authorization-server/tenant",
        "/.well-known/openid-configuration/tenant",
        "/tenant/.well-known/openid-configuration"
      ]) {
        const { json } = yield* send(new URL(path, url))
        assert.strictEqual(json["issuer"], url, path)
      }
    }).pipe(Effect.scoped)
  )
})
