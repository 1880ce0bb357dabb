/**
 * Calling tools: by contract, where both sides hold the same one, and by name.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Contract from "../Contract.ts"
import * as JsonSchema from "../JsonSchema.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import { type ClientError, InvalidResponse, ToolError } from "./ClientError.ts"
import type { RequestOptions, Send } from "./Requests.ts"

/** The encoders and decoders of one contract. */
interface Compiled {
  readonly form: Contract.Form
  readonly encodeInput: (input: unknown) => Effect.Effect<unknown, Schema.SchemaError, unknown>
  readonly decodeOutput: (value: unknown) => Effect.Effect<unknown, Schema.SchemaError, unknown>
  readonly decodeFailure: (value: unknown) => Effect.Effect<unknown, Schema.SchemaError, unknown>
}

const compile = (tool: Contract.Any): Compiled => ({
  form: Contract.form(tool),
  encodeInput: Schema.encodeUnknownEffect(JsonSchema.codec(tool.input)),
  decodeOutput: Schema.decodeUnknownEffect(JsonSchema.codec(tool.output)),
  decodeFailure: Schema.decodeUnknownEffect(JsonSchema.codec(tool.failure))
})

export interface Call {
  /**
   * Calls a tool by its contract. A failure the contract declares comes back as itself; any other failure of the
   * tool is a `ToolError`; an answer that does not fit the contract is an `InvalidResponse`. Interrupting the call
   * cancels it at the server.
   *
   * @example
   * ```ts
   * import * as Effect from "effect/Effect"
   * import * as Schema from "effect/Schema"
   * import * as Client from "mcp-effect/Client"
   * import * as Tool from "mcp-effect/Tool"
   *
   * class NoSuchUser extends Schema.TaggedError<NoSuchUser>()("NoSuchUser", { id: Schema.Int }) {}
   * const FindUser = Tool.make("find_user", { input: { id: Schema.Int }, output: Schema.String, failure: NoSuchUser })
   *
   * export const name = Client.Client.use((client) =>
   *   client.call(FindUser, { id: 1 }, {
   *     timeout: { absolute: "10 seconds" },
   *     onProgress: ({ progress, total }) => Effect.logInfo(`${progress} of ${total ?? "?"}`)
   *   })
   * ).pipe(
   *   Effect.catchTags({
   *     NoSuchUser: ({ id }) => Effect.succeed(`nobody has the id ${id}`),
   *     RequestTimeout: () => Effect.succeed("the server takes too long")
   *   })
   * )
   * ```
   */
  <T extends Contract.Any, R = never>(
    tool: T,
    input: Contract.Input<T>,
    options?: RequestOptions<R>
  ): Effect.Effect<
    Contract.Output<T>,
    Contract.Failure<T> | ToolError | ClientError,
    R | Contract.ClientCodecs<T>
  >
}

/** Calls by contract. Contracts are prepared once and forgotten with the contract itself. */
export const make = (send: Send): Call => {
  const prepared = new WeakMap<Contract.Any, Compiled>()
  const prepare = (tool: Contract.Any) => {
    const known = prepared.get(tool)
    if (known !== undefined) return known
    const compiled = compile(tool)
    prepared.set(tool, compiled)
    return compiled
  }
  return typed((tool, input, options) => {
    const { decodeFailure, decodeOutput, encodeInput, form } = prepare(tool)
    const read = (result: JsonRpc.Params) =>
      result["isError"] === true
        ? failed(tool.name, result, decodeFailure)
        : answered(tool.name, result, form, decodeOutput)
    // Arguments the caller's types allow but the schema refuses are a mistake of the caller, not of the server.
    return Effect.orDie(encodeInput(input)).pipe(
      Effect.flatMap((args) => send("tools/call", { name: tool.name, arguments: args }, options)),
      Effect.flatMap(read)
    )
  })
}

/** Gives back to a call the types that a compiled contract has lost: what it decodes is what the contract says. */
const typed = (
  call: (
    tool: Contract.Any,
    input: unknown,
    options: RequestOptions<unknown> | undefined
  ) => Effect.Effect<unknown, unknown, unknown>
): Call => call as Call

const failed = (
  tool: string,
  result: JsonRpc.Params,
  decode: Compiled["decodeFailure"]
): Effect.Effect<never, unknown, unknown> => {
  const meta = result["_meta"]
  const undeclared = Effect.fail(toolError(tool, result))
  return JsonRpc.isObject(meta) && Object.hasOwn(meta, Contract.failureKey)
    ? Effect.matchEffect(decode(meta[Contract.failureKey]), {
        onFailure: () => undeclared,
        onSuccess: (failure) => Effect.fail(failure)
      })
    : undeclared
}

/** The failure of a tool, in the words it has for a model. */
export const toolError = (tool: string, result: JsonRpc.Params): ToolError => {
  const content = blocks(result)
  const text = content.flatMap((block) => textOf(block) ?? [])
  return new ToolError({ tool, content, result, message: text.join("\n") || `The tool ${tool} failed` })
}

const answered = (
  tool: string,
  result: JsonRpc.Params,
  form: Contract.Form,
  decode: Compiled["decodeOutput"]
): Effect.Effect<unknown, InvalidResponse, unknown> => {
  switch (form) {
    case "nothing":
      return Effect.void
    case "content":
      return Effect.mapError(decode(result["content"]), misfit(tool, "content"))
    case "text":
      return Effect.mapError(decode(firstText(result)), misfit(tool, "content"))
    case "structured":
      return Object.hasOwn(result, "structuredContent")
        ? Effect.mapError(decode(result["structuredContent"]), misfit(tool, "structuredContent"))
        : unstructured(tool, result, decode)
  }
}

/** Older revisions have no place for some structured answers, or for any: then the JSON is in the text. */
const unstructured = (tool: string, result: JsonRpc.Params, decode: Compiled["decodeOutput"]) => {
  const text = firstText(result)
  const asJson = text === undefined ? undefined : parsed(text)
  const read = asJson === undefined ? decode(text) : Effect.catch(decode(asJson.value), () => decode(text))
  return Effect.mapError(read, misfit(tool, "structuredContent"))
}

const parsed = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

const blocks = (result: JsonRpc.Params): ReadonlyArray<unknown> => {
  const { content } = result
  return Array.isArray(content) ? content : []
}

const textOf = (block: unknown): string | undefined =>
  JsonRpc.isObject(block) && block["type"] === "text" && typeof block["text"] === "string"
    ? block["text"]
    : undefined

const firstText = (result: JsonRpc.Params): string | undefined =>
  blocks(result)
    .map(textOf)
    .find((text) => text !== undefined)

const misfit = (tool: string, member: string) => (error: Schema.SchemaError) =>
  new InvalidResponse({
    message: `The answer of the tool ${tool} does not fit its contract: ${error.message}`,
    method: "tools/call",
    path: [member],
    cause: error
  })
