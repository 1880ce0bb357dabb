import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import * as JsonSchema from "../src/JsonSchema.ts"

const fault = (document: unknown): string => {
  try {
    JsonSchema.raw(document as JsonSchema.Document)
  } catch (error) {
    assert.instanceOf(error, JsonSchema.UnusableSchema)
    return (error as Error).message
  }
  return "accepted"
}

const problems = (document: JsonSchema.Document, value: unknown) =>
  Effect.map(JsonSchema.validator(document), (validate) =>
    validate(value).map(({ kind, path }) => `${kind} ${path.map(String).join(".")}`)
  )

describe("JsonSchema.raw", () => {
  it("S050: a hand-written schema goes out word for word", () => {
    const document = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "https://example.com/query",
      type: "object",
      properties: { sql: { $ref: "#/$defs/sql" }, ["__proto__"]: { type: "string" } },
      $defs: { sql: { type: "string", minLength: 1 } },
      "x-unknown": { anything: [1, null] },
      $comment: "kept"
    }
    const text = JSON.stringify(document)
    assert.strictEqual(JsonSchema.of(JsonSchema.raw(document)), document)
    assert.strictEqual(JSON.stringify(document), text)
  })

  it.effect("checks values and gives them as they are", () =>
    Effect.gen(function* () {
      const codec = JsonSchema.codec(
        JsonSchema.raw({ type: "object", properties: { n: { type: "integer" } } })
      )
      const value = { n: 1, other: "kept" }
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(codec)(value), value)
      assert.isTrue((yield* Effect.exit(Schema.decodeUnknownEffect(codec)({ n: 1.5 })))._tag === "Failure")
      assert.isTrue((yield* Effect.exit(Schema.encodeUnknownEffect(codec)({ n: "1" })))._tag === "Failure")
    })
  )

  it("can be a field of another schema while it refers to nothing of its own", () => {
    const outer = Schema.Struct({
      filter: JsonSchema.raw({ type: "object", minProperties: 1, "x-hint": "kept" })
    })
    assert.deepStrictEqual(JsonSchema.of(outer)["properties"], {
      filter: { type: "object", minProperties: 1, "x-hint": "kept" }
    })
  })
})

describe("what cannot be used is refused where it is made", () => {
  it("JSCH-3: an unsupported dialect is named, and so are the supported ones", () => {
    const text = fault({ $schema: "http://json-schema.org/draft-03/schema#", type: "object" })
    assert.include(text, 'the dialect "http://json-schema.org/draft-03/schema#" is not supported')
    assert.include(text, "https://json-schema.org/draft/2020-12/schema")
  })

  it("JSCH-2: a schema is read under the dialect it declares", () => {
    assert.strictEqual(
      fault({ $schema: "http://json-schema.org/draft-07/schema#", type: "object" }),
      "accepted"
    )
  })

  it.effect("JSCH-2: and so are the values: a list of items is a tuple before 2020-12 only", () =>
    Effect.gen(function* () {
      const pair = { items: [{ type: "string" }, { type: "integer" }], additionalItems: false }
      const draft = { $schema: "http://json-schema.org/draft-07/schema#", ...pair }
      assert.deepStrictEqual(yield* problems(draft, ["a", 1]), [])
      assert.deepStrictEqual(yield* problems(draft, ["a", "b"]), ["invalid 1"])
      const { items, ...rest } = pair
      const newest = { ...rest, prefixItems: items, items: false }
      assert.deepStrictEqual(yield* problems(newest, ["a", 1]), [])
      assert.deepStrictEqual(yield* problems(newest, ["a", "b"]), ["invalid 1"])
    })
  )

  it("JSCH-4: the dialects that the documentation names are those that are read", () => {
    const [documentation = ""] = readFileSync(new URL("../src/JsonSchema.ts", import.meta.url), "utf8").split(
      "*/"
    )
    for (const [name, $schema] of [
      ["2020-12", "https://json-schema.org/draft/2020-12/schema"],
      ["2019-09", "https://json-schema.org/draft/2019-09/schema"],
      ["draft-07", "http://json-schema.org/draft-07/schema#"],
      ["draft-06", "http://json-schema.org/draft-06/schema#"],
      ["draft-04", "http://json-schema.org/draft-04/schema#"]
    ] as const) {
      assert.strictEqual(documentation.includes(name), fault({ $schema }) === "accepted", name)
    }
  })

  it("JSCH-9: a $ref that leads outside is refused, and nothing is fetched", () => {
    const text = fault({ type: "object", properties: { a: { $ref: "https://example.com/a.json" } } })
    assert.include(
      text,
      '$ref "https://example.com/a.json" points outside the schema, and nothing is fetched'
    )
  })

  it("JSCH-9: a $ref that leads nowhere is refused", () => {
    assert.include(fault({ $ref: "#/$defs/missing" }), '"#/$defs/missing" points at nothing')
    assert.include(fault({ $ref: "#nowhere" }), '"#nowhere" points at nothing')
  })

  it("JSCH-6: references inside the document are followed by pointer, anchor and $id", () => {
    const defs = {
      a: { $anchor: "here", type: "string" },
      "b/c": { $id: "https://example.com/b", type: "integer" }
    }
    for (const $ref of ["#/$defs/a", "#here", "#/$defs/b~1c", "https://example.com/b", "#"]) {
      assert.strictEqual(
        fault({ type: "object", properties: { p: { $ref } }, $defs: defs }),
        "accepted",
        $ref
      )
    }
  })

  it("JSCH-10: a schema that nests too deep is refused", () => {
    const deep = Array.from({ length: 100 }).reduce<JsonSchema.Document>(
      (items) => ({ type: "array", items }),
      {}
    )
    assert.include(fault(deep), "nests deeper than 64 schemas")
  })

  it("JSCH-10: a schema with too many subschemas is refused", () => {
    const wide = { anyOf: Array.from({ length: 10_001 }, () => ({ type: "string" })) }
    assert.include(fault(wide), "more than 10000 schemas")
  })

  it("JSCH-5: mistakes that would only show when a value arrives are told at once", () => {
    assert.include(fault({ type: "strnig" }), 'there is no type "strnig"')
    assert.include(fault({ required: "a" }), '"required" must be a list')
    assert.include(fault({ pattern: "(" }), "not a regular expression")
    assert.include(fault({ properties: { a: 1 } }), "#/properties/a is not a schema but 1")
    assert.include(fault(null), "must be an object")
  })

  it.effect("a foreign schema fails as a value, not as an exception", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(JsonSchema.validator({ $ref: "https://example.com/x" }))
      assert.strictEqual(error._tag, "UnusableSchema")
    })
  )
})

