/** Schemas, the JSON Schema each should give, and a value of it. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const Colour = { Red: "red", Green: "green" } as const
const Level = { Low: 1, High: 2 } as const

export class Point extends Schema.Class<Point>("Point")({
  x: Schema.Number,
  y: Schema.optional(Schema.Number)
}) {}

interface Folder {
  readonly name: string
  readonly folders: ReadonlyArray<Folder>
}
const Folder: Schema.Codec<Folder> = Schema.Struct({
  name: Schema.String,
  folders: Schema.Array(Schema.suspend((): Schema.Codec<Folder> => Folder))
}).annotate({ identifier: "Folder" })

interface Nameless {
  readonly next?: Nameless | undefined
}
interface Tree {
  readonly leaves: ReadonlyArray<Tree>
}
/** Called as what nobody named is called. */
const Tree: Schema.Codec<Tree> = Schema.Struct({
  leaves: Schema.Array(Schema.suspend((): Schema.Codec<Tree> => Tree))
}).annotate({ identifier: "Node" })

const Nameless: Schema.Codec<Nameless> = Schema.Struct({
  next: Schema.optional(Schema.suspend((): Schema.Codec<Nameless> => Nameless))
})

export interface Case {
  readonly name: string
  readonly schema: Schema.Codec<unknown, unknown>
  readonly expected: object
  /** A value of the schema: its JSON must fit the JSON Schema and decode to it again. */
  readonly value?: unknown
}

/** Cases are compared as JSON, whatever the type of their values. */
const one = <A>(
  name: string,
  schema: Schema.Codec<A, unknown>,
  expected: object,
  ...value: readonly [] | readonly [A]
): Case => ({
  name,
  schema: schema as Schema.Codec<unknown, unknown>,
  expected,
  ...(value.length === 0 ? {} : { value: value[0] })
})

