import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as JsonSchema from "../../src/JsonSchema.ts"
import * as Tool from "../../src/server/Tool.ts"
import { call, textOf, toolOf } from "./ToolCall.ts"

describe("arguments", () => {
  const Order = Tool.make("order", {
    input: {
      sku: Schema.String,
      tags: Schema.optional(Schema.Array(Schema.String)),
      to: Schema.optional(Schema.Struct({ city: Schema.String, zip: Schema.optional(Schema.Int) }))
    },
    output: Schema.Struct({ got: Schema.Unknown })
  })
  const order = Tool.handle(Order, (got) => ({ got }))
  const got = (args: unknown, part = order) =>
    Effect.map(
      call(part, args),
      (result) => (result["structuredContent"] as { got: unknown } | undefined)?.got ?? textOf(result)
    )

  it.effect("S165: missing arguments are no arguments", () =>
    Effect.map(
      call(
        Tool.handle(Tool.make("t", { input: { a: Schema.optional(Schema.String) } }), ({ a }) => a ?? "none")
      ),
      (result) => assert.strictEqual(textOf(result), "none")
    )
  )

  it.effect("S049: a string that holds JSON stands for the value where no string is wanted", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* got({ sku: "1", tags: '["a"]', to: '{"city":"Graz","zip":"8010"}' }), {
        sku: "1",
        tags: ["a"],
        to: { city: "Graz", zip: 8010 }
      })
    })
  )

  it.effect("S049: a string stays a string where one is wanted", () =>
    Effect.map(got({ sku: '{"a":1}' }), (value) => assert.deepStrictEqual(value, { sku: '{"a":1}' }))
  )

  it.effect("S049: leniency can be switched off", () =>
    Effect.gen(function* () {
      const strict = Tool.handle(Order, (value) => ({ got: value }), { lenient: false })
      assert.include((yield* got({ sku: "1", tags: '["a"]' }, strict)) as string, '"tags" must be a list')
    })
  )

  it.effect("null under a key of the caller's own choice is a mistake, and not left out", () =>
    Effect.gen(function* () {
      const Count = Tool.make("count", {
        input: { of: Schema.Record(Schema.String, Schema.Int) },
        output: Schema.Struct({ got: Schema.Unknown })
      })
      const count = Tool.handle(Count, (args) => ({ got: args }))
      assert.include(
        String(yield* got({ of: { a: 1, b: null } }, count as typeof order)),
        '"of.b" must be an integer, but null was sent'
      )
    })
  )

  it.effect("what is wrong in a member of a union is told of what was sent", () =>
    Effect.gen(function* () {
      const Draw = Tool.make("draw", {
        input: {
          shape: Schema.Union([
            Schema.TaggedStruct("circle", { r: Schema.Finite }),
            Schema.TaggedStruct("square", { a: Schema.Finite, b: Schema.optional(Schema.Finite) })
          ])
        },
        output: Schema.Struct({ got: Schema.Unknown })
      })
      const draw = Tool.handle(Draw, (args) => ({ got: args })) as typeof order
      assert.include(
        (yield* got({ shape: { _tag: "circle", r: null } }, draw)) as string,
        '"shape.r" must be a number, but null was sent'
      )
      assert.deepStrictEqual(yield* got({ shape: { _tag: "square", a: 1, b: null } }, draw), {
        shape: { _tag: "square", a: 1 }
      })
    })
  )

  it.effect("what is wrong in a list inside of a union, or is too great a number, is told as it is", () =>
    Effect.gen(function* () {
      const Odd = Tool.make("odd", {
        input: { n: Schema.Finite, u: Schema.Union([Schema.String, Schema.Array(Schema.Int)]) },
        output: Schema.Struct({ got: Schema.Unknown })
      })
      const odd = Tool.handle(Odd, (args) => ({ got: args })) as typeof order
      const told = String(yield* got({ n: "1e999", u: [1, "x"] }, odd))
      assert.include(told, '"u[1]" must be an integer, but "x" was sent')
      assert.include(told, '"n" must be a number, but "1e999" was sent')
    })
  )

  it("a union that is a member of itself is looked through once", () => {
    const closed = { type: "object", properties: { b: { type: "null" } }, additionalProperties: false }
    const open = { type: "object", properties: { a: { type: "integer" } } }
    const descended = (name: string) =>
      JsonSchema.descend(
        {
          $ref: `#/$defs/${name}`,
          $defs: { u: { anyOf: [closed, open] }, v: { anyOf: [{ $ref: "#/$defs/v" }] } }
        },
        ["a"]
      )
    assert.deepStrictEqual(descended("u"), { type: "integer" })
    assert.isUndefined(descended("v"))
  })

  it.effect("null for an optional argument is no argument; for a required one it is a mistake", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* got({ sku: "1", tags: null }), { sku: "1" })
      assert.include((yield* got({ sku: null })) as string, '"sku" must be a string, but null was sent')
    })
  )

  it.effect("unknown arguments are refused, because a misspelt optional one would be lost in silence", () =>
    Effect.gen(function* () {
      assert.include(
        (yield* got({ sku: "1", tag: ["a"] })) as string,
        '"tag" is not known: did you mean "tags"?'
      )
    })
  )

  it.effect("unknown arguments are dropped where the author says so, and the schema says the same", () =>
    Effect.gen(function* () {
      const open = Tool.handle(Order, (value) => ({ got: value }), { unknownArguments: "ignore" })
      assert.deepStrictEqual(yield* got({ sku: "1", tag: ["a"] }, open), { sku: "1" })
      assert.notProperty(toolOf(open).descriptor["inputSchema"], "additionalProperties")
    })
  )

  it.effect("members of the prototype are not arguments", () =>
    Effect.map(got(JSON.parse('{"sku":"1","__proto__":{"tags":["x"]}}')), (value) =>
      assert.include(value as string, '"__proto__" is not known')
    )
  )

  it.effect("dates, bytes and defaults arrive decoded", () =>
    Effect.gen(function* () {
      const tool = Tool.make("t", {
        input: {
          at: Schema.Date,
          file: Schema.Uint8Array,
          n: Schema.Finite.pipe(Schema.withDecodingDefault(Effect.succeed(7)))
        }
      })
      const part = Tool.handle(tool, ({ at, file, n }) => `${at.getTime()} ${file.length} ${n}`)
      assert.strictEqual(textOf(yield* call(part, { at: "1970-01-01T00:00:00.001Z", file: "AAEC" })), "1 3 7")
    })
  )

  it.effect("a schema that needs a service is given it from outside", () =>
    Effect.gen(function* () {
      class Prefix extends Context.Service<Prefix, string>()("test/Prefix") {}
      const Prefixed = Schema.String.pipe(
        Schema.decodeTo(Schema.String, {
          decode: SchemaGetter.transformEffect((text) => Effect.map(Prefix, (prefix) => prefix + text)),
          encode: SchemaGetter.transformEffect((text) => Effect.succeed(text))
        })
      )
      const part = Tool.handle(Tool.make("t", { input: { name: Prefixed } }), ({ name }) => name)
      assert.strictEqual(
        textOf(yield* Effect.provideService(call(part, { name: "x" }), Prefix, "my-")),
        "my-x"
      )
    })
  )
})
