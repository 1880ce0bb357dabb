/** From what a handler answers to the result of `tools/call`. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type * as Contract from "../Contract.ts"
import { form } from "../Contract.ts"
import { codec } from "../JsonSchema.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Result } from "./Part.ts"

/**
 * A whole result, for a handler that says more than its output: content beside the structured value, or `_meta`.
 * Made by `Tool.result`.
 */
export class Answer<out A> {
  readonly output: A | undefined
  readonly has: boolean
  readonly content: ReadonlyArray<Contract.Block | string> | undefined
  readonly meta: JsonRpc.Params | undefined
  readonly failed: boolean
  constructor(parts: AnswerParts<A>) {
    this.output = parts.structured
    this.has = Object.hasOwn(parts, "structured")
    this.content = parts.content
    this.meta = parts._meta
    this.failed = parts.isError === true
  }
}

export interface AnswerParts<A> {
  /** The output the contract declares; any JSON value where it declares none. `null`, `false`, 0 and "" are values. */
  readonly structured?: A
  /** What people and models read; by default the structured value as JSON text. */
  readonly content?: ReadonlyArray<Contract.Block | string>
  /** The tool failed, and the content says how. Then no structured value is needed. */
  readonly isError?: boolean
  readonly _meta?: JsonRpc.Params
}

/** What a tool without a declared output answers: text, content, several of them, nothing, or a whole result. */
export type Reply = string | void | Contract.Block | ReadonlyArray<Contract.Block | string> | Answer<unknown>

/** Turns answers into results, with an encoder compiled once. Dies when an answer does not fit the output schema. */
export const writer = (tool: Contract.Any): ((answer: unknown) => Effect.Effect<Result, never, unknown>) => {
  const kind = form(tool)
  if (kind === "content") return (answer) => content(tool.name, answer)
  if (kind === "nothing") {
    return (answer) =>
      Effect.succeed(
        answer instanceof Answer ? assemble(undefined, answer, []) : { resultType: "complete", content: [] }
      )
  }
  const encode = Schema.encodeUnknownEffect(codec(tool.output))
  const write = kind === "text" ? written : structured
  return (answer) => {
    const whole = answer instanceof Answer ? answer : undefined
    if (whole?.failed === true && !whole.has) return Effect.succeed(assemble(undefined, whole, []))
    const encoded = encode(whole === undefined ? answer : whole.output)
    if (Exit.isExit(encoded) && Exit.isSuccess(encoded)) return Effect.succeed(write(encoded.value, whole))
    return Effect.matchEffect(encoded, {
      onSuccess: (value) => Effect.succeed(write(value, whole)),
      onFailure: (cause) =>
        Effect.die(
          new Error(`The answer of the tool "${tool.name}" does not fit its output: ${cause.message}`, {
            cause
          })
        )
    })
  }
}

const written = (value: unknown, whole: Answer<unknown> | undefined): Result =>
  whole === undefined
    ? { resultType: "complete", content: [text(String(value))] }
    : assemble(undefined, whole, [text(String(value))])

const structured = (value: unknown, whole: Answer<unknown> | undefined): Result =>
  whole === undefined
    ? { resultType: "complete", content: [text(JSON.stringify(value))], structuredContent: value }
    : assemble({ structuredContent: value }, whole, [text(JSON.stringify(value))])

const assemble = (
  extra: JsonRpc.Params | undefined,
  { content: given, failed, meta }: Answer<unknown>,
  standard: ReadonlyArray<Contract.Block>
): Result => ({
  resultType: "complete",
  content: given === undefined ? standard : given.map(blockOf),
  ...extra,
  ...(failed ? { isError: true } : {}),
  ...(meta === undefined ? {} : { _meta: meta })
})

const content = (name: string, answer: unknown): Effect.Effect<Result> => {
  if (answer instanceof Answer) {
    const extra = answer.has ? { structuredContent: answer.output } : undefined
    return Effect.succeed(assemble(extra, answer, answer.has ? [text(JSON.stringify(answer.output))] : []))
  }
  const blocks = answer === undefined ? [] : Array.isArray(answer) ? answer : [answer]
  return blocks.every(isBlock)
    ? Effect.succeed({ resultType: "complete", content: blocks.map(blockOf) })
    : Effect.die(
        new Error(
          `The tool "${name}" declares no output, so it answers text or content, not ${typeof answer}`
        )
      )
}

const text = (value: string): Contract.Block => ({ type: "text", text: value })

const blockOf = (block: Contract.Block | string): Contract.Block =>
  typeof block === "string" ? text(block) : block

const isBlock = (value: unknown): value is Contract.Block | string =>
  typeof value === "string" ||
  (typeof value === "object" && value !== null && "type" in value && typeof value.type === "string")
