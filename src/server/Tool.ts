/**
 * Tools: the contract, and the handler that gives it a server.
 *
 * *Errors.* Arguments that do not fit are told to the model, all at once, with what would do. A declared failure is
 * an `isError` result: text for the model, and the failure itself under `Contract.failureKey` of `_meta` for clients
 * that hold the contract. `McpError` fails the request, and so does `InsufficientScope`. `Declined` and `Cancelled` of
 * `Ask` need not be declared.
 * Anything else is a defect: the peer sees one frozen -32603, the log the cause.
 *
 * *Output.* A declared output travels as `structuredContent`, checked against its schema, and as the same JSON in a
 * text block for hosts that read only text. A plain string travels as one text block: it has no structure, so it is
 * not sent twice and announces no output schema. `Schema.Void` answers no content. A tool without output answers
 * text and content blocks.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools
 */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Contract from "../Contract.ts"
import * as JsonSchema from "../JsonSchema.ts"
import type { InsufficientScope } from "../http/InsufficientScope.ts"
import type * as McpError from "../protocol/McpError.ts"
import { Answer, type AnswerParts, type Reply } from "./Answer.ts"
import type { Cancelled, Declined } from "./Ask.ts"
import type { Invocation } from "./Invocation.ts"
import type { Part } from "./Part.ts"
import type { Call } from "./ToolHandler.ts"
import { part, type Handler, type Options as PartOptions } from "./ToolPart.ts"

export type { Answer, Call, Reply }
export type { About, Annotations, Any, Block, Failure, Input, Output, Tool } from "../Contract.ts"

/**
 * A tool's contract. Server and client may share it; only the server gives it a handler.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Tool from "mcp-effect/Tool"
 *
 * export const Add = Tool.make("add", {
 *   description: "Add two numbers",
 *   input: { a: Schema.Finite, b: Schema.Finite },
 *   output: Schema.Finite
 * })
 * ```
 */
export const make: typeof Contract.make = Contract.make

/** What a handler of this tool may answer. */
export type AnswerOf<T extends Contract.Any> = T["output"] extends Contract.Content
  ? Reply
  : Contract.Output<T> | Answer<Contract.Output<T>>

/** The failures a handler of this tool may end with. */
export type FailureOf<T extends Contract.Any> =
  | Contract.Failure<T>
  | McpError.McpError
  | InsufficientScope
  | Declined
  | Cancelled

export type Options<RV = never> = PartOptions<RV>

/**
 * Gives a contract its handler: a part of a server. The handler answers with a value, a Promise or an Effect. What an
 * Effect needs beyond the request shows in the part's type; what it can fail with has to be declared, or it does not
 * compile. Functions and Promises may throw the declared failures.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Tool from "mcp-effect/Tool"
 *
 * class OutOfStock extends Schema.TaggedError<OutOfStock>()("OutOfStock", { sku: Schema.String, left: Schema.Int }) {}
 *
 * const Order = Tool.make("order", {
 *   description: "Orders an article",
 *   input: { sku: Schema.String, count: Schema.Int },
 *   output: Schema.Struct({ id: Schema.String }),
 *   failure: OutOfStock
 * })
 *
 * export const order = Tool.handle(
 *   Order,
 *   ({ count, sku }) => (count > 3 ? Effect.fail(new OutOfStock({ sku, left: 3 })) : Effect.succeed({ id: `${sku}-1` })),
 *   { timeout: "10 seconds" }
 * )
 * ```
 */
export const handle = <T extends Contract.Any, const A, RV = never>(
  tool: T,
  handler: (input: Contract.Input<T>, call: Call) => Fitting<T, A>,
  options: Options<RV> = {}
): Part<Exclude<Needs<A>, Invocation> | Contract.Codecs<T> | RV> =>
  part(tool, handler as Handler, options) as Part<Exclude<Needs<A>, Invocation> | Contract.Codecs<T> | RV>

