/** Schemas of peers that are made to keep us busy, or to make us call somebody. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as JsonSchema from "mcp-effect/JsonSchema"
import * as OutputSchemas from "../src/client/OutputSchemas.ts"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const chain = (length: number, step: (next: object) => object) =>
  Object.fromEntries(
    Array.from({ length }, (_, index) => [
      `s${index}`,
      index === length - 1 ? { type: "string" } : step({ $ref: `#/$defs/s${index + 1}` })
    ])
  )

/** Each of these doubles the work forty times, and none of them is large. */
const exponential: ReadonlyArray<readonly [what: string, document: JsonSchema.Document, value: unknown]> = [
  ["allOf", { $ref: "#/$defs/s0", $defs: chain(40, (next) => ({ allOf: [next, next] })) }, "x"],
  ["anyOf", { $ref: "#/$defs/s0", $defs: chain(40, (next) => ({ anyOf: [{ not: next }, next] })) }, "x"],
  ["oneOf", { $ref: "#/$defs/s0", $defs: chain(40, (next) => ({ oneOf: [{ not: next }, next] })) }, "x"],
  ["if", { $ref: "#/$defs/s0", $defs: chain(40, (next) => ({ if: next, then: next })) }, "x"],
  [
    "properties of a nested value",
    {
      $ref: "#/$defs/n",
      $defs: { n: { properties: { a: { allOf: [{ $ref: "#/$defs/n" }, { $ref: "#/$defs/n" }] } } } }
    },
    Array.from({ length: 60 }).reduce<object>((inner) => ({ a: inner }), {})
  ],
  [
    "$dynamicRef",
    { $dynamicAnchor: "n", properties: { a: { allOf: [{ $dynamicRef: "#n" }, { $dynamicRef: "#n" }] } } },
    Array.from({ length: 60 }).reduce<object>((inner) => ({ a: inner }), {})
  ]
]

const problems = (document: JsonSchema.Document, value: unknown) =>
  Effect.map(JsonSchema.validator(document), (validate) => validate(value))

describe("a schema of a peer", () => {
  for (const [what, document, value] of exponential) {
    it.effect(`E18, JSCH-10: that doubles its work by ${what} is given up, and the value fits nothing`, () =>
      Effect.gen(function* () {
        const validate = yield* JsonSchema.validator(document)
        const [problem, ...others] = validate(value)
        assert.include(problem?.message, "more than 250000 checks")
        assert.lengthOf(others, 0)
      })
    )
  }

  it.effect("E18: is held against each value anew", () =>
    Effect.gen(function* () {
      const validate = yield* JsonSchema.validator({ items: { type: "integer" } })
      const long = Array.from({ length: 100_000 }, (_, index) => index)
      for (let round = 0; round < 4; round++) assert.deepStrictEqual(validate(long), [])
    })
  )

  it.effect("E18: has no regular expression that is run", () =>
    Effect.gen(function* () {
      const slow = "^(a+)+$"
      const value = `${"a".repeat(100)}!`
      assert.deepStrictEqual(yield* problems({ type: "string", pattern: slow }, value), [])
      const named = { patternProperties: { [slow]: { type: "string" } }, additionalProperties: false }
      assert.deepStrictEqual(yield* problems(named, { [value]: 1 }), [])
      const inside = { properties: { a: { items: { propertyNames: { pattern: slow } } } } }
      assert.deepStrictEqual(yield* problems(inside, { a: [{ [value]: 1 }] }), [])
    })
  )

  it.effect("E18: keeps the rest of what it says", () =>
    Effect.gen(function* () {
      const strict = { properties: { pattern: { type: "string" } }, additionalProperties: false }
      assert.deepStrictEqual(yield* problems(strict, { pattern: "x" }), [])
      assert.lengthOf(yield* problems(strict, { pattern: 1 }), 1)
      assert.lengthOf(yield* problems(strict, { uniqueItems: true }), 1)
      assert.lengthOf(yield* problems({ type: "string", pattern: "a", minLength: 3 }, "b"), 1)
      const into = { patternProperties: { a: { type: "string" } }, items: { $ref: "#/patternProperties/a" } }
      const error = yield* Effect.flip(JsonSchema.validator(into))
      assert.include(error.message, "#/patternProperties/a")
    })
  )

  it.effect("E18: does not compare each of many items with each other", () =>
    Effect.gen(function* () {
      const many = Array.from({ length: 100_000 }, (_, index) => [index])
      assert.deepStrictEqual(yield* problems({ uniqueItems: true }, many), [])
    })
  )

  it.live("E18, JSCH-6, JSCH-9, TOOL-24: is not fetched, whatever it refers to and however", () =>
    Effect.gen(function* () {
      let hits = 0
      const canary = createServer((_, response) => {
        hits++
        response.end('{"type":"string"}')
      })
      yield* Effect.acquireRelease(
        Effect.promise(() => new Promise<void>((done) => void canary.listen(0, "127.0.0.1", () => done()))),
        () => Effect.sync(() => void canary.close())
      )
      const url = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/schema.json`
      const outside: ReadonlyArray<JsonSchema.Document> = [
        { $ref: url },
        { $ref: `${url}#/$defs/a` },
        { $dynamicRef: `${url}#a` },
        { $id: url, $ref: "other.json" },
        { $id: url, properties: { a: { $ref: "/x" } } },
        { $schema: url, type: "object" },
        { $schema: "https://json-schema.org/draft/2019-09/schema", $recursiveRef: url },
        { properties: { a: { items: { anyOf: [{ $ref: url }] } } } },
        { $ref: "file:///etc/passwd" }
      ]
      for (const schema of outside) {
        const error = yield* Effect.flip(JsonSchema.validator(schema))
        assert.strictEqual(error._tag, "UnusableSchema", JSON.stringify(schema))
        assert.throws(() => JsonSchema.raw(schema))
        const tools = OutputSchemas.make()
        tools.learn([{ name: "t", inputSchema: schema, outputSchema: schema }])
        yield* tools.check("t", { structuredContent: { a: [1] } })
      }
      assert.deepStrictEqual(
        yield* problems({ $id: url, type: "string" }, "x"),
        [],
        "a name is not an address"
      )
      assert.strictEqual(hits, 0)
    }).pipe(Effect.scoped)
  )
})

describe("a schema of one's own", () => {
  it.effect("E18, JSCH-10: is given up as well when a value makes it double its work", () =>
    Effect.gen(function* () {
      const [, document, value] = exponential[4]!
      const decode = Schema.decodeUnknownEffect(JsonSchema.raw(document))
      const error = yield* Effect.flip(decode(value))
      assert.include(String(error), "more than 250000 checks")
      assert.deepStrictEqual(yield* decode({ a: { a: {} } }), { a: { a: {} } })
    })
  )
})
