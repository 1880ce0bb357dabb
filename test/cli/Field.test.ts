import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Field from "../../src/cli/ask/Field.ts"

const field = (property: object, required = true) =>
  Field.of({ properties: { it: property }, required: required ? ["it"] : [] })[0]!

describe("Field", () => {
  const reads = (property: object, words: string, value: unknown) =>
    it(`reads ${JSON.stringify(words)} for ${JSON.stringify(property)}`, () => {
      assert.deepStrictEqual(Result.getOrUndefined(Field.parse(field(property), words)), value)
    })
  const refuses = (property: object, words: string, why: RegExp) =>
    it(`refuses ${JSON.stringify(words)} for ${JSON.stringify(property)}`, () => {
      const parsed = Field.parse(field(property), words)
      assert.match(Result.isFailure(parsed) ? parsed.failure : "", why)
    })

  reads({ type: "string" }, " Ada ", "Ada")
  reads({ type: "string", default: "Ada" }, "", "Ada")
  reads({ type: "integer", minimum: 1 }, "4", 4)
  reads({ type: "number" }, "-1.5", -1.5)
  reads({ type: "boolean" }, "No", false)
  reads({ type: "boolean", default: true }, "", true)
  reads({ type: "string", enum: ["S", "M"] }, "m", "M")
  reads({ type: "string", oneOf: [{ const: "s", title: "Small" }] }, "small", "s")
  reads({ type: "string", enum: ["s", "m"], enumNames: ["Small", "Medium"] }, "Medium", "m")
  reads({ type: "array", items: { enum: ["a", "b", "c"] } }, "a, C", ["a", "c"])
  reads({ type: "array", items: { anyOf: [{ const: "a", title: "One" }] }, default: ["a"] }, "", ["a"])

  refuses({ type: "string" }, "  ", /must be answered/)
  refuses({ type: "string", minLength: 3 }, "ab", /at least 3 characters/)
  refuses({ type: "string", format: "email" }, "ada", /an email address/)
  refuses({ type: "integer" }, "1.5", /an integer/)
  refuses({ type: "integer", minimum: 1, maximum: 9 }, "10", /at most 9/)
  refuses({ type: "number" }, "many", /a number/)
  refuses({ type: "boolean" }, "maybe", /must be y or n/)
  refuses({ type: "string", enum: ["S", "M"] }, "XL", /must be S, M/)
  refuses({ type: "array", items: { enum: ["a", "b"] }, minItems: 2 }, "a", /at least 2 entries/)

  it("leaves out what is optional and has no default", () => {
    assert.deepStrictEqual(Field.parse(field({ type: "string" }, false), ""), Result.succeed(undefined))
  })

  it("says what is expected", () => {
    const expects = (property: object) => field(property).expects
    assert.strictEqual(expects({ type: "integer", minimum: 1, maximum: 9 }), "integer from 1 to 9")
    assert.strictEqual(expects({ type: "integer", minimum: -(2 ** 53) + 1, maximum: 2 ** 53 - 1 }), "integer")
    assert.strictEqual(expects({ type: "string", maxLength: 5 }), "text up to 5 characters")
    assert.strictEqual(expects({ type: "string", format: "email" }), "email")
  })
})
