/**
 * Prompts: messages a person chooses to send to a model, with blanks to fill in.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/prompts
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Block } from "../Contract.ts"
import type { Icon } from "../protocol/Icon.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Completing from "./Completing.ts"
import { type Answer, run } from "./Handler.ts"
import type { Invocation } from "./Invocation.ts"
import type { Part, PromptPart, Result, Visible } from "./Part.ts"
import * as Arguments from "./PromptArguments.ts"

/** One message of a prompt. What `Content` makes is content: text, images, audio, resources, links. */
export interface Message {
  readonly role: "user" | "assistant"
  readonly content: Block
}

/** What a handler gives: one message, or several. Text and content without a role are the user's. */
export type Messages = Said | ReadonlyArray<Said>
type Said = string | Block | Message

export interface Options<Fields extends Schema.Struct.Fields, V, C, Completed extends string> {
  /** For people. */
  readonly title?: string
  readonly description?: string
  readonly icons?: ReadonlyArray<Icon>
  readonly _meta?: JsonRpc.Params
  /**
   * The arguments. They travel as strings and are decoded by their schemas, whatever these decode to; their
   * descriptions and titles are those of the schemas, and an optional key is an optional argument.
   */
  readonly arguments?: Fields
  /** Suggestions for arguments. Arguments with a schema of literals have them already. */
  readonly complete?: Completing.Completers<Completed, keyof Fields, C>
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
export const make = <
  Fields extends Schema.Struct.Fields = {},
  R = never,
  V = never,
  C = never,
  Completed extends string = never
>(
  name: string,
  options: Options<Fields, V, C, Completed>,
  handler: (args: Schema.Struct<Fields>["Type"]) => Answer<Messages, R>
): Part<Exclude<R | C, Invocation> | Schema.Struct<Fields>["DecodingServices"] | V> => {
  if (typeof handler !== "function") throw new Error(`The prompt "${name}" has no handler`)
  const fields: Schema.Struct.Fields = options.arguments ?? {}
  const decode = Arguments.decoder<Schema.Struct<Fields>>(name, fields)
  const complete = { ...Completing.ofSchemas(fields), ...Completing.ofAll<C>(options.complete ?? {}) }
  const result = describeResult(name, options.description)
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
export const user = (content: string | Block): Message => message("user", content)

/** A message the model has sent, or is made to have sent: text, or a content block. */
export const assistant = (content: string | Block): Message => message("assistant", content)

const message = (role: Message["role"], content: string | Block): Message => ({
  role,
  content: typeof content === "string" ? { type: "text", text: content } : content
})

const describeResult =
  (name: string, description: string | undefined) =>
  (given: Messages): Result => {
    const messages = (isMany(given) ? given : [given]).map((said) => asMessage(name, said))
    return description === undefined ? { messages } : { description, messages }
  }

const isMany = (given: Messages): given is ReadonlyArray<Said> => Array.isArray(given)

/** Throws what a handler without types may give by mistake: a peer could not read it. */
const asMessage = (name: string, said: Said): Message => {
  if (typeof said === "string") return user(said)
  if (isBlock(said)) return user(said)
  if (JsonRpc.isObject(said) && isRole(said.role) && isBlock(said.content)) return said
  throw new Error(`The prompt "${name}" answers text, content and messages, not ${JSON.stringify(said)}`)
}

const isRole = (role: unknown) => role === "user" || role === "assistant"

const isBlock = (value: unknown): value is Block =>
  JsonRpc.isObject(value) && typeof value["type"] === "string" && !("role" in value)

const descriptor = (
  name: string,
  { _meta, description, icons, title }: Options<Schema.Struct.Fields, unknown, unknown, string>,
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
