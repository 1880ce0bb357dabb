/** A contract with its handler as a part of a server: arguments in, result or failure out. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Contract from "../Contract.ts"
import * as JsonSchema from "../JsonSchema.ts"
import { InsufficientScope } from "../http/InsufficientScope.ts"
import * as McpError from "../protocol/McpError.ts"
import * as Revisions from "../protocol/Revisions.ts"
import { writer } from "./Answer.ts"
import { BadArguments, reader } from "./Arguments.ts"
import type * as Arguments from "./Arguments.ts"
import type { Cancelled, Declined } from "./Ask.ts"
import * as Forbidden from "./Forbidden.ts"
import type { Request } from "./Invocation.ts"
import type { Part, Result, Visible } from "./Part.ts"
import * as ToolError from "./ToolError.ts"
import { type Call, invoke } from "./ToolHandler.ts"

export type Handler = (input: unknown, call: Call) => unknown

export interface Options<RV = never> extends Arguments.Options {
  /** Who may see the tool, and therefore use it. By default everybody. */
  readonly visible?: Visible<RV>
  /** How long a call may take. Then it is interrupted, its finalizers run, and the model is told. */
  readonly timeout?: Duration.Input
}

/** Makes the part of a server that a contract and its handler are. What it needs is the caller's to say. */
export const part = (tool: Contract.Any, handler: Handler, options: Options<unknown>): Part<unknown> => {
  if (typeof handler !== "function") throw new Error(`The tool "${tool.name}" has no handler`)
  const input = reader(tool, options)
  const write = writer(tool)
  const run = invoke(tool, handler, write)
  const limited = options.timeout === undefined ? run : within(tool.name, options.timeout, run)
  const recover = recovery(tool, input.schema)
  const { fields } = JsonSchema.headers(input.schema)
  return {
    _tag: "Tool",
    ...(fields.length > 0 && { mirrored: fields }),
    descriptor: descriptor(tool, input.schema),
    handle: (request) =>
      Effect.catch(Effect.flatMap(input.read(request.params["arguments"]), limited), (error) =>
        recover(error, request)
      ) as Effect.Effect<Result, McpError.McpError, unknown>,
    ...(options.visible === undefined ? {} : { visible: options.visible })
  }
}

type Run = (input: unknown) => Effect.Effect<Result, unknown, unknown>

const within = (name: string, timeout: Duration.Input, run: Run): Run => {
  const stop = Effect.sync(() =>
    ToolError.timedOut(name, Duration.toMillis(Duration.fromInputUnsafe(timeout)))
  )
  return (input) => Effect.timeoutOrElse(run(input), { duration: timeout, orElse: () => stop })
}

/** What a failure becomes: a result the model reads, or the error of the request. */
const recovery = (tool: Contract.Any, schema: JsonSchema.Document) => {
  const declared = Schema.is(tool.failure)
  const encode = Schema.encodeUnknownEffect(JsonSchema.codec(tool.failure))
  return (error: unknown, request: Request["Service"]): Effect.Effect<Result, unknown, unknown> => {
    if (error instanceof BadArguments) return refuse(tool.name, schema, error, request)
    if (error instanceof McpError.McpError) return Effect.fail(error)
    if (error instanceof InsufficientScope) return Effect.fail(Forbidden.make(error))
    if (declared(error))
      return Effect.map(Effect.orDie(encode(error)), (data) => ToolError.failed(error, data))
    return isUnanswered(error) ? Effect.succeed(ToolError.unanswered(error)) : Effect.fail(error)
  }
}

/** Until 2025-06-18 bad arguments were an error of the protocol; since then the model is told. */
const refuse = (
  name: string,
  schema: JsonSchema.Document,
  error: BadArguments,
  request: Request["Service"]
) => {
  const text = ToolError.badArguments(name, schema, error.sent, error.problems)
  return Revisions.find(request.meta.protocolVersion)?.inputErrors === "error"
    ? Effect.fail(McpError.invalidParams(text))
    : Effect.succeed(ToolError.result(text))
}

const isUnanswered = (error: unknown): error is Declined | Cancelled =>
  typeof error === "object" &&
  error !== null &&
  "_tag" in error &&
  (error._tag === "Declined" || error._tag === "Cancelled")

const descriptor = (tool: Contract.Any, inputSchema: JsonSchema.Document) => {
  const { failure: _failure, input: _input, name, output: _output, ...about } = tool
  const outputSchema = Contract.outputSchema(tool)
  return { name, ...about, inputSchema, ...(outputSchema === undefined ? {} : { outputSchema }) }
}
