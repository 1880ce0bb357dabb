/**
 * Mistakes of models and of handlers, as data: which tool is called with what. The same table is run against the tools
 * alone and may be run through a whole server in every revision.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as JsonSchema from "../../src/JsonSchema.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Tool from "../../src/server/Tool.ts"

/** Must appear nowhere on the wire. */
export const secret = "database password is hunter2"

class OutOfStock extends Schema.TaggedError<OutOfStock>()("OutOfStock", { sku: Schema.String, left: Schema.Int }) {
  override get message() {
    return `only ${this.left} left of ${this.sku}`
  }
}
class NotAllowed extends Schema.TaggedError<NotAllowed>()("NotAllowed", {}) {}
class Unreachable extends Schema.TaggedError<Unreachable>()("Unreachable", { cause: Schema.Defect() }) {}

const Address = Schema.Struct({
  city: Schema.String,
  zip: Schema.String.check(Schema.isPattern(/^\d{4}$/)),
  country: Schema.optional(Schema.Literals(["AT", "DE", "CH"]))
})

const order = Tool.handle(
  Tool.make("order", {
    input: {
      sku: Schema.String.check(Schema.isMinLength(1)).annotate({ examples: ["A-17"] }),
      count: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 })),
      gift: Schema.optional(Schema.Boolean),
      price: Schema.optional(Schema.Number.check(Schema.isGreaterThan(0))),
      deliverAt: Schema.optional(Schema.Date),
      address: Schema.optional(Address),
      items: Schema.optional(Schema.Array(Schema.Struct({ name: Schema.String, amount: Schema.Int }))),
      tags: Schema.optional(Schema.Array(Schema.String).check(Schema.isMaxLength(2))),
      note: Schema.optional(Schema.NullOr(Schema.String)),
      limits: Schema.optional(Schema.Record(Schema.String, Schema.Int)),
      photo: Schema.optional(Schema.Uint8Array),
      code: Schema.optional(
        Schema.String.check(Schema.makeFilter((code) => (code.includes("-") ? true : "a code has a dash in it, as in X-1")))
      )
    },
    output: Schema.Struct({ id: Schema.String }),
    failure: Schema.Union([OutOfStock, NotAllowed, Unreachable])
  }),
  ({ count, sku }) => {
    if (sku === "rare") return Effect.fail(new OutOfStock({ sku, left: count - 1 }))
    if (sku === "forbidden") return Effect.fail(new NotAllowed())
    if (sku === "remote") return Effect.fail(new Unreachable({ cause: new Error(secret) }))
    if (sku === "defect") return Effect.die(new Error(secret))
    if (sku === "protocol") return Effect.fail(McpError.make(-32000, "Maintenance until noon", { until: "12:00" }))
    return Effect.succeed({ id: `${sku}-${count}` })
  }
)

const shape = Tool.handle(
  Tool.make("shape", {
    input: {
      shape: Schema.TaggedUnion({ Circle: { radius: Schema.Number }, Square: { side: Schema.Number } }),
      size: Schema.optional(Schema.Union([Schema.Int, Schema.Literals(["small", "big"])]))
    }
  }),
  () => "drawn"
)

const ping = Tool.handle(Tool.make("ping"), () => "pong")

const query = Tool.handle(
  Tool.make("query", {
    input: JsonSchema.raw({
      type: "object",
      properties: {
        sql: { type: "string", minLength: 1 },
        limit: { type: "integer", minimum: 1 },
        order: { enum: ["asc", "desc"] },
        where: { type: "array", items: { $ref: "#/$defs/term" }, uniqueItems: true }
      },
      required: ["sql"],
      additionalProperties: false,
      $defs: { term: { type: "object", required: ["field"] } }
    })
  }),
  () => "no rows"
)

const crash = Tool.handle(Tool.make("crash"), (): string => {
  throw new Error(secret)
})

const liar = Tool.handle(Tool.make("liar", { output: Schema.Struct({ n: Schema.Int }) }), () => ({ n: 0.5 }))

export const tools = [order, shape, ping, query, crash, liar]

export interface Mistake {
  readonly title: string
  readonly tool: string
  readonly arguments?: unknown
}

