import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Verifier from "../../src/auth/Verifier.ts"

const key = (character: string, subject: string) => ({
  key: Redacted.make(character.repeat(32)),
  subject,
  scopes: [subject]
})
const layer = Verifier.keys([key("a", "ada"), key("b", "bob"), key("c", "cleo")])
const verify = (token: string) =>
  Effect.flatMap(Verifier.Verifier, ({ verify }) => verify(Redacted.make(token), "https://r.example.com"))

describe("Verifier.keys", () => {
  it.effect("each key is somebody, and what is no key is nobody", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* verify("b".repeat(32))).subject, "bob")
      assert.deepStrictEqual((yield* verify("c".repeat(32))).audience, ["https://r.example.com"])
      for (const token of ["", "a", "a".repeat(31), "a".repeat(33), "d".repeat(32)]) {
        assert.strictEqual((yield* Effect.flip(verify(token)))._tag, "InvalidToken", token)
      }
    }).pipe(Effect.provide(layer))
  )

  it.effect("a key that can be guessed is refused when the server starts, and not shown", () =>
    Effect.gen(function* () {
      const short = Verifier.keys([{ key: Redacted.make("secret"), subject: "ci" }])
      const exit = yield* Effect.exit(Effect.provide(verify("secret"), short))
      const said = Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "nothing"
      assert.include(said, 'The key of "ci" is shorter than 16 characters')
      assert.notInclude(said.split("\n")[0]!, "secret")
    })
  )
})
