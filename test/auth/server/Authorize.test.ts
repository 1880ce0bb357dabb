import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { answer } from "../../../src/auth/AuthorizationProvider.ts"
import {
  asked,
  authorizeUrl,
  callback,
  type Fields,
  post,
  postJson,
  publicClient,
  resource,
  send,
  start
} from "./scene.ts"

describe("the authorization endpoint", () => {
  // Nobody is redirected to where nobody registered.
  const untrusted: ReadonlyArray<readonly [string, Fields]> = [
    ["no client", { client_id: "" }],
    ["an unknown client", { client_id: "nobody" }],
    ["no redirect URI where the client has several", { redirect_uri: "" }],
    ["a longer path", { redirect_uri: `${callback}/more` }],
    ["a path with dots", { redirect_uri: `${callback}/../callback` }],
    ["a prefix", { redirect_uri: callback.slice(0, -1) }],
    ["an encoded path", { redirect_uri: "http://127.0.0.1:4000/%63allback" }],
    ["an extra query", { redirect_uri: `${callback}?x=y` }],
    ["a fragment", { redirect_uri: `${callback}#x` }],
    ["a user", { redirect_uri: "http://evil@127.0.0.1:4000/callback" }],
    ["a sub-domain", { redirect_uri: "http://127.0.0.1.evil.example:4000/callback" }],
    ["a port there cannot be", { redirect_uri: "http://127.0.0.1:99999/callback" }],
    ["a public host in clear text", { redirect_uri: "http://app.example.com/callback?a=b" }],
    ["another loopback name", { redirect_uri: "http://localhost:4000/callback" }],
    ["another scheme", { redirect_uri: "https://127.0.0.1:4000/callback" }],
    ["another case", { redirect_uri: "http://127.0.0.1:4000/Callback" }],
    ["a back-slash", { redirect_uri: "http://127.0.0.1:4000\\@evil.example/callback" }],
    ["another port of a public host", { redirect_uri: "https://app.example.com:444/callback?a=b" }],
    ["a script", { redirect_uri: "javascript:alert(1)//" }]
  ]
  for (const [title, changes] of untrusted) {
    it.effect(`${title} is answered here, and leads nowhere (D4, S082, ASEC-12, ASEC-14, SEC-4)`, () =>
      Effect.gen(function* () {
        const answer = yield* send(authorizeUrl(yield* start(), changes))
        assert.strictEqual(answer.status, 400)
        assert.isUndefined(answer.location)
        assert.strictEqual(answer.json["error"], "invalid_request")
        assert.strictEqual(answer.headers.get("access-control-allow-origin"), null)
      })
    )
  }

  it.effect("D4: only the port of a loopback address may be another one", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      for (const redirect_uri of ["http://127.0.0.1:51234/callback", "http://127.0.0.1/callback"]) {
        const { page } = yield* asked(scene, { redirect_uri })
        assert.strictEqual(page.status, 200, redirect_uri)
      }
    })
  )

  it.effect("a client with one redirect URI need not name it", () =>
    Effect.gen(function* () {
      const only = { id: "only", redirectUris: [callback] }
      const scene = yield* start({ embedded: { clients: [only] } })
      assert.strictEqual((yield* asked(scene, { client_id: "only", redirect_uri: "" })).page.status, 200)
    })
  )

  const mistakes: ReadonlyArray<readonly [string, Fields, string]> = [
    ["no response type", { response_type: "" }, "unsupported_response_type"],
    ["tokens without a code", { response_type: "token" }, "unsupported_response_type"],
    ["no challenge", { code_challenge: "" }, "invalid_request"],
    ["a challenge that is none", { code_challenge: "short" }, "invalid_request"],
    ["the plain method", { code_challenge_method: "plain" }, "invalid_request"],
    ["no method, which would mean plain", { code_challenge_method: "" }, "invalid_request"],
    ["an unknown scope", { scope: "files:read root" }, "invalid_scope"],
    ["a scope that is none", { scope: 'files:read "' }, "invalid_scope"],
    ["another resource", { resource: "https://other.example.com/mcp" }, "invalid_target"],
    ["a resource with a fragment", { resource: `${resource}#x` }, "invalid_target"],
    ["a state without end", { state: "s".repeat(3000) }, "invalid_request"]
  ]
  for (const [title, changes, error] of mistakes) {
    it.effect(`${title} is told to the client by a redirect, and to nobody else (D5, S082)`, () =>
      Effect.gen(function* () {
        const { headers, location, status } = yield* send(authorizeUrl(yield* start(), changes))
        assert.strictEqual(status, 303)
        assert.strictEqual(`${location?.origin}${location?.pathname}`, callback)
        assert.strictEqual(location?.searchParams.get("error"), error)
        assert.isFalse(location?.searchParams.has("code"))
        assert.strictEqual(headers.get("cache-control"), "no-store")
      })
    )
  }

  it.effect("D5: to where a stranger chose, nobody is sent who has agreed to nothing (ASEC-15)", () =>
    Effect.gen(function* () {
      const scene = yield* start({ server: { clientRegistration: { enabled: true } } })
      const { json } = yield* postJson(`${scene.url}/register`, {
        redirect_uris: ["https://evil.example/?x='y'", callback],
        token_endpoint_auth_method: "none"
      })
      const changes = { client_id: String(json["client_id"]), scope: "root" }
      const page = yield* send(
        authorizeUrl(scene, { ...changes, redirect_uri: "https://evil.example/?x='y'" })
      )
      assert.deepStrictEqual([page.status, page.location], [400, undefined])
      assert.include(page.text, "Go back to <strong><bdi>evil.example</bdi></strong>")
      assert.include(page.text, 'href="https://evil.example/?x=%27y%27&amp;error=invalid_scope&amp;')
      assert.include(page.headers.get("content-security-policy"), "frame-ancestors 'none'")
      const local = yield* send(authorizeUrl(scene, changes))
      assert.strictEqual(local.location?.searchParams.get("error"), "invalid_scope")
    })
  )

  it.effect("the resource may be written with capitals where they mean nothing (RES-4)", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      assert.strictEqual((yield* asked(scene, { resource: "HTTPS://MCP.example.com/mcp" })).page.status, 200)
      const { location } = yield* send(authorizeUrl(scene, { resource: "https://mcp.example.com/MCP" }))
      assert.strictEqual(location?.searchParams.get("error"), "invalid_target")
    })
  )

  it.effect("a client that names no resource gets the only one, and none where there are several", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* asked(yield* start(), { resource: "" })).page.status, 200)
      const several = yield* start({ server: { resources: [resource, "https://b.example.com"] } })
      const { location } = yield* send(authorizeUrl(several, { resource: "" }))
      assert.strictEqual(location?.searchParams.get("error"), "invalid_target")
    })
  )

  it.effect(
    "S204: a client gets what it asks for, none it was not registered for, and may have what is required",
    () =>
      Effect.gen(function* () {
        const reader = { ...publicClient, id: "reader", scopes: ["files:read"] }
        const scene = yield* start({
          embedded: { clients: [reader] },
          server: { requiredScopes: ["mcp"] }
        })
        const { location } = yield* send(authorizeUrl(scene, { client_id: "reader", scope: "files:write" }))
        assert.strictEqual(location?.searchParams.get("error"), "invalid_scope")
        const { page } = yield* asked(scene, { client_id: "reader", scope: "" })
        assert.include(page.text, "<li><bdi>files:read</bdi></li><li><bdi>mcp</bdi></li>")
        const needed = yield* asked(scene, { client_id: "reader", scope: "mcp" })
        assert.include(needed.page.text, "<li><bdi>mcp</bdi></li>")
        const less = yield* asked(scene, { client_id: "reader", scope: "files:read" })
        assert.notInclude(less.page.text, "<bdi>mcp</bdi>")
      })
  )

  it.effect("the request may be posted as a form (S082)", () =>
    Effect.gen(function* () {
      const url = authorizeUrl(yield* start())
      const answer = yield* post(`${url.origin}${url.pathname}`, Object.fromEntries(url.searchParams))
      assert.strictEqual(answer.location?.pathname, "/consent")
    })
  )

  it.effect("a parameter that is there twice means nothing", () =>
    Effect.gen(function* () {
      const url = authorizeUrl(yield* start())
      url.searchParams.append("redirect_uri", "https://app.example.com/callback?a=b")
      const answer = yield* send(url)
      assert.strictEqual(answer.status, 400)
      assert.isUndefined(answer.location)
    })
  )

  it.effect("a person who ends up here is told in a page, and a program in JSON", () =>
    Effect.gen(function* () {
      const scene = yield* start({ server: { rates: { authorize: 2 } } })
      const url = authorizeUrl(scene, { client_id: "nobody" })
      const asking = (accept: string) => send(url, { headers: { accept } })
      const page = yield* asking("text/html,application/xhtml+xml,*/*;q=0.8")
      assert.deepStrictEqual([page.status, page.headers.get("x-frame-options")], [400, "DENY"])
      assert.include(page.text, "<p>The client is not known</p>")
      assert.strictEqual((yield* asking("*/*")).json["error"], "invalid_request")
      const late = yield* asking("text/html")
      assert.deepStrictEqual([late.status, late.headers.get("retry-after")], [429, "60"])
      assert.include(late.text, "<p>Too many requests</p>")
    })
  )

  it.effect("descriptions of errors have only the characters there may be in them", () =>
    Effect.gen(function* () {
      const scene = yield* start({ server: { clientRegistration: { enabled: true } } })
      const allowed = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/
      for (const changes of [
        { response_type: "token" },
        { code_challenge_method: "plain" },
        { scope: "nonsense" },
        { resource: "https://other.example" }
      ]) {
        const { location } = yield* send(authorizeUrl(scene, changes))
        assert.match(location?.searchParams.get("error_description") ?? "", allowed)
      }
      const registered = yield* postJson(`${scene.url}/register`, {
        redirect_uris: [callback],
        response_types: ["token"]
      })
      assert.match(String(registered.json["error_description"]), allowed)
    })
  )

  it("what is in the query of a redirect URI comes back as it was", () => {
    const redirectUri = "https://app.example.com/cb?flag&path=/a%20b&x=~"
    const { href } = answer("https://login.example.com", { redirectUri, state: "s t" }, { code: "c" })
    assert.strictEqual(href, `${redirectUri}&code=c&state=s+t&iss=https%3A%2F%2Flogin.example.com`)
    assert.strictEqual(
      answer(
        "https://login.example.com",
        { redirectUri: "com.example.app:/cb", state: undefined },
        { code: "c" }
      ).href,
      "com.example.app:/cb?code=c&iss=https%3A%2F%2Flogin.example.com"
    )
  })
})