/** What the handler's Effect needs; nothing for values and Promises. */
type Needs<A> = A extends Effect.Effect<infer _A, infer _E, infer R> ? R : never

/**
 * What a handler gives when it fits the tool; otherwise what to do about it, in words. The compiler infers A through
 * the first branch, and its message ends with the words of the second.
 */
type Fitting<T extends Contract.Any, A> = [Advice<T, A>] extends [never] ? A : Advice<T, A>

type Advice<T extends Contract.Any, A> = [Exclude<Fails<A>, FailureOf<T>>] extends [never]
  ? [Gives<A>] extends [AnswerOf<T>]
    ? never
    : OutputAdvice<T>
  : `This handler can fail with ${NameOf<Exclude<Fails<A>, FailureOf<T>>>}. Declare it as the tool's failure, or turn it into McpError.`

type Gives<A> =
  A extends Effect.Effect<infer S, infer _E, infer _R> ? S : A extends PromiseLike<infer S> ? S : A
type Fails<A> = A extends Effect.Effect<infer _A, infer E, infer _R> ? E : never
type NameOf<E> = E extends { readonly _tag: infer Tag extends string } ? Tag : "an error"
type OutputAdvice<T extends Contract.Any> = T["output"] extends Contract.Content
  ? "This tool declares no output, so its handler answers text or content blocks. Declare an output to answer data."
  : "This handler does not answer what the tool declares. Answer its output, or change the output."
/**
 * A whole result: the structured value, content beside it, and `_meta`.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const Users = Tool.make("users", { output: Schema.Array(Schema.String) })
 *
 * export const users = Tool.handle(Users, () =>
 *   Tool.result({ structured: ["Ada", "Alan"], content: ["Found 2 users: Ada and Alan."], _meta: { "com.example/age": 3 } })
 * )
 * ```
 */
export const result = <A = never>(parts: AnswerParts<A>): Answer<A> => new Answer(parts)

/** How a tool made from a JSON Schema is described: the words of `tools/list`. */
export interface RawDescriptor extends Contract.About {
  readonly name: string
  readonly inputSchema: JsonSchema.Document
  readonly outputSchema?: JsonSchema.Document
}

/**
 * A tool whose schemas are JSON Schema, known only when the server starts: from a file, a database, another server.
 * Arguments are checked against the schema, then arrive as they were sent; missing arguments are `{}`. The schemas go
 * to peers word for word.
 *
 * @example
 * ```ts
 * import * as Tool from "mcp-effect/Tool"
 *
 * const descriptors = [{ name: "query", inputSchema: { type: "object", properties: { sql: { type: "string" } } } }]
 *
 * export const tools = descriptors.map((descriptor) =>
 *   Tool.raw(descriptor, (input) => `${descriptor.name}: ${JSON.stringify(input)}`)
 * )
 * ```
 */
export const raw = <D extends RawDescriptor, const A, RV = never>(
  descriptor: D,
  handler: (input: { readonly [argument: string]: unknown }, call: Call) => Fitting<RawTool<D>, A>,
  options: Options<RV> = {}
): Part<Exclude<Needs<A>, Invocation> | RV> => {
  const { inputSchema, name, outputSchema, ...about }: RawDescriptor = descriptor
  const terms = { ...about, input: JsonSchema.raw(inputSchema) }
  const tool =
    outputSchema === undefined
      ? Contract.make(name, terms)
      : Contract.make(name, { ...terms, output: JsonSchema.raw<unknown>(outputSchema) })
  return part(tool, handler as Handler, options) as Part<Exclude<Needs<A>, Invocation> | RV>
}

/** With an output schema the handler answers any JSON, which is checked; without one, text and content. */
type RawTool<D extends RawDescriptor> = Contract.Tool<
  string,
  Schema.Constraint,
  D extends { readonly outputSchema: JsonSchema.Document } ? Schema.Unknown : Contract.Content,
  Schema.Never
>
