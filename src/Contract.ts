/**
 * What server and client agree on about a tool: its name, what goes in, what comes out, and how it can fail. Both
 * sides may import the same contract; only the server has the handler.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools
 */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as JsonSchema from "./JsonSchema.ts"
import * as ToolName from "./protocol/ToolName.ts"
import type { ContentBlock } from "./protocol/Content.ts"
import type { Icon } from "./protocol/Icon.ts"
import type * as JsonRpc from "./protocol/JsonRpc.ts"

/** A piece of content as it goes over the wire: text, image, audio, embedded resource or resource link. */
export type Block = ContentBlock

/** Hints for hosts about what a tool does. Hosts must not trust them unless they trust the server. */
export interface Annotations {
  readonly title?: string
  /** It changes nothing. */
  readonly readOnlyHint?: boolean
  /** It may destroy or overwrite; means something only when it is not read-only. */
  readonly destructiveHint?: boolean
  /** Calling it again with the same arguments changes nothing more. */
  readonly idempotentHint?: boolean
  /** It reaches beyond a closed set of things: the web, for example. */
  readonly openWorldHint?: boolean
}

/** What peers are told about a tool besides its schemas. */
export interface About {
  /** For people: what a host shows. */
  readonly title?: string
  /** For models: what the tool does, when to use it, what the answer means. */
  readonly description?: string
  readonly annotations?: Annotations
  readonly icons?: ReadonlyArray<Icon>
  readonly _meta?: JsonRpc.Params
}

export interface Tool<
  out Name extends string,
  out I extends Schema.Constraint,
  out O extends Schema.Constraint,
  out F extends Schema.Constraint
> extends About {
  readonly name: Name
  readonly input: I
  readonly output: O
  readonly failure: F
}

export type Any = Tool<string, Schema.Constraint, Schema.Constraint, Schema.Constraint>

/** What the handler gets and a typed client passes. */
export type Input<T extends Any> = T["input"]["Type"]
/** What the handler answers and a typed client gets. */
export type Output<T extends Any> = T["output"]["Type"]
/** How the tool can fail as a tool. */
export type Failure<T extends Any> = T["failure"]["Type"]
/** What the server needs to decode arguments and encode answers. */
export type Codecs<T extends Any> =
  | T["input"]["DecodingServices"]
  | T["output"]["EncodingServices"]
  | T["failure"]["EncodingServices"]
/** What a client needs to encode arguments and decode answers. */
export type ClientCodecs<T extends Any> =
  | T["input"]["EncodingServices"]
  | T["output"]["DecodingServices"]
  | T["failure"]["DecodingServices"]

/** Struct fields, or a whole schema: a struct, a class, a union of structs, or `JsonSchema.raw`. */
export type InputOption = Schema.Struct.Fields | Schema.Constraint
export type InputSchema<I extends InputOption> = I extends Schema.Constraint
  ? I
  : I extends Schema.Struct.Fields
    ? Schema.Struct<I>
    : never

/** Stands for the output of a tool that declares none: it answers in text and other content. */
export interface Content extends Schema.Codec<ReadonlyArray<Block>, unknown> {
  readonly "~mcp-effect/Contract/Content": true
}

const AnyBlock = Schema.StructWithRest(
  Schema.Struct({ type: Schema.Literals(["text", "image", "audio", "resource", "resource_link"]) }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
export const Content: Content = Object.assign(
  Schema.Array(AnyBlock) as Schema.Constraint as Schema.Codec<ReadonlyArray<Block>, unknown>,
  {
    "~mcp-effect/Contract/Content": true as const
  }
)

/** The parts of a contract that are written down; everything but the name may be left out. */
export interface Terms<
  I extends InputOption,
  O extends Schema.Constraint,
  F extends Schema.Constraint
> extends About {
  readonly input?: I
  readonly output?: O
  readonly failure?: F
}

/**
 * Writes a contract down. Throws when the name is not 1 to 128 characters of A-Z a-z 0-9 `_` `-` `.`: a mistake of
 * the author is told where it is made. (An input that is not a JSON object is refused with the handler.)
 */
export const make = <
  const Name extends string,
  I extends InputOption = {},
  O extends Schema.Constraint = Content,
  F extends Schema.Constraint = Schema.Never
>(
  name: Name,
  terms: Terms<I, O, F> = {}
): Tool<Name, InputSchema<I>, O, F> => {
  ToolName.check(name)
  const { failure = Schema.Never, input = {}, output = Content, ...about } = terms
  return {
    ...about,
    name,
    input: Schema.isSchema(input) ? input : Schema.Struct(input as Schema.Struct.Fields),
    output,
    failure
  } as Schema.Constraint | object as Tool<Name, InputSchema<I>, O, F>
}

/**
 * How an answer travels. *content*: as content blocks alone. *nothing*: an empty list of them. *text*: as one text
 * block (a plain string has no structure a peer would gain, so it is not sent twice and has no output schema).
 * *structured*: as `structuredContent` that fits the output schema, and the same JSON as text for older hosts.
 */
export type Form = "content" | "nothing" | "text" | "structured"

export const form = (tool: Any): Form => {
  if (tool.output === Content) return "content"
  const { ast } = tool.output
  if (SchemaAST.isVoid(ast) || SchemaAST.isUndefined(ast)) return "nothing"
  return JsonSchema.documentOf(ast) === undefined &&
    SchemaAST.isString(SchemaAST.toEncoded(JsonSchema.codec(tool.output).ast))
    ? "text"
    : "structured"
}

/** Under this key of a failed result's `_meta` the declared failure travels, encoded by its schema. */
export const failureKey = "mcp-effect/failure"

/** The JSON Schema of the arguments: an object at the root, as MCP demands, that names every argument it takes. */
export const inputSchema = (
  tool: Any,
  unknownArguments: "refuse" | "ignore" = "refuse"
): JsonSchema.Document => {
  const document = JsonSchema.of(tool.input)
  const [fault] = JsonSchema.headers(document).faults
  if (fault !== undefined) throw new Error(`The tool "${tool.name}" cannot be used over HTTP: ${fault}.`)
  if (JsonSchema.documentOf(tool.input.ast) !== undefined) {
    if (document["type"] === "object") return document
    throw new Error(
      `The input of the tool "${tool.name}" must be a JSON Schema with type "object" at its root.`
    )
  }
  if (document["type"] !== undefined && document["type"] !== "object") {
    throw new Error(
      `The input of the tool "${tool.name}" must be an object, not of type "${String(document["type"])}".`
    )
  }
  const closed = unknownArguments === "refuse" && argumentNames(tool) !== undefined
  return { type: "object", ...document, ...(closed ? { additionalProperties: false } : {}) }
}

/** The names a tool takes arguments by; `undefined` where they are not a fixed set, as in a record or a union. */
export const argumentNames = (tool: Any): ReadonlySet<string> | undefined => {
  if (JsonSchema.documentOf(tool.input.ast) !== undefined) return undefined
  const ast = SchemaAST.toEncoded(JsonSchema.codec(tool.input).ast)
  return SchemaAST.isObjects(ast) && ast.indexSignatures.length === 0
    ? new Set(ast.propertySignatures.map(({ name }) => String(name)))
    : undefined
}

/** The JSON Schema of the answer; `undefined` where the answer is content. */
export const outputSchema = (tool: Any): JsonSchema.Document | undefined =>
  form(tool) === "structured" ? JsonSchema.of(tool.output) : undefined
