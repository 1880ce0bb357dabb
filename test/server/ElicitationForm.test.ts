import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Elicitation from "../../src/protocol/Elicitation.ts"
import * as ElicitationForm from "../../src/server/ElicitationForm.ts"

const labelled = (value: string, title: string) => Schema.Literal(value).annotate({ title })
const decode = Schema.decodeUnknownSync(Elicitation.RequestedSchema)

const fields: ReadonlyArray<readonly [string, Schema.Constraint, object]> = [
  ["a string", Schema.String, { type: "string" }],
  [
    "a string with title, description and default",
    Schema.String.annotate({ title: "T", description: "D", default: "x" }),
    { type: "string", title: "T", description: "D", default: "x" }
  ],
  [
    "a string with lengths",
    Schema.String.check(Schema.isMinCodePoints(2), Schema.isMaxLength(5)),
    { type: "string", minLength: 2, maxLength: 5 }
  ],
  [
    "a string that counts its length as JavaScript does",
    Schema.String.check(Schema.isMinLength(2)),
    { type: "string", minLength: 2 }
  ],
  [
    "a string that becomes something else",
    Schema.FiniteFromString.annotate({ title: "T", description: "D", default: 1 }),
    { type: "string", title: "T", description: "D", default: "1" }
  ],
  [
    "a string with a format",
    Schema.String.annotate({ format: "email" }),
    { type: "string", format: "email" }
  ],
  [
    "a format no form knows is left to the server",
    Schema.String.annotate({ format: "ipv4" }),
    { type: "string" }
  ],
  ["a pattern is left to the server", Schema.String.check(Schema.isPattern(/^a/u)), { type: "string" }],
  ["a number", Schema.Finite, { type: "number" }],
  ["a number that could be infinite", Schema.Number, { type: "number" }],
  [
    "an integer with bounds",
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5 })).annotate({ default: 3 }),
    { type: "integer", minimum: 1, maximum: 5, default: 3 }
  ],
  ["a boolean", Schema.Boolean.annotate({ default: false }), { type: "boolean", default: false }],
  ["a choice", Schema.Literals(["a", "b"]), { type: "string", enum: ["a", "b"] }],
  ["a choice of one", Schema.Literal("a"), { type: "string", enum: ["a"] }],
  [
    "a labelled choice",
    Schema.Union([labelled("a", "A!"), labelled("b", "B!")]).annotate({ title: "Pick", default: "a" }),
    {
      type: "string",
      title: "Pick",
      default: "a",
      oneOf: [
        { const: "a", title: "A!" },
        { const: "b", title: "B!" }
      ]
    }
  ],
  [
    "a choice that is labelled in part",
    Schema.Union([labelled("a", "A!"), Schema.Literal("b")]),
    {
      type: "string",
      oneOf: [
        { const: "a", title: "A!" },
        { const: "b", title: "b" }
      ]
    }
  ],
  [
    "several of a choice",
    Schema.Array(Schema.Literals(["a", "b"])).check(Schema.isMinLength(1), Schema.isMaxLength(2)),
    { type: "array", minItems: 1, maxItems: 2, items: { type: "string", enum: ["a", "b"] } }
  ],
  [
    "several of a labelled choice",
    Schema.Array(Schema.Union([labelled("a", "A!"), labelled("b", "B!")])),
    {
      type: "array",
      items: {
        anyOf: [
          { const: "a", title: "A!" },
          { const: "b", title: "B!" }
        ]
      }
    }
  ]
]

describe("ElicitationForm.requestedSchema", () => {
  for (const [title, schema, expected] of fields) {
    it(`ELIC-12: ${title}`, () => {
      const form = ElicitationForm.requestedSchema(Schema.Struct({ field: schema }))
      assert.deepStrictEqual(form, { type: "object", properties: { field: expected }, required: ["field"] })
      assert.deepStrictEqual(decode(form), form as never, "a form as the protocol defines it")
    })
  }

  it("ELIC-12: fields that may be left out are not required", () => {
    const schema = Schema.Struct({ a: Schema.optionalKey(Schema.String), b: Schema.optional(Schema.Finite) })
    assert.deepStrictEqual(ElicitationForm.requestedSchema(schema), {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "number" } }
    })
  })

  it("ELIC-12: a class is a struct, too", () => {
    class Point extends Schema.Class<Point>("Point")({ x: Schema.Finite }) {}
    assert.deepStrictEqual(ElicitationForm.requestedSchema(Point)["properties"], { x: { type: "number" } })
  })

  const unaskable: ReadonlyArray<readonly [string, Schema.Constraint]> = [
    ["a struct in a struct", Schema.Struct({ field: Schema.Struct({ a: Schema.String }) })],
    ["a free list", Schema.Struct({ field: Schema.Array(Schema.String) })],
    ["a list of numbers", Schema.Struct({ field: Schema.Array(Schema.Finite) })],
    ["a choice of numbers", Schema.Struct({ field: Schema.Literals([1, 2]) })],
    ["a string or a number", Schema.Struct({ field: Schema.Union([Schema.String, Schema.Finite]) })],
    ["anything", Schema.Struct({ field: Schema.Unknown })]
  ]
  for (const [title, schema] of unaskable) {
    it(`ELIC-12: ${title} is refused by name`, () =>
      assert.throws(() => ElicitationForm.requestedSchema(schema), /"field"/))
  }
  it("ELIC-12: what is no struct is refused", () =>
    assert.throws(() => ElicitationForm.requestedSchema(Schema.String), /struct/))
})

describe("ElicitationForm.read", () => {
  const form = ElicitationForm.requestedSchema(
    Schema.Struct({
      name: Schema.String.annotate({ default: "me" }),
      colours: Schema.Array(Schema.Literals(["red", "blue"])),
      on: Schema.optionalKey(Schema.Boolean)
    })
  )

  it("ELIC-13: what was left out gets its default", () =>
    assert.deepStrictEqual(ElicitationForm.read(form, { colours: [] }), { name: "me", colours: [] }))
  it("what was given is kept, falsy or not", () =>
    assert.deepStrictEqual(ElicitationForm.read(form, { name: "", on: false, colours: ["red"] }), {
      name: "",
      colours: ["red"],
      on: false
    }))
  it("choices with commas of their own are found in a text", () => {
    const titled = Schema.Union([
      labelled("Paris, France", "P"),
      labelled("Paris", "p"),
      labelled("Rome", "R")
    ])
    for (const choice of [Schema.Literals(["Paris", "Paris, France", "Rome"]), titled]) {
      const places = ElicitationForm.requestedSchema(Schema.Struct({ at: Schema.Array(choice) }))
      const read = (at: string) => ElicitationForm.read(places, { at })["at"]
      assert.deepStrictEqual(read("Paris, France, Rome ,Paris"), ["Paris, France", "Rome", "Paris"])
      assert.deepStrictEqual(read(",Paris, Francesca, Romeo,"), ["Paris", "Francesca", "Romeo"])
      assert.deepStrictEqual(read(" , "), [])
    }
  })

  it("a list that had to be written as text is taken apart", () =>
    assert.deepStrictEqual(ElicitationForm.read(form, { name: "a, b", colours: " red ,blue," }), {
      name: "a, b",
      colours: ["red", "blue"]
    }))
})