describe("JsonSchema.validator", () => {
  const cases: ReadonlyArray<
    readonly [name: string, document: JsonSchema.Document, value: unknown, expected: ReadonlyArray<string>]
  > = [
    ["a value that fits", { type: "object", required: ["a"] }, { a: 1 }, []],
    [
      "everything that is wrong",
      {
        type: "object",
        properties: { a: { type: "integer" } },
        required: ["b"],
        additionalProperties: false
      },
      { a: "x", c: 1 },
      ["missing b", "invalid a", "unknown c"]
    ],
    [
      "a nested place",
      { properties: { list: { items: { $ref: "#/$defs/n" } } }, $defs: { n: { minimum: 3 } } },
      { list: [4, 1] },
      ["invalid list.1"]
    ],
    [
      "a union is one problem",
      { properties: { k: { anyOf: [{ type: "string" }, { type: "object" }] } } },
      { k: 3 },
      ["invalid k"]
    ],
    ["null, false, 0 and empty text are values", { enum: [null, false, 0, ""] }, 0, []],
    [
      "members of the prototype are not there",
      { required: ["constructor"], properties: { toString: { type: "string" } } },
      {},
      ["missing constructor"]
    ],
    [
      "names with slashes and spaces",
      { properties: { "a/b c": { type: "string" } } },
      { "a/b c": 1 },
      ["invalid a/b c"]
    ],
    [
      "$dynamicRef with one anchor is $ref",
      { $dynamicAnchor: "n", type: "object", properties: { next: { $dynamicRef: "#n" } } },
      { next: { next: 1 } },
      ["invalid next.next"]
    ],
    [
      "a recursive schema",
      { type: "object", properties: { next: { $ref: "#" } }, required: ["v"] },
      { v: 1, next: {} },
      ["missing next.v"]
    ],
    ["unknown keywords with ids in them", { type: "string", "x-a": { id: "::", $id: ":" } }, "s", []]
  ]
  it.effect("JSCH-10: a schema that refers to itself without end fits nothing, and nothing crashes", () =>
    Effect.map(problems({ type: "object", $ref: "#" }, {}), (found) =>
      assert.deepStrictEqual(found, ["invalid "])
    )
  )

  for (const [name, document, value, expected] of cases) {
    it.effect(`JSCH-1: ${name}`, () =>
      Effect.map(problems(document, value), (found) =>
        assert.deepStrictEqual([...found].sort(), [...expected].sort())
      )
    )
  }
})
