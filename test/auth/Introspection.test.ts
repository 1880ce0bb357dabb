import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as TestClock from "effect/testing/TestClock"
import * as Bearer from "../../src/auth/Bearer.ts"
import * as Verifier from "../../src/auth/Verifier.ts"
import { admit, logged, principal, refusal } from "./head.ts"
import { http, serve } from "./issuer.ts"

const resource = "https://mcp.example.com/mcp"
const guard = Bearer.guard({ resource })

interface Sent {
  readonly authorization: string | undefined
  readonly body: string
}

/** An introspection endpoint that answers with what the test says, and a guard that asks it. */
const scene = (remember?: Duration.Input) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(1_800_000_000_000)
    const state: { answer: HttpServerResponse.HttpServerResponse; readonly sent: Array<Sent> } = {
      answer: HttpServerResponse.jsonUnsafe({ active: false }),
      sent: []
    }
    const url = yield* serve(
      HttpRouter.use((router) =>
        router.add("POST", "/introspect", (request) =>
          Effect.map(Effect.orDie(request.text), (body) => {
            state.sent.push({ authorization: request.headers["authorization"], body })
            return state.answer
          })
        )
      )
    )
    const verifier = Verifier.introspection({
      issuer: url,
      endpoint: `${url}/introspect`,
      clientId: "mcp:server",
      clientSecret: Redacted.make("s/cret canary"),
      ...(remember === undefined ? {} : { remember })
    })
    const context = yield* Layer.build(Layer.provide(verifier, http))
    const present = (token: string) => Effect.provide(admit(guard, `Bearer ${token}`), context)
    const answer = (claims: object) => (state.answer = HttpServerResponse.jsonUnsafe(claims))
    return { answer, present, state, url }
  })

const active = { active: true, sub: "ada", aud: resource, client_id: "app", scope: "a b", exp: 1_800_000_600 }

describe("Verifier.introspection", () => {
  it.effect("asks the issuer, as itself, and believes an active token (TOK-3)", () =>
    Effect.gen(function* () {
      const { answer, present, state, url } = yield* scene()
      answer(active)
      const { client, issuer, scopes, subject } = principal(yield* present("opaque-token"))
      assert.deepStrictEqual([issuer, subject, client, [...scopes]], [url, "ada", "app", ["a", "b"]])
      assert.deepStrictEqual(state.sent, [
        {
          authorization: `Basic ${btoa("mcp%3Aserver:s%2Fcret+canary")}`,
          body: "token=opaque-token&token_type_hint=access_token"
        }
      ])
    })
  )

  const wrong: ReadonlyArray<readonly [string, object]> = [
    ["is not active", { ...active, active: false }],
    ["is active by a word only", { ...active, active: "true" }],
    ["is for somebody else", { ...active, aud: "https://other.example.com" }],
    ["does not say for whom it is", { ...active, aud: undefined }],
    ["is of another issuer", { ...active, iss: "https://evil.example.com" }],
    ["has expired by now", { ...active, exp: 1_799_999_900 }],
    ["has no subject and no client", { ...active, sub: undefined, client_id: undefined }]
  ]
  for (const [title, claims] of wrong) {
    it.effect(`refuses a token that ${title} (D6, TOK-4, TOK-6)`, () =>
      Effect.gen(function* () {
        const { answer, present } = yield* scene()
        answer(claims)
        assert.match(refusal(yield* present("opaque-token")), /^401 Bearer error="invalid_token"/)
      })
    )
  }

  const failures: ReadonlyArray<readonly [string, HttpServerResponse.HttpServerResponse]> = [
    ["fails", HttpServerResponse.empty({ status: 500 })],
    ["refuses us", HttpServerResponse.empty({ status: 401 })],
    ["sends us elsewhere", HttpServerResponse.redirect("http://127.0.0.1:1/")],
    ["does not answer JSON", HttpServerResponse.text("active: true")],
    ["answers without end", HttpServerResponse.text(`{"active":true,"x":"${"x".repeat(600_000)}"}`)]
  ]
  for (const [title, response] of failures) {
    it.effect(
      `an issuer that ${title} leaves the token undecided, without a secret in the log (ASEC-2)`,
      () =>
        Effect.gen(function* () {
          const { present, state } = yield* scene()
          state.answer = response
          const { log, value } = yield* logged(present("opaque-canary"))
          assert.match(refusal(value), /^503/)
          assert.include(log, "introspection: ")
          for (const secret of ["canary", "mcp%3Aserver", btoa("mcp%3Aserver:s%2Fcret+canary")])
            assert.notInclude(log, secret)
        })
    )
  }

  it.effect("every request asks, unless answers may be remembered", () =>
    Effect.gen(function* () {
      const forgetful = yield* scene()
      forgetful.answer(active)
      yield* Effect.all([forgetful.present("t"), forgetful.present("t")])
      assert.lengthOf(forgetful.state.sent, 2)

      const remembering = yield* scene("10 seconds")
      remembering.answer(active)
      yield* Effect.all([remembering.present("t"), remembering.present("t")])
      assert.lengthOf(remembering.state.sent, 1)
      remembering.answer({ active: false })
      yield* TestClock.adjust("11 seconds")
      assert.match(refusal(yield* remembering.present("t")), /^401/)
      remembering.answer(active)
      assert.strictEqual(refusal(yield* remembering.present("t")), "admitted", "refusals are not remembered")
    })
  )
})
