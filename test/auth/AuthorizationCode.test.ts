import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as Interaction from "mcp-effect/Interaction"
import * as OAuthClient from "mcp-effect/OAuthClient"
import { around, client, connected, failure, post, world } from "./connect.ts"
import type { Browser } from "./connect.ts"
import { refused } from "./world.ts"
import type { AuthorizationServer, Server } from "./world.ts"

/** What the authorization server does to what the browser comes back with. */
const comesBack = (as: AuthorizationServer, change: (target: URLSearchParams) => void) => {
  as.redirect = (target) => change(target.searchParams)
}

const fails = (server: Server, browser: Browser, options = {}) =>
  failure(post(server.endpoint)).pipe(Effect.provide(connected(server.endpoint, options, { browser })))

/** An interaction without a listener that would pass over what is wrong: the client is handed anything. */
const handed = (server: Server) => {
  let back = ""
  return OAuthClient.layer({ server: server.endpoint, client }).pipe(
    Layer.provide(around()),
    Layer.provide(
      Interaction.layer({
        redirectUri: "https://app.example.com/callback",
        show: (url) =>
          Effect.promise(async () => {
            back = (await fetch(url, { redirect: "manual" })).headers.get("location") ?? ""
          }),
        returned: Effect.sync(() => back)
      })
    )
  )
}

describe("what the user is shown", () => {
  it.effect("ASEC-7, ASEC-8, RES-1, RES-2, S202: a request with PKCE, state and the server it is for", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      yield* Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser }))
      const [page] = browser.pages
      assert.strictEqual(page!.origin + page!.pathname, `${as.url}/authorize`)
      assert.strictEqual(browser.parameter("response_type"), "code")
      assert.strictEqual(browser.parameter("code_challenge_method"), "S256")
      assert.match(browser.parameter("code_challenge") ?? "", /^[\w-]{43}$/)
      assert.match(browser.parameter("state") ?? "", /^[\w-]{43}$/)
      assert.strictEqual(browser.parameter("resource"), server.endpoint)
      const { form } = as.requests.find(({ path }) => path === "/token")!
      assert.match(form.get("code_verifier") ?? "", /^[\w-]{128}$/)
      assert.strictEqual(form.get("resource"), server.endpoint)
      assert.strictEqual(form.get("redirect_uri"), browser.parameter("redirect_uri"))
    })
  )

  it.effect(
    "RES-3, RES-4: the server is named in its canonical form, however the application writes it",
    () =>
      Effect.gen(function* () {
        const { browser, server } = yield* world
        const written = `${server.endpoint.replace("http://127.0.0.1", "HTTP://127.0.0.1")}?session=1#there`
        const url = written.replace("#there", "")
        yield* Effect.provide(post(url), connected(url, {}, { browser }))
        assert.strictEqual(browser.parameter("resource"), server.endpoint)
      })
  )

  it.effect("parameters of the authorization endpoint stay, and cannot take the place of ours", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { authorization_endpoint: `${as.url}/authorize?tenant=7&state=known&client_id=evil` }
      yield* Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser }))
      assert.strictEqual(browser.parameter("tenant"), "7")
      assert.lengthOf(browser.pages[0]!.searchParams.getAll("state"), 1)
      assert.match(browser.parameter("client_id") ?? "", /^client-/)
    })
  )

  it.effect("ASEC-9, C10: nothing where the authorization server does not promise PKCE with S256", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      for (const place of ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]) {
        for (const methods of [undefined, [], ["plain"]]) {
          as.metadataPath = place
          as.metadata = { code_challenge_methods_supported: methods }
          assert.strictEqual((yield* fails(server, browser)).reason, "NoPkce")
        }
      }
      assert.deepStrictEqual(browser.pages, [])
      assert.notInclude(as.paths(), "/register")
    })
  )

  it.effect("ASEC-6: nobody is sent to a place that is neither https nor on this machine", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      for (const redirectUri of ["http://app.example.com/callback", "javascript:alert(1)", "app:callback"]) {
        const layer = OAuthClient.layer({ server: server.endpoint, client }).pipe(
          Layer.provide(around()),
          Layer.provide(
            Interaction.layer({ redirectUri, show: () => Effect.void, returned: Effect.succeed("?a=b") })
          )
        )
        const error = yield* Effect.provide(failure(post(server.endpoint)), layer)
        assert.strictEqual(error.reason, "Interaction", redirectUri)
      }
      assert.notInclude(as.paths(), "/register")
    })
  )
})