export const cases: ReadonlyArray<Case> = [
  one("a number is a number, not a union with NaN", Schema.Number, { type: "number" }, 1.5),
  one("a finite number", Schema.Finite, { type: "number" }, -2),
  one("an integer has no bounds nobody wrote", Schema.Int, { type: "integer" }, 3),
  one(
    "bounds",
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 })),
    { type: "integer", minimum: 1, maximum: 4 },
    2
  ),
  one(
    "a number with a bound keeps it",
    Schema.Number.check(Schema.isGreaterThan(0)),
    { type: "number", exclusiveMinimum: 0 },
    1
  ),
  one(
    "lengths as they were written",
    Schema.String.check(Schema.isMinLength(2), Schema.isMaxLength(5)),
    { type: "string", minLength: 2, maxLength: 5 },
    "abc"
  ),
  one(
    "a pattern without the u flag",
    Schema.String.check(Schema.isPattern(/^\d+$/)),
    { type: "string", pattern: "^\\d+$" },
    "12"
  ),
  one(
    "a pattern JSON Schema cannot say",
    Schema.String.check(Schema.isPattern(new RegExp("^\\_$"))),
    { type: "string" },
    "_"
  ),
  one(
    "a UUID is a format",
    Schema.String.check(Schema.isUUID()),
    { type: "string", format: "uuid" },
    "3c1c9ee5-9d0e-4b6e-9b59-34ac4e0c2f5c"
  ),
  one("literals", Schema.Literals(["a", "b"]), { type: "string", enum: ["a", "b"] }, "a"),
  one("an enum of strings", Schema.Enum(Colour), { type: "string", enum: ["red", "green"] }, Colour.Red),
  one(
    "an enum of numbers keeps the names",
    Schema.Enum(Level),
    {
      anyOf: [
        { type: "number", enum: [1], title: "Low" },
        { type: "number", enum: [2], title: "High" }
      ]
    },
    Level.High
  ),
  one(
    "optional fields are absent, not null",
    Schema.Struct({ a: Schema.optional(Schema.String), b: Schema.optionalKey(Schema.Int), c: Schema.String }),
    {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "integer" }, c: { type: "string" } },
      required: ["c"]
    },
    { c: "x" }
  ),
  one(
    "null is there when it is meant",
    Schema.Struct({ a: Schema.optional(Schema.NullOr(Schema.String)) }),
    { type: "object", properties: { a: { anyOf: [{ type: "string" }, { type: "null" }] } } },
    { a: null }
  ),
  one(
    "descriptions, titles, examples and defaults",
    Schema.Struct({
      city: Schema.String.annotate({ title: "City", description: "Where", examples: ["Graz"] }),
      days: Schema.optional(Schema.Int.annotate({ description: "How many days" })).annotate({ default: 3 }),
      unit: Schema.String.annotateKey({ description: "C or F" })
    }),
    {
      type: "object",
      properties: {
        city: { type: "string", title: "City", description: "Where", examples: ["Graz"] },
        days: { type: "integer", description: "How many days", default: 3 },
        unit: { type: "string", description: "C or F" }
      },
      required: ["city", "unit"]
    },
    { city: "Graz", unit: "C" }
  ),
  one(
    "a decoding default makes a field optional; the default is shown when it is annotated",
    Schema.Struct({
      n: Schema.Finite.pipe(Schema.withDecodingDefault(Effect.succeed(3))).annotate({ default: 3 })
    }),
    { type: "object", properties: { n: { type: "number", default: 3 } } },
    { n: 4 }
  ),
  one("a date", Schema.Date, { type: "string", format: "date-time" }, new Date("2026-07-28T09:00:00Z")),
  one(
    "a date from a string keeps its description; its example is JSON",
    Schema.DateFromString.annotate({ description: "When", examples: [new Date(0)] }),
    { type: "string", format: "date-time", description: "When", examples: ["1970-01-01T00:00:00.000Z"] },
    new Date("2026-07-28T09:00:00Z")
  ),
  one(
    "an optional date",
    Schema.Struct({ at: Schema.optional(Schema.Date) }),
    { type: "object", properties: { at: { type: "string", format: "date-time" } } },
    { at: new Date(0) }
  ),
  one("milliseconds are a number", Schema.DateFromMillis, { type: "integer" }, new Date(5)),
  one(
    "bytes",
    Schema.Uint8Array.annotate({ description: "A file" }),
    { type: "string", contentEncoding: "base64", description: "A file" },
    new Uint8Array([0, 1, 2])
  ),
  one("a branded string", Schema.String.pipe(Schema.brand("Sku")), { type: "string" }),
  one("a list", Schema.Array(Schema.Number), { type: "array", items: { type: "number" } }, [1, 2]),
  one(
    "a tuple",
    Schema.Tuple([Schema.String, Schema.Number]),
    { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], minItems: 2, maxItems: 2 },
    ["a", 1]
  ),
  one(
    "a record",
    Schema.Record(Schema.String, Schema.Number),
    { type: "object", additionalProperties: { type: "number" } },
    { a: 1 }
  ),
  one("anything", Schema.Record(Schema.String, Schema.Unknown), { type: "object" }, { a: [1] }),
  one(
    "a tagged union",
    Schema.TaggedUnion({ Circle: { radius: Schema.Number }, Square: { side: Schema.optional(Schema.Int) } }),
    {
      anyOf: [
        {
          type: "object",
          properties: { _tag: { type: "string", enum: ["Circle"] }, radius: { type: "number" } },
          required: ["_tag", "radius"]
        },
        {
          type: "object",
          properties: { _tag: { type: "string", enum: ["Square"] }, side: { type: "integer" } },
          required: ["_tag"]
        }
      ]
    },
    { _tag: "Square", side: 2 }
  ),
  one(
    "a union of types",
    Schema.Union([Schema.String, Schema.Number, Schema.Null]),
    { anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }] },
    2
  ),
  one(
    "a class is written out",
    Point,
    { type: "object", properties: { x: { type: "number" }, y: { type: "number" } }, required: ["x"] },
    new Point({ x: 1 })
  ),
  one(
    "a schema used twice is defined once",
    Schema.Struct({ from: Point, to: Point }),
    {
      type: "object",
      properties: { from: { $ref: "#/$defs/Point" }, to: { $ref: "#/$defs/Point" } },
      required: ["from", "to"],
      $defs: {
        Point: {
          type: "object",
          properties: { x: { type: "number" }, y: { type: "number" } },
          required: ["x"]
        }
      }
    },
    { from: new Point({ x: 1 }), to: new Point({ x: 2, y: 3 }) }
  ),
  one(
    "a recursive schema: the root is written out, the rest refers to $defs",
    Folder,
    {
      type: "object",
      properties: { name: { type: "string" }, folders: { type: "array", items: { $ref: "#/$defs/Folder" } } },
      required: ["name", "folders"],
      $defs: {
        Folder: {
          type: "object",
          properties: {
            name: { type: "string" },
            folders: { type: "array", items: { $ref: "#/$defs/Folder" } }
          },
          required: ["name", "folders"]
        }
      }
    },
    { name: "a", folders: [{ name: "b", folders: [] }] }
  ),
  one(
    "a recursive schema nobody named",
    Nameless,
    {
      type: "object",
      properties: { next: { $ref: "#/$defs/Node" } },
      $defs: { Node: { type: "object", properties: { next: { $ref: "#/$defs/Node" } } } }
    },
    { next: { next: {} } }
  ),
  one(
    "a recursive schema nobody named beside one that is called Node",
    Schema.Struct({ chain: Nameless, tree: Tree }),
    {
      type: "object",
      properties: { chain: { $ref: "#/$defs/Node2" }, tree: { $ref: "#/$defs/Node" } },
      required: ["chain", "tree"],
      $defs: {
        Node2: { type: "object", properties: { next: { $ref: "#/$defs/Node2" } } },
        Node: {
          type: "object",
          properties: { leaves: { type: "array", items: { $ref: "#/$defs/Node" } } },
          required: ["leaves"]
        }
      }
    },
    { chain: { next: {} }, tree: { leaves: [{ leaves: [] }] } }
  ),
  one("types inside other types", Schema.Option(Schema.Number), {
    anyOf: [
      {
        type: "object",
        properties: { _tag: { type: "string", enum: ["Some"] }, value: { type: "number" } },
        required: ["_tag", "value"]
      },
      { type: "object", properties: { _tag: { type: "string", enum: ["None"] } }, required: ["_tag"] }
    ]
  }),
  one(
    "x-mcp-header stays on its property",
    Schema.Struct({ region: Schema.String.annotate({ "x-mcp-header": "Region" }) }),
    {
      type: "object",
      properties: { region: { type: "string", "x-mcp-header": "Region" } },
      required: ["region"]
    },
    { region: "eu" }
  ),
  one("an empty struct", Schema.Struct({}), { type: "object" }, {}),
  one("nothing", Schema.Void, { type: "null" })
]
