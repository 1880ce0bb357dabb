import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Principal from "../../src/auth/Principal.ts"
import * as Scopes from "../../src/auth/Scopes.ts"

const as = (...scopes: ReadonlyArray<string>) => Effect.provide(Principal.layer({ subject: "ada", scopes }))

describe("Scopes", () => {
  it.effect("a failure names everything the operation needs, granted or not (SCOPE-9)", () =>
    Effect.gen(function* () {
      yield* Scopes.require("a", "b").pipe(as("a", "b", "c"))
      const needed = yield* Effect.flip(Scopes.require("a", "b").pipe(as("a")))
      assert.deepStrictEqual(needed.scopes, ["a", "b"])
    })
  )

  it.effect("having a scope can be asked without failing", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* Scopes.has("a").pipe(as("a")))
      assert.isFalse(yield* Scopes.has("a", "b").pipe(as("a")))
    })
  )

  it("a broader scope implies narrower ones, and what these imply, in circles too (SCOPE-13)", () => {
    const implied = Scopes.closure(["admin"], { admin: ["write"], write: ["read", "admin"], other: ["x"] })
    assert.deepStrictEqual([...implied], ["admin", "write", "read"])
    assert.deepStrictEqual(
      [...Scopes.closure(["__proto__", "constructor"], {})],
      ["__proto__", "constructor"]
    )
  })

  it("a scope parameter is read as RFC 6749 writes it", () => {
    assert.deepStrictEqual(Scopes.parse('a  b a "c d\\e f:g/h'), ["a", "b", "f:g/h"])
    assert.deepStrictEqual(Scopes.parse(""), [])
  })

  it.effect("a layer is a principal for everybody, for stdio", () =>
    Effect.gen(function* () {
      const { claims, issuer, subject } = yield* Principal.Principal
      assert.deepStrictEqual([issuer, subject, claims], ["local", "ada", { team: "x" }])
    }).pipe(Effect.provide(Principal.layer({ subject: "ada", claims: { team: "x" } })))
  )
})
