import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import * as JsonSchema from "../src/JsonSchema.ts"
import { cases, Point } from "./JsonSchemaCases.ts"

/** A real validator of JSON Schema 2020-12: every schema we make is checked against the meta-schema with it. */
const validator = (validateFormats = true) => {
  const keywords = ["x-mcp-header"]
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true, keywords, validateFormats })
  addFormats.default(ajv)
  return ajv
}

describe("JsonSchema.of", () => {
  for (const { expected, name, schema, ...rest } of cases) {
    it.effect(`S050: ${name}`, () =>
      Effect.gen(function* () {
        const document = JsonSchema.of(schema)
        assert.deepStrictEqual(document, expected)
        const ajv = validator()
        assert.isTrue(ajv.validateSchema(document) as boolean, JSON.stringify(ajv.errors))
        if (!("value" in rest)) return
        const codec = JsonSchema.codec(schema)
        const json = yield* Schema.encodeUnknownEffect(codec)(rest.value)
        assert.isTrue(ajv.compile(document)(json), `${JSON.stringify(json)}: ${JSON.stringify(ajv.errors)}`)
        assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(codec)(json), rest.value)
      })
    )
  }
})

describe("whatever a schema encodes fits its JSON Schema and decodes to the same again", () => {
  for (const { name, schema } of cases) {
    it.effect(`TOOL-16: ${name}`, () =>
      Effect.gen(function* () {
        const codec = JsonSchema.codec(schema)
        // Formats are annotations: a Date may lie beyond the four-digit years that date-time has.
        const fits = validator(false).compile(JsonSchema.of(schema))
        for (const value of yield* Arbitrary.sampleEffect(Arbitrary.schema(codec), {
          count: 40,
          seed: name
        })) {
          const json = JSON.parse(JSON.stringify(yield* Schema.encodeUnknownEffect(codec)(value)))
          assert.isTrue(fits(json), `${JSON.stringify(json)}: ${JSON.stringify(fits.errors)}`)
          const again = yield* Schema.decodeUnknownEffect(codec)(json)
          assert.deepStrictEqual(
            JSON.parse(JSON.stringify(yield* Schema.encodeUnknownEffect(codec)(again))),
            json
          )
        }
      })
    )
  }
})

describe("JsonSchema.codec", () => {
  const codec = JsonSchema.codec(
    Schema.Struct({ n: Schema.Number, o: Schema.optional(Schema.String), p: Schema.optional(Point) })
  )

  it("leaves an undefined field out instead of sending null", () => {
    const json = Schema.encodeUnknownSync(codec)({ n: 1, o: undefined, p: new Point({ x: 1, y: undefined }) })
    assert.deepStrictEqual(json, { n: 1, p: { x: 1 } })
  })

  it("sends no number that JSON does not have", () => {
    assert.isTrue(Schema.encodeUnknownResult(codec)({ n: Number.NaN })._tag === "Failure")
    assert.isTrue(Schema.decodeUnknownResult(codec)({ n: "NaN" })._tag === "Failure")
  })

  it("refuses a string that is no date", () => {
    assert.isTrue(Schema.decodeUnknownResult(JsonSchema.codec(Schema.Date))("tomorrow")._tag === "Failure")
  })
})
