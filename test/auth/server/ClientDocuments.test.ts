import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as EmbeddedProvider from "../../../src/auth/EmbeddedProvider.ts"
import * as GuardedHttp from "../../../src/auth/GuardedHttp.ts"
import { OAuthStore } from "../../../src/auth/OAuthStore.ts"
import { isDocument } from "../../../src/auth/server/ClientDocuments.ts"
import * as SignIn from "../../../src/auth/SignIn.ts"
import { type Sent, serve } from "../loopback.ts"
import { asked, authorize, authorizeUrl, callback, redeem, send, start } from "./scene.ts"

const id = "https://app.example.com/oauth/client.json"
const good = {
  client_id: id,
  client_name: "Documented",
  redirect_uris: [callback],
  grant_types: ["authorization_code"]
}

/** The guard as it is; only that the one public host is a server on this machine. */
const guarded = (url: string) =>
  Layer.succeed(
    GuardedHttp.GuardedHttp,
    GuardedHttp.make((hop) =>
      hop.url.hostname === "app.example.com"
        ? Effect.promise(async () => {
            const response = await fetch(`${url}${hop.url.pathname}`, { redirect: "manual" })
            const { headers, status } = response
            return {
              status,
              header: (name: string) => headers.get(name) ?? undefined,
              body: await response.text()
            }
          })
        : Effect.fail(GuardedHttp.unreachable(hop.url))
    )
  )

const scene = (first: Sent = { body: good }) =>
  Effect.gen(function* () {
    const state = { answer: first }
    const site = yield* serve(({ path }) => (path === "/other.json" ? { body: good } : state.answer))
    const provider = EmbeddedProvider.layerDocuments().pipe(
      Layer.provide(guarded(site.url)),
      Layer.provide(SignIn.local({ subject: "ada" })),
      Layer.provide(OAuthStore.layerMemory)
    )
    return { at: yield* start({ provider }), site, state }
  })

describe("clients with documents", () => {
  it.effect("a client is what the document at its id says (REG-3, REG-4, REG-8, REG-9)", () =>
    Effect.gen(function* () {
      const { at, site } = yield* scene()
      const metadata = yield* send(`${at.url}/.well-known/oauth-authorization-server`)
      assert.strictEqual(metadata.json["client_id_metadata_document_supported"], true)
      const { page } = yield* asked(at, { client_id: id })
      assert.include(page.text, "<bdi>Documented</bdi> asks for access")
      const back = yield* authorize(at, { client_id: id })
      const answer = yield* redeem(at, back.searchParams.get("code")!, { client_id: id })
      assert.strictEqual(answer.status, 200)
      assert.notProperty(answer.json, "refresh_token", "it did not ask for that grant")
      assert.lengthOf(site.requests, 1)
    })
  )

  it.effect(
    "the user sees whose document it is, and is warned of redirects to this machine (REG-11, REG-12, REG-13)",
    () =>
      Effect.gen(function* () {
        const { at } = yield* scene()
        const { page } = yield* asked(at, { client_id: id })
        assert.include(page.text, "described at <strong><bdi>app.example.com</bdi></strong>")
        assert.include(page.text, "<strong><bdi>127.0.0.1:4000</bdi></strong>")
        assert.include(page.text, "Any program here can pretend to be this one")
      })
  )

  it.effect("a redirect URI that is not in the document is refused (C17, REG-9)", () =>
    Effect.gen(function* () {
      const { at } = yield* scene()
      const answer = yield* send(authorizeUrl(at, { client_id: id, redirect_uri: "https://evil.example/cb" }))
      assert.deepStrictEqual([answer.status, answer.location], [400, undefined])
    })
  )

  const useless: ReadonlyArray<readonly [string, Sent]> = [
    ["of another client", { body: { ...good, client_id: `${id}x` } }],
    ["without a name", { body: { ...good, client_name: undefined } }],
    ["without redirect URIs", { body: { ...good, redirect_uris: undefined } }],
    ["with a redirect URI that cannot be one", { body: { ...good, redirect_uris: ["http://evil.example"] } }],
    ["that wants a secret", { body: { ...good, token_endpoint_auth_method: "client_secret_basic" } }],
    ["that is no JSON", { body: "<html>", headers: { "content-type": "application/json" } }],
    ["of another type", { body: JSON.stringify(good), headers: { "content-type": "text/html" } }],
    ["that is too large", { body: { ...good, x: "x".repeat(70_000) } }],
    ["that is elsewhere", { status: 302, headers: { location: "/other.json" } }],
    ["that is on another host", { status: 302, headers: { location: "http://169.254.169.254/" } }],
    ["that is not there", { status: 404, body: good }]
  ]
  for (const [title, answer] of useless) {
    it.effect(`a document ${title} makes nobody a client (C17, REG-9)`, () =>
      Effect.gen(function* () {
        const { at } = yield* scene(answer)
        const { json, location, status } = yield* send(authorizeUrl(at, { client_id: id }))
        assert.deepStrictEqual([status, location, json["error"]], [400, undefined, "invalid_request"])
      })
    )
  }

  it.effect("D13: an id that leads to this machine, or says more than where, is not followed (REG-10)", () =>
    Effect.gen(function* () {
      const { at, site } = yield* scene()
      const ids = [
        `${site.url}/client.json`,
        site.url.replace("http:", "https:") + "/client.json",
        "https://169.254.169.254/latest",
        "https://[::1]/client.json",
        "https://app.example.com/",
        "https://app.example.com",
        `${id}#x`,
        `${id}?x=y`,
        "https://user@app.example.com/client.json",
        "https://app.example.com/a/../client.json",
        "https://APP.example.com/client.json",
        "file:///etc/passwd"
      ]
      for (const client_id of ids) {
        assert.strictEqual((yield* send(authorizeUrl(at, { client_id }))).status, 400, client_id)
      }
      assert.lengthOf(site.requests, 0)
      assert.isTrue(isDocument(id))
    })
  )

  it.effect("a document is kept as its server says, within reason (REG-8)", () =>
    Effect.gen(function* () {
      const { at, site, state } = yield* scene({ body: good, headers: { "cache-control": "max-age=3600" } })
      const ask = asked(at, { client_id: id })
      yield* ask
      yield* TestClock.adjust("59 minutes")
      yield* ask
      assert.lengthOf(site.requests, 1)
      state.answer = { status: 404 }
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* send(authorizeUrl(at, { client_id: id }))).status, 400)
      yield* send(authorizeUrl(at, { client_id: id }))
      assert.lengthOf(site.requests, 2, "what failed is not asked for again at once")
      state.answer = { body: good }
      yield* TestClock.adjust("1 minute")
      yield* ask
      assert.lengthOf(site.requests, 3)
    })
  )

  it.effect(
    "a client is not forgotten because its site is down for a while, but when it says otherwise",
    () =>
      Effect.gen(function* () {
        const { at, state } = yield* scene()
        const status = Effect.map(send(authorizeUrl(at, { client_id: id })), (answer) => answer.status)
        yield* asked(at, { client_id: id })
        state.answer = { status: 503 }
        yield* TestClock.adjust("12 hours")
        yield* asked(at, { client_id: id })
        yield* TestClock.adjust("13 hours")
        assert.strictEqual(yield* status, 400, "not for ever")

        state.answer = { body: good }
        yield* TestClock.adjust("1 minute")
        yield* asked(at, { client_id: id })
        state.answer = { status: 410 }
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(yield* status, 400)
        state.answer = { status: 503 }
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(yield* status, 400, "what was taken back does not come back")
      })
  )
})