const mistake = (title: string, tool: string, args?: unknown): Mistake =>
  args === undefined ? { title, tool } : { title, tool, arguments: args }

const fine = { sku: "A-17", count: 1 }

export const mistakes: ReadonlyArray<Mistake> = [
  mistake("no arguments where some are needed", "order"),
  mistake("one is missing", "order", { sku: "A-17" }),
  mistake("a word for a number", "order", { ...fine, count: "three" }),
  mistake("a fraction for an integer", "order", { ...fine, count: 1.5 }),
  mistake("too big", "order", { ...fine, count: 10 }),
  mistake("too small", "order", { ...fine, count: 0 }),
  mistake("a bound that is not included", "order", { ...fine, price: 0 }),
  mistake("a number for a string", "order", { ...fine, sku: 17 }),
  mistake("an empty string", "order", { ...fine, sku: "" }),
  mistake("null for a required argument", "order", { ...fine, sku: null }),
  mistake("a word for a boolean", "order", { ...fine, gift: "yes" }),
  mistake("a date nobody can read", "order", { ...fine, deliverAt: "next tuesday" }),
  mistake("bytes that are not Base64", "order", { ...fine, photo: "%%%" }),
  mistake("an object where a list belongs", "order", { ...fine, tags: { a: 1 } }),
  mistake("a list that is too long", "order", { ...fine, tags: ["a", "b", "c"] }),
  mistake("a misspelt optional argument", "order", { ...fine, adress: { city: "Graz", zip: "8010" } }),
  mistake("an argument that is nothing like any other", "order", { ...fine, temperature: 3 }),
  mistake("nested: missing", "order", { ...fine, address: { zip: "8010" } }),
  mistake("nested: a pattern", "order", { ...fine, address: { city: "Graz", zip: "A-8010" } }),
  mistake("nested: one of several words", "order", { ...fine, address: { city: "Graz", zip: "8010", country: "Austria" } }),
  mistake("nested in a list", "order", { ...fine, items: [{ name: "a", amount: 1 }, { name: 2 }] }),
  mistake("nested in a record", "order", { ...fine, limits: { a: 1, b: "x" } }),
  mistake("JSON in a string that does not fit either", "order", { ...fine, address: '{"city":1}' }),
  mistake("JSON in a string that is broken", "order", { ...fine, items: '[{"name":' }),
  mistake("a rule in words of its own", "order", { ...fine, code: "X1" }),
  mistake("a string or null", "order", { ...fine, note: 5 }),
  mistake("several at once", "order", { sku: 1, count: "x", gift: 2, adress: "?", items: [{}] }),
  mistake("more than ten", "order", { sku: "a", count: 1, items: Array.from({ length: 7 }, () => ({ name: 1, amount: "x" })) }),
  mistake("a long value is cut", "order", { ...fine, count: "x".repeat(500) }),
  mistake("a key of the prototype", "order", JSON.parse('{"sku":"A-17","count":1,"__proto__":{"gift":true}}')),
  mistake("an argument for a tool that takes none", "ping", { host: "example.com" }),
  mistake("an unknown member of a tagged union", "shape", { shape: { _tag: "Triangle" } }),
  mistake("a member of a tagged union that lacks something", "shape", { shape: { _tag: "Circle" } }),
  mistake("none of several types", "shape", { shape: { _tag: "Circle", radius: 1 }, size: "huge" }),
  mistake("raw schema: missing and unknown", "query", { sq: "select 1" }),
  mistake("raw schema: wrong type, bound and word", "query", { sql: 1, limit: 0, order: "up" }),
  mistake("raw schema: nested, through a reference", "query", { sql: "x", where: [{}, {}] }),
  mistake("a declared failure", "order", { sku: "rare", count: 3 }),
  mistake("a declared failure without fields or words", "order", { sku: "forbidden", count: 1 }),
  mistake("a declared failure with a cause", "order", { sku: "remote", count: 1 }),
  mistake("an error of the protocol", "order", { sku: "protocol", count: 1 }),
  mistake("a defect in an Effect", "order", { sku: "defect", count: 1 }),
  mistake("an exception", "crash"),
  mistake("an answer that does not fit its own schema", "liar")
]
