import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import * as TestClock from "effect/testing/TestClock"
import * as Page from "../../../src/auth/Page.ts"
import * as ConsentPage from "../../../src/auth/server/ConsentPage.ts"
import { asked, Browser, callback, hidden, post, postJson, publicClient, start } from "./scene.ts"

describe("the consent page", () => {
  it.effect("names client, server, scopes, and where the answer goes (REG-13, SEC-2)", () =>
    Effect.gen(function* () {
      const { page } = yield* asked(yield* start(), { scope: "files:read files:write" })
      assert.strictEqual(page.status, 200)
      for (const words of [
        "<bdi>The App</bdi> asks for access",
        "<bdi>https://mcp.example.com/mcp</bdi>",
        "<li><bdi>files:read</bdi></li><li><bdi>files:write</bdi></li>",
        "<strong><bdi>127.0.0.1:4000</bdi></strong>",
        callback
      ]) {
        assert.include(page.text, words)
      }
    })
  )

  it.effect("D3, D16: cannot be framed, and neither loads nor runs anything (SEC-2)", () =>
    Effect.gen(function* () {
      const { page } = yield* asked(yield* start())
      const policy = page.headers.get("content-security-policy") ?? ""
      const nonce = /style-src 'nonce-([\w-]+)'/.exec(policy)?.[1]
      assert.strictEqual(
        policy,
        `default-src 'none'; style-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'`
      )
      assert.include(page.text, `<style nonce="${nonce}">`)
      assert.notMatch(page.text, /<script|\son\w+=|src=|href=/)
      assert.strictEqual(page.headers.get("x-frame-options"), "DENY")
      assert.strictEqual(page.headers.get("x-content-type-options"), "nosniff")
      assert.strictEqual(page.headers.get("cache-control"), "no-store")
      assert.strictEqual(
        page.headers.get("referrer-policy"),
        "same-origin",
        "else Origin is null in the form"
      )
    })
  )

  it.effect("D16: what a stranger says of itself is text, and is marked as such", () =>
    Effect.gen(function* () {
      const scene = yield* start({ server: { clientRegistration: { enabled: true } } })
      const name = `<img src=x onerror=alert(1)>"'&\u202egnp.exe\u0000\n`
      const { json } = yield* postJson(`${scene.url}/register`, {
        redirect_uris: [callback],
        client_name: name,
        token_endpoint_auth_method: "none"
      })
      const { page } = yield* asked(scene, { client_id: String(json["client_id"]), scope: "" })
      assert.notInclude(page.text, "<img")
      assert.include(page.text, "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;\ufffdgnp.exe\ufffd\ufffd")
      assert.include(page.text, "Nobody has checked who it is")
      assert.include(page.text, "Any program here can pretend to be this one")
    })
  )

  it("D16: whatever a text is, it is text, in every place of the page", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = Page.shown(text)
        assert.notMatch(shown, /[<>"'\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|&(?!amp;|lt;|gt;|quot;|#39;)/u)
      })
    )
    const hostile = `"><script>alert(1)</script><svg onload='x'>\u202e\u2066\u0000\u200b`
    const page = ConsentPage.render({
      client: {
        id: `https://app.example.com/${hostile}`,
        name: hostile,
        uri: hostile,
        authentication: "none",
        redirectUris: [],
        grantTypes: ["authorization_code"],
        origin: "document"
      },
      request: {
        clientId: hostile,
        redirectUri: `https://app.example.com/${hostile}`,
        state: hostile,
        scopes: [hostile],
        codeChallenge: hostile,
        resource: hostile
      },
      signIn: {
        _tag: "Form",
        fields: [{ name: hostile, label: hostile, type: "text", autocomplete: hostile }],
        check: () => Effect.die("nobody signs in")
      },
      action: hostile,
      hidden: { [hostile]: hostile },
      nonce: "n",
      failure: { message: hostile, typed: new Map([[hostile, hostile]]) }
    })
    // What is in quotes ends where it should: the tags are those of the page.
    const tag = /<!doctype html>|<\/?[a-z][a-z0-9]*(?: [a-z-]+(?:="[^"<>]*")?)*>/g
    assert.notMatch(page.replace(tag, ""), /[<>]/)
    assert.notMatch(page, /<script|<svg|\p{Cf}/u)
    assert.notInclude(page, "\u0000")
  })

  it("long texts are cut", () => {
    assert.strictEqual(Page.shown("x".repeat(200)).length, 100)
    assert.strictEqual(Page.shown("😀".repeat(200), 10), `${"😀".repeat(9)}…`)
  })

  it.effect("D3: a cookie of its own ties it to the browser (SEC-3)", () =>
    Effect.gen(function* () {
      const { browser } = yield* asked(yield* start())
      assert.lengthOf(browser.seen, 1)
      assert.match(browser.seen[0]!, /^mcp-consent-[\w-]{12}=[\w-]{43}; /)
      for (const attribute of [/; HttpOnly/i, /; SameSite=Lax/i, /; Path=\//i, /; Max-Age=600/i]) {
        assert.match(browser.seen[0]!, attribute)
      }
    })
  )

  it.effect("D3: a form from another browser, another page or another site decides nothing (SEC-2)", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const { browser, consent, page } = yield* asked(scene)
      const fields = { ...hidden(page.text), decision: "approve" }
      const stranger = yield* asked(scene)
      const attempts = [
        post(consent, fields),
        stranger.browser.post(consent, fields),
        browser.post(consent, { ...fields, token: "" }),
        browser.post(consent, { ...fields, token: hidden(stranger.page.text)["token"]! }),
        browser.post(consent, { ...fields, transaction: hidden(stranger.page.text)["transaction"]! }),
        browser.post(consent, fields, { origin: "https://evil.example" }),
        browser.post(consent, fields, { origin: "null" })
      ]
      for (const [index, attempt] of attempts.entries()) {
        const answer = yield* attempt
        assert.strictEqual(answer.status, 403, `attempt ${index}`)
        assert.isUndefined(answer.location)
      }
      const wrong = yield* browser.post(consent, { ...fields, decision: "maybe" })
      assert.strictEqual(wrong.status, 400)
      const answer = yield* browser.post(consent, fields)
      assert.isTrue(answer.location?.searchParams.has("code"))
      assert.strictEqual(browser.cookies.size, 0, "the cookie has done its work")
    })
  )

  it.effect("several can be open in one browser", () =>
    Effect.gen(function* () {
      const scene = yield* start()
      const browser = new Browser()
      const one = yield* asked(scene, {}, browser)
      const two = yield* asked(scene, { state: "other" }, browser)
      for (const { consent, page } of [one, two]) {
        const answer = yield* browser.post(consent, { ...hidden(page.text), decision: "approve" })
        assert.isTrue(answer.location?.searchParams.has("code"))
      }
    })
  )

  it.effect("a user who does not agree is believed", () =>
    Effect.gen(function* () {
      const { browser, consent, page } = yield* asked(yield* start())
      const { location } = yield* browser.post(consent, { ...hidden(page.text), decision: "deny" })
      assert.strictEqual(location?.searchParams.get("error"), "access_denied")
      assert.isFalse(location?.searchParams.has("code"))
    })
  )

  it.effect("is good for ten minutes, and as long as the client has its redirect URI", () =>
    Effect.gen(function* () {
      const scene = yield* start({
        server: { clientRegistration: { enabled: true } },
        embedded: { registered: { unused: "5 minutes" } }
      })
      const { json } = yield* postJson(`${scene.url}/register`, {
        redirect_uris: [callback],
        token_endpoint_auth_method: "none"
      })
      const { browser, consent, page } = yield* asked(scene, {
        client_id: String(json["client_id"]),
        scope: ""
      })
      yield* TestClock.adjust("5 minutes")
      const answer = yield* browser.post(consent, { ...hidden(page.text), decision: "approve" })
      assert.deepStrictEqual([answer.status, answer.location], [400, undefined])

      const patient = yield* asked(yield* start())
      yield* TestClock.adjust("10 minutes")
      const late = yield* patient.browser.post(patient.consent, {
        ...hidden(patient.page.text),
        decision: "approve"
      })
      assert.strictEqual(late.status, 400)
    })
  )

  it.effect("D3: a transaction cannot be made up or changed", () =>
    Effect.gen(function* () {
      const scene = yield* start({ embedded: { clients: [publicClient] } })
      const { location } = yield* asked(scene)
      const sealed = location.searchParams.get("transaction")!
      const browser = new Browser()
      for (const text of [
        "",
        "x",
        sealed.slice(0, -2),
        `A${sealed.slice(1)}`,
        sealed.slice(0, 100) + sealed.slice(101)
      ]) {
        const answer = yield* browser.get(`${scene.url}/consent?transaction=${text}`)
        assert.strictEqual(answer.status, 400, text)
      }
      assert.strictEqual(browser.cookies.size, 0)
    })
  )

  it.effect("a name that nobody can see is none", () =>
    Effect.gen(function* () {
      const scene = yield* start({ server: { clientRegistration: { enabled: true } } })
      for (const client_name of ["", "  ", "\u3164", "\u2800\u200b"]) {
        const { json } = yield* postJson(`${scene.url}/register`, {
          redirect_uris: [callback],
          client_name,
          token_endpoint_auth_method: "none"
        })
        const id = String(json["client_id"])
        const { page } = yield* asked(scene, { client_id: id, scope: "" })
        assert.include(page.text, `<bdi>${id}</bdi> asks for access`)
      }
    })
  )

  it("marks are not piled up over other lines", () => {
    assert.strictEqual(Page.shown(`a${"\u0301".repeat(50)}b`), `a${"\u0301".repeat(4)}b`)
  })
})
