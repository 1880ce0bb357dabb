import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { request } from "node:http"
import { logged } from "../head.ts"
import { asked, authorizeUrl, post, postJson, refresh, resource, send, start, tokens } from "./scene.ts"

const everything = {
  clientRegistration: { enabled: true },
  revocation: { enabled: true },
  introspection: [{ id: "rs", secret: Redacted.make("0123456789abcdef"), resource }]
}

const forms = ["/token", "/authorize", "/revoke", "/consent", "/introspect"]
const introspector = { authorization: `Basic ${btoa("rs:0123456789abcdef")}` }

/** Sends without end, in chunks and without saying how much, until it is answered. */
const flood = (url: string, headers: { readonly [name: string]: string }) =>
  Effect.callback<{ readonly status: number; readonly sent: number }>((resume) => {
    let sent = 0
    const chunk = Buffer.alloc(16_384, "x")
    const outgoing = request(url, { method: "POST", headers })
    const more = () => {
      while (!outgoing.destroyed && sent < 64 * 1024 * 1024) {
        sent += chunk.length
        if (!outgoing.write(chunk)) return void outgoing.once("drain", more)
      }
    }
    outgoing.on("response", (response) => {
      resume(Effect.succeed({ status: response.statusCode ?? 0, sent }))
      outgoing.destroy()
    })
    outgoing.on("error", () => resume(Effect.succeed({ status: 0, sent })))
    more()
  })

describe("every route", () => {
  it.effect("takes no more than it can use, however it is sent", () =>
    Effect.gen(function* () {
      const scene = yield* start({ server: everything })
      const large = "x".repeat(5 * 1024 * 1024)
      for (const path of forms) {
        const answer = yield* post(`${scene.url}${path}`, { a: large }, introspector)
        assert.strictEqual(answer.status, 413, path)
      }
      assert.strictEqual((yield* postJson(`${scene.url}/register`, { a: large })).status, 413)
      const type = "application/x-www-form-urlencoded"
      const { sent, status } = yield* flood(`${scene.url}/token`, { "content-type": type })
      assert.include([413, 0], status)
      assert.isBelow(sent, 32 * 1024 * 1024)
      assert.strictEqual((yield* send(`${scene.url}/jwks`)).status, 200, "the server is still there")
    })
  )

  it.effect("takes only what it knows how to read", () =>
    Effect.gen(function* () {
      const scene = yield* start({ server: everything })
      const plain = {
        method: "POST",
        body: "grant_type=x",
        headers: { "content-type": "text/plain", ...introspector }
      }
      for (const path of [...forms, "/register"]) {
        assert.strictEqual((yield* send(`${scene.url}${path}`, plain)).status, 415, path)
      }
      for (const body of ["[]", "null", "7", "{", ""]) {
        const answer = yield* send(`${scene.url}/register`, {
          method: "POST",
          body,
          headers: { "content-type": "application/json" }
        })
        assert.strictEqual(answer.status, 400, body)
      }
    })
  )

  it.effect("a query has an end, too", () =>
    Effect.gen(function* () {
      const answer = yield* send(authorizeUrl(yield* start(), { extra: "x".repeat(9000) }))
      assert.strictEqual(answer.status, 414)
    })
  )

  it.effect("is asked only so often by one address", () =>
    Effect.gen(function* () {
      const scene = yield* start({ server: { rates: { token: 3, authorize: 2 } } })
      const statuses = yield* Effect.all(
        Array.from({ length: 5 }, () => Effect.map(refresh(scene, "x"), ({ status }) => status))
      )
      assert.deepStrictEqual(statuses, [400, 400, 400, 429, 429])
      const many = yield* Effect.all(
        Array.from({ length: 3 }, () => Effect.map(send(authorizeUrl(scene)), ({ status }) => status))
      )
      assert.deepStrictEqual(many, [303, 303, 429])
      assert.strictEqual((yield* send(`${scene.url}/consent`)).status, 400, "each route counts for itself")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* refresh(scene, "x")).status, 400)
    })
  )
})

describe("secrets", () => {
  it.effect(
    "C16: are in no log: not tokens, codes, verifiers, cookies, nor the secrets of clients (ASEC-2)",
    () =>
      Effect.gen(function* () {
        const { log, value: secrets } = yield* logged(
          Effect.gen(function* () {
            const scene = yield* start({ server: everything })
            const { browser, location } = yield* asked(scene)
            const { access, code, refresh: token } = yield* tokens(scene)
            const next = yield* refresh(scene, token)
            yield* TestClock.adjust("1 minute")
            yield* refresh(scene, token)
            yield* post(`${scene.url}/token`, { grant_type: "authorization_code", code, client_id: "app" })
            const { json } = yield* postJson(`${scene.url}/register`, {
              redirect_uris: ["https://a.example.com/"]
            })
            yield* post(`${scene.url}/introspect`, { token: access }, introspector)
            return [
              access,
              code,
              token,
              String(next.json["refresh_token"]),
              String(json["client_secret"]),
              "0123456789abcdef",
              "verifier-0123456789",
              location.searchParams.get("transaction")!,
              ...browser.cookies.values()
            ]
          })
        )
        assert.include(log, "A refresh token was used again")
        for (const secret of secrets) assert.notInclude(log, secret)
      })
  )
})
