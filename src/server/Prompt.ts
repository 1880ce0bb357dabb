/**
 * Prompts: messages a person chooses to send to a model, with blanks to fill in.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/prompts
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Completer from "./Completer.ts"
import { type Answer, run } from "./Handler.ts"
import type { Invocation } from "./Invocation.ts"
import type { Part, PromptPart, Result, Visible } from "./Part.ts"
import * as Arguments from "./PromptArguments.ts"

/** One message of a prompt; its content is a content block, such as `Content.text` makes. */
export interface Message {
  readonly role: "user" | "assistant"
  readonly content: JsonRpc.Params & { readonly type: string }
}

/** What a handler gives: text for one message of the user, or messages; plain text among them is the user's. */
export type Messages = string | Message | ReadonlyArray<string | Message>

export interface Options<Fields extends Schema.Struct.Fields, V, C> {
  /** For people. */
  readonly title?: string
  readonly description?: string
  readonly icons?: ReadonlyArray<JsonRpc.Params>
  readonly _meta?: JsonRpc.Params
  /**
   * The arguments. They travel as strings and are decoded by their schemas, whatever these decode to; their
   * descriptions and titles are those of the schemas, and an optional key is an optional argument.
   */
  readonly arguments?: Fields
  /** Suggestions for arguments. Arguments with a schema of literals have them already. */
  readonly complete?: { readonly [K in keyof Fields]?: Completer.Completer<C> }
  /** Who sees the prompt, and so may get it. Default: everybody. */
  readonly visible?: Visible<V>
}

/**
 * A prompt and its handler. Missing, unknown and unfit arguments are refused with -32602 before it runs.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Prompt from "mcp-effect/Prompt"
 * import * as Server from "mcp-effect/Server"
 *
 * const review = Prompt.make(
 *   "review",
 *   {
 *     description: "Ask for a review of some code",
 *     arguments: {
 *       code: Schema.String.annotate({ description: "The code to review" }),
 *       language: Schema.optionalKey(Schema.Literals(["typescript", "python"])),
 *       issues: Schema.Int
 *     }
 *   },
 *   ({ code, issues, language = "any language" }) => [
 *     Prompt.user(`Find up to ${issues} issues in this ${language} code:\n\n${code}`),
 *     Prompt.assistant("I shall read it carefully.")
 *   ]
 * )
 *
 * export const server = Server.make({ name: "demo", version: "1.0.0" }, review)
 * ```
 */
export const make = <Fields extends Schema.Struct.Fields = {}, R = never, V = never, C = never>(
  name: string,
  options: Options<Fields, V, C>,
  handler: (args: Schema.Struct<Fields>["Type"]) => Answer<Messages, R>
): Part<Exclude<R | C, Invocation> | Schema.Struct<Fields>["DecodingServices"] | V> => {
  const fields: Schema.Struct.Fields = options.arguments ?? {}
  const decode = Arguments.decoder<Schema.Struct<Fields>>(name, fields)
  const complete = { ...Completer.ofSchemas(fields), ...Completer.ofAll<C>(options.complete ?? {}) }
  const result = describeResult(options.description)
  return discharged<R | C | V | Schema.Struct<Fields>["DecodingServices"]>({
    _tag: "Prompt",
    descriptor: descriptor(name, options, Arguments.list(fields)),
    ...(options.visible === undefined ? {} : { visible: options.visible }),
    ...(Object.keys(complete).length === 0 ? {} : { complete }),
    handle: (request) =>
      Effect.flatMap(decode(request.params["arguments"] ?? {}), (args) =>
        Effect.map(
          run(() => handler(args)),
          result
        )
      )
  })
}

/** A message the user sends: text, or a content block. */
export const user = (content: string | Message["content"]): Message => message("user", content)

/** A message the model has sent, or is made to have sent: text, or a content block. */
export const assistant = (content: string | Message["content"]): Message => message("assistant", content)

const message = (role: Message["role"], content: string | Message["content"]): Message => ({
  role,
  content: typeof content === "string" ? { type: "text", text: content } : content
})

const describeResult =
  (description: string | undefined) =>
  (given: Messages): Result => {
    const messages = (isMany(given) ? given : [given]).map((each) =>
      typeof each === "string" ? user(each) : each
    )
    return description === undefined ? { messages } : { description, messages }
  }

const isMany = (given: Messages): given is ReadonlyArray<string | Message> => Array.isArray(given)

const descriptor = (
  name: string,
  { _meta, description, icons, title }: Options<Schema.Struct.Fields, unknown, unknown>,
  args: ReadonlyArray<JsonRpc.Params>
) => ({
  name,
  ...(title === undefined ? {} : { title }),
  ...(description === undefined ? {} : { description }),
  ...(args.length === 0 ? {} : { arguments: args }),
  ...(icons === undefined ? {} : { icons }),
  ...(_meta === undefined ? {} : { _meta })
})

/** The kernel supplies `Invocation`; what is left of R must be supplied by the application. */
const discharged = <R>(part: PromptPart<R>) => part as PromptPart<Exclude<R, Invocation>>
