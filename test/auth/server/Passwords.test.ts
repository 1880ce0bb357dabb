import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { pbkdf2Sync, randomBytes } from "node:crypto"
import * as AuthorizationServer from "../../../src/auth/AuthorizationServer.ts"
import { resolve } from "../../../src/auth/server/Settings.ts"
import * as SignIn from "../../../src/auth/SignIn.ts"
import { asked, authorize, hidden, known, redeem, start } from "./scene.ts"

const password = "correct horse battery staple"
const hashed = SignIn.hashPassword(Redacted.make(password))

/** What `hashPassword` makes, with less work in it. */
const weak = Effect.sync(() => {
  const salt = randomBytes(16)
  const derived = pbkdf2Sync(password, salt, 1000, 32, "sha256")
  return Redacted.make(
    ["pbkdf2-sha256", 1000, salt.toString("base64url"), derived.toString("base64url")].join("$")
  )
})

const scene = Effect.flatMap(weak, (hash) =>
  start({
    signIn: SignIn.passwords([{ name: "ada", password: hash, subject: "user-1", claims: { team: "x" } }])
  })
)

const check = (context: Context.Context<SignIn.SignIn>, attempt: string) => {
  const way = Context.get(context, SignIn.SignIn)
  const values = new Map([
    ["username", "ada"],
    ["password", attempt]
  ])
  return way._tag === "Form" ? way.check(values) : Effect.die(new Error("expected a form"))
}

describe("SignIn.passwords", () => {
  it.effect("who knows the password is signed in", () =>
    Effect.gen(function* () {
      const at = yield* scene
      const back = yield* authorize(at, {}, { username: "ada", password })
      const { json } = yield* redeem(at, back.searchParams.get("code")!)
      const token = yield* known(at, String(json["access_token"]))
      assert.deepStrictEqual([token?.subject, token?.claims?.["team"]], ["user-1", "x"])
    })
  )

  it.effect("who does not is asked again, and not told what was wrong", () =>
    Effect.gen(function* () {
      const { browser, consent, page } = yield* asked(yield* scene)
      assert.include(page.text, 'name="password" type="password" autocomplete="current-password" required')
      let form = hidden(page.text)
      for (const [username, attempt] of [
        ["ada", "wrong"],
        ["nobody", password],
        ["", ""]
      ] as const) {
        const fields = { ...form, decision: "approve", username, password: attempt }
        const answer = yield* browser.post(consent, fields)
        assert.strictEqual(answer.status, 200)
        assert.include(answer.text, "The name or the password is wrong.")
        assert.notInclude(answer.text, password)
        form = hidden(answer.text)
      }
      const right = yield* browser.post(consent, { ...form, decision: "approve", username: "ada", password })
      assert.isTrue(right.location?.searchParams.has("code"))
    })
  )

  it.effect("nobody guesses for long", () =>
    Effect.gen(function* () {
      const hash = yield* weak
      const context = yield* Layer.build(SignIn.passwords([{ name: "ada", password: hash }]))
      for (let i = 0; i < 10; i++) yield* Effect.flip(check(context, "wrong"))
      assert.include((yield* Effect.flip(check(context, password))).message, "Too many attempts")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* check(context, password)).subject, "ada")
    })
  )

  it.effect("the same password is kept as something else each time, and never as it is", () =>
    Effect.gen(function* () {
      const [one, two] = [Redacted.value(yield* hashed), Redacted.value(yield* hashed)]
      assert.notStrictEqual(one, two)
      const context = yield* Layer.build(SignIn.passwords([{ name: "ada", password: Redacted.make(one) }]))
      assert.strictEqual((yield* check(context, password)).subject, "ada")
      assert.notInclude(one, password)
      const plain = SignIn.passwords([{ name: "ada", password: Redacted.make(password) }])
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(plain)))
      const said = Exit.isFailure(exit) ? Cause.pretty(exit.cause) : ""
      assert.include(said, 'The password of "ada" is not hashed')
      assert.notInclude(said, password)
    })
  )
})

describe("SignIn.local", () => {
  it.effect("is not for a server that others can reach", () =>
    Effect.gen(function* () {
      const settings = resolve({ issuer: "https://login.example.com", resources: ["https://r.example.com"] })
      const layer = Layer.provide(
        SignIn.local({ subject: "me" }),
        Layer.succeed(AuthorizationServer.Settings, settings)
      )
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(layer)))
      assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", "can be reached by others")
    })
  )
})
