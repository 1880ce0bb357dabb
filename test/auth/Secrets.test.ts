import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import * as OAuthClient from "mcp-effect/OAuthClient"
import { inspect } from "node:util"
import { connected, kept, post, world } from "./connect.ts"
import type { Browser } from "./connect.ts"
import { refused } from "./world.ts"
import type { AuthorizationServer } from "./world.ts"

/** Everything a program could show: what is logged at every level, spans with all headers, and what it logs itself. */
const watching = () => {
  const shown: Array<string> = []
  const logger = Logger.make(({ cause, message }) => {
    shown.push(Cause.pretty(cause))
    // Without `customInspect`, as Node shows an error that nobody caught.
    for (const customInspect of [true, false]) {
      shown.push(inspect(message, { depth: 20, customInspect }), inspect(cause, { depth: 20, customInspect }))
    }
    shown.push(JSON.stringify(message), JSON.stringify(cause))
  })
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      const { attribute } = span
      span.attribute = (name, value) => {
        shown.push(`${name}=${inspect(value)}`)
        return attribute.call(span, name, value)
      }
      return span
    }
  })
  return {
    shown,
    watch: <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      effect.pipe(
        Effect.tapCause((cause) => Effect.logError("It did not work", cause)),
        Effect.tapError((error) => Effect.logError(error)),
        Effect.withSpan("program"),
        Effect.provideService(HttpClient.TracerHeaderFilter, () => true),
        Effect.provideService(References.MinimumLogLevel, "All"),
        Effect.provideService(Tracer.Tracer, tracer),
        Effect.provide(Logger.layer([logger]))
      )
  }
}

/** Every secret of what happened so far, and what each is. */
const secrets = (as: AuthorizationServer, browser: Browser): ReadonlyArray<readonly [string, string]> => {
  const forms = as.requests.filter(({ path }) => path === "/token").map(({ form }) => form)
  const of = (name: string) =>
    forms.flatMap((form) => (form.has(name) ? [[name, form.get(name)!] as const] : []))
  return [
    ...of("code"),
    ...of("code_verifier"),
    ...of("refresh_token"),
    ...of("client_secret"),
    ...browser.pages.map(({ searchParams }) => ["state", searchParams.get("state")!] as const),
    ...given.map((token) => ["token", token] as const)
  ]
}
const given: Array<string> = []

describe("what must not be shown", () => {
  it.effect("C16: is in no log, span or error, whatever works and whatever does not", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const { shown, watch } = watching()
      const store = yield* kept
      as.metadata = {
        token_endpoint_auth_methods_supported: ["client_secret_post"],
        dpop_signing_alg_values_supported: ["ES256"]
      }
      const registered = [{ issuer: as.url, id: "id", secret: Redacted.make("canary-client-secret") }]
      const remember = (usual: { readonly body?: unknown }) => {
        const { access_token, refresh_token } = usual.body as {
          access_token?: string
          refresh_token?: string
        }
        given.push(...[access_token, refresh_token].filter((token) => token !== undefined))
        return usual
      }
      as.token = remember
      const program = Effect.gen(function* () {
        const oauth = yield* OAuthClient.OAuthClient
        yield* Effect.log(oauth, yield* HttpClient.HttpClient)
        yield* post(server.endpoint)
        yield* Effect.log(yield* oauth.status)
        as.tokens.clear()
        yield* post(server.endpoint)
        // From here on nothing works.
        as.tokens.clear()
        as.token = (usual, form) => {
          remember(usual)
          return form.get("grant_type") === "refresh_token"
            ? refused("invalid_grant", `No ${form.get("refresh_token")} for ${form.get("client_secret")}`)
            : refused("invalid_grant", `No ${form.get("code")} with ${form.get("code_verifier")}`)
        }
        yield* Effect.flip(watch(post(server.endpoint)))
        as.token = () => ({ body: `<html>` })
        yield* Effect.flip(watch(post(server.endpoint)))
        as.token = () => ({ status: 307, headers: { location: "https://elsewhere.example/" } })
        yield* Effect.flip(watch(post(server.endpoint)))
        as.redirect = (target) =>
          target.searchParams.set("error", `canary ${target.searchParams.get("code")}`)
        yield* Effect.flip(watch(Effect.asVoid(oauth.signIn)))
        yield* Effect.log(yield* Effect.exit(oauth.signOut))
      })
      yield* watch(
        Effect.provide(
          program,
          connected(server.endpoint, { registered, dpop: false }, { browser, store }).pipe(Layer.orDie)
        )
      )
      const all = secrets(as, browser)
      assert.isAbove(all.length, 15)
      assert.includeMembers(
        all.map(([what]) => what),
        ["code", "code_verifier", "refresh_token", "client_secret", "state", "token"]
      )
      const text = shown.join("\n")
      assert.include(text, "invalid_grant")
      assert.include(text, "canary ***")
      assert.include(text, "http.request.method")
      for (const [what, secret] of all) {
        assert.notInclude(text, secret, `a ${what} was shown`)
      }
    })
  )
})
