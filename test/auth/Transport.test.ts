/** An MCP client and its transport over HTTP, which know nothing of tokens. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as Client from "mcp-effect/Client"
import { Interaction, layer as interaction } from "mcp-effect/Interaction"
import * as OAuthClient from "mcp-effect/OAuthClient"
import * as StreamableClient from "mcp-effect/StreamableClient"
import { TokenStore } from "mcp-effect/TokenStore"
import { InvalidToken, Verifier } from "mcp-effect/Verifier"
import { browser, client } from "./connect.ts"
import { needs, protectedBy, Who, Write } from "./protected.ts"
import { authorizationServer } from "./world.ts"
import type { AuthorizationServer } from "./world.ts"

/** Asks the authorization server itself, which is at hand. */
const verifier = (as: AuthorizationServer) =>
  Layer.succeed(Verifier, {
    verify: (token, resource) => {
      const issued = as.tokens.get(Redacted.value(token))
      return issued === undefined
        ? Effect.fail(new InvalidToken({ why: "unknown" }))
        : Effect.succeed({
            issuer: as.url,
            subject: "alice",
            client: issued.clientId,
            audience: [resource],
            scopes: issued.scopes,
            claims: {},
            expiresAt: undefined,
            notBefore: undefined
          })
    }
  })

const connect = (url: string, asks: Layer.Layer<Interaction>, options: Client.Options) =>
  Client.layer(options).pipe(
    Layer.provide(StreamableClient.layer({ url })),
    Layer.provide(OAuthClient.layer({ server: url, client })),
    Layer.provide([needs, TokenStore.layerMemory, asks])
  )

const name = { name: "test", version: "1.0.0" }

for (const versions of [["2026-07-28"], ["2025-11-25"], ["2025-03-26"], undefined]) {
  describe(`a client of ${versions?.[0] ?? "any revision"}`, () => {
    it.effect("S206: signs in when it connects, and for more scopes when it needs them", () =>
      Effect.gen(function* () {
        const as = yield* authorizationServer
        const url = yield* protectedBy(as.url, verifier(as))
        const window = browser()
        yield* Effect.gen(function* () {
          const { call } = yield* Client.Client
          assert.match(yield* call(Who, {}), /^alice with client-/)
          assert.strictEqual(yield* call(Write, {}), "written")
        }).pipe(Effect.provide(connect(url, window.layer, { ...name, ...(versions && { versions }) })))
        assert.deepStrictEqual(
          window.pages.map(({ searchParams }) => searchParams.get("scope")),
          ["read", "read write"]
        )
      })
    )

    it.effect("who cannot be reached to sign in is named, and not only the error of the network", () =>
      Effect.gen(function* () {
        const as = yield* authorizationServer
        const nobody = "http://127.0.0.1:1"
        const url = yield* protectedBy(nobody, verifier(as))
        const error = yield* Effect.flip(
          Layer.build(connect(url, browser().layer, { ...name, ...(versions && { versions }) }))
        )
        assert.include(error.message, `${url} answers HTTP 401: ${nobody}/`)
      })
    )

    it.effect("its clocks stand still while the user is signing in", () =>
      Effect.gen(function* () {
        const as = yield* authorizationServer
        const url = yield* protectedBy(as.url, verifier(as))
        const shown = Promise.withResolvers<string>()
        const back = Promise.withResolvers<string>()
        const asks = interaction({
          redirectUri: "http://127.0.0.1/callback",
          show: (page) => Effect.sync(() => shown.resolve(page)),
          returned: Effect.promise(() => back.promise)
        })
        const fiber = yield* Effect.forkChild(
          Client.Client.use(({ call, server }) =>
            Effect.map(call(Who, {}), (who) => [who, server.protocolVersion] as const)
          ).pipe(Effect.provide(connect(url, asks, { ...name, ...(versions && { versions }) })))
        )
        const page = yield* Effect.promise(() => shown.promise)
        yield* TestClock.adjust("4 minutes")
        const answer = yield* Effect.promise(() => fetch(page, { redirect: "manual" }))
        back.resolve(answer.headers.get("location") ?? "")
        const [who, version] = yield* Fiber.join(fiber)
        assert.match(who, /^alice with client-/)
        assert.strictEqual(version, versions?.[0] ?? "2026-07-28")
        assert.lengthOf(
          as.paths().filter((path) => path === "/authorize"),
          1
        )
      })
    )

    it.effect("a user who says no is asked once", () =>
      Effect.gen(function* () {
        const as = yield* authorizationServer
        as.redirect = (target) => {
          target.searchParams.delete("code")
          target.searchParams.set("error", "access_denied")
        }
        const url = yield* protectedBy(as.url, verifier(as))
        const window = browser()
        const error = yield* Effect.flip(
          Layer.build(connect(url, window.layer, { ...name, ...(versions && { versions }) }))
        )
        assert.strictEqual(OAuthClient.errorIn(error)?.code, "access_denied")
        assert.strictEqual(
          error.message,
          `${url} answers HTTP 401: ${as.url} did not grant access: "access_denied"`
        )
        assert.lengthOf(window.pages, 1)
      })
    )
  })
}