describe("what the user comes back with", () => {
  it.effect("ASEC-13, C10: nothing without our state counts, and no token is asked for with it", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      const changes: ReadonlyArray<(target: URLSearchParams) => void> = [
        (target) => target.delete("state"),
        (target) => target.set("state", "another"),
        (target) => target.set("state", `${target.get("state")}x`),
        (target) => target.append("state", target.get("state") ?? "")
      ]
      for (const change of changes) {
        comesBack(as, change)
        const error = yield* Effect.provide(failure(post(server.endpoint)), handed(server))
        assert.strictEqual(error.reason, "Response")
      }
      assert.notInclude(as.paths(), "/token")
    })
  )

  const issuers = (
    url: string
  ): ReadonlyArray<readonly [string, boolean, (target: URLSearchParams) => void]> => [
    ["another one", true, (target) => target.set("iss", "https://evil.example.com")],
    ["another one, not advertised", false, (target) => target.set("iss", "https://evil.example.com")],
    ["none, though advertised", true, (target) => target.delete("iss")],
    ["with a slash", true, (target) => target.set("iss", `${url}/`)],
    ["in upper case", true, (target) => target.set("iss", url.toUpperCase())],
    ["encoded", true, (target) => target.set("iss", url.replace("127", "%3127"))],
    ["twice", true, (target) => target.append("iss", url)],
    [
      "twice, the first one empty",
      true,
      (target) => {
        target.set("iss", "")
        target.append("iss", url)
      }
    ]
  ]
  it.effect("ISS-1, ISS-4, ISS-5, C6: an answer of another issuer is not redeemed", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      for (const [what, advertised, change] of issuers(as.url)) {
        as.metadata = { authorization_response_iss_parameter_supported: advertised }
        comesBack(as, change)
        const error = yield* fails(server, browser)
        assert.include(["IssuerMismatch", "Response"], error.reason, what)
      }
      assert.notInclude(as.paths(), "/token")
    })
  )

  it.effect("ISS-4: an issuer that does not say so may leave itself out", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.metadata = { authorization_response_iss_parameter_supported: undefined }
      comesBack(as, (target) => target.delete("iss"))
      yield* Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser }))
      assert.lengthOf(server.admitted, 1)
    })
  )

  const denied = (target: URLSearchParams) => {
    target.delete("code")
    target.set("error", "access_denied")
    target.set("error_description", "The user said <b>no</b>\u0007")
  }

  it.effect("a refusal is an error with its code", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      comesBack(as, denied)
      const error = yield* fails(server, browser)
      assert.deepStrictEqual([error.reason, error.code], ["Denied", "access_denied"])
      assert.include(error.message, `"The user said <b>no</b> "`)
    })
  )

  it.effect("ISS-6: what another issuer says about it is not repeated", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      comesBack(as, (target) => {
        denied(target)
        target.set("iss", "https://evil.example.com")
        target.set("error_uri", "https://evil.example.com/canary")
        target.set("error_description", "canary")
      })
      const error = yield* fails(server, browser)
      assert.strictEqual(error.reason, "IssuerMismatch")
      assert.notInclude(`${error.message} ${JSON.stringify(error)}`, "canary")
      assert.notInclude(error.message, "access_denied")
      assert.isUndefined(error.code)
    })
  )

  it.effect("neither a code nor an error is no answer", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      comesBack(as, (target) => target.delete("code"))
      assert.strictEqual((yield* fails(server, browser)).reason, "Response")
    })
  )

  it.effect("S197: nobody is waited for for more than five minutes", () =>
    Effect.gen(function* () {
      const { server } = yield* world
      const shown = Promise.withResolvers<void>()
      const layer = OAuthClient.layer({ server: server.endpoint, client }).pipe(
        Layer.provide(around()),
        Layer.provide(
          Interaction.layer({
            redirectUri: "http://127.0.0.1/callback",
            show: () => Effect.sync(() => shown.resolve()),
            returned: Effect.never
          })
        )
      )
      const fiber = yield* Effect.forkChild(Effect.provide(failure(post(server.endpoint)), layer))
      yield* Effect.promise(() => shown.promise)
      yield* TestClock.adjust("5 minutes")
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        [error.reason, error.message],
        ["Interaction", "The user did not answer in time"]
      )
    })
  )
})

describe("what the token endpoint says", () => {
  it.effect("a refusal is an error with its code, and without what it repeats of ours", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.token = (_, form) =>
        refused("invalid_grant", `Unknown code ${form.get("code")}, ${form.get("code_verifier")}`)
      const error = yield* fails(server, browser)
      assert.deepStrictEqual([error.reason, error.code], ["Token", "invalid_grant"])
      assert.include(error.message, `"Unknown code ***, ***"`)
    })
  )

  it.effect("what is no token response is an error, and what may pass says so", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const answers = [
        [{ body: "<html>" }, "Token"],
        [{ body: { access_token: "", token_type: "Bearer" } }, "Token"],
        [{ body: { token_type: "Bearer" } }, "Token"],
        [{ body: { access_token: "a", token_type: "MAC" } }, "Token"],
        [{ body: { access_token: "a", token_type: "DPoP" } }, "Token"],
        [{ status: 403, body: "Forbidden" }, "Token"],
        [{ status: 503, body: "Later" }, "Unavailable"],
        [{ status: 400, body: { error: "temporarily_unavailable" } }, "Unavailable"],
        [{ status: 307, headers: { location: "/elsewhere" } }, "Discovery"]
      ] as const
      for (const [answer, reason] of answers) {
        as.token = () => answer
        assert.strictEqual((yield* fails(server, browser)).reason, reason, JSON.stringify(answer))
      }
      assert.notInclude(as.paths(), "/elsewhere")
    })
  )

  it.effect("S204: scopes that nobody asked for are refused, unless the application takes them", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.token = (usual) => ({ body: { ...(usual.body as object), scope: "read admin" } })
      const error = yield* fails(server, browser, { scopes: ["read"] })
      assert.strictEqual(error.reason, "Scopes")
      assert.include(error.message, `"admin"`)
      yield* Effect.provide(
        post(server.endpoint),
        connected(server.endpoint, { scopes: ["read"], extraScopes: true }, { browser })
      )
      assert.lengthOf(server.admitted, 1)
    })
  )
})
