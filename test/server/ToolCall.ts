/** Calls one tool part by itself, as the kernel would, without a server around it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Outbox } from "../../src/Connection.ts"
import type { McpError } from "../../src/protocol/McpError.ts"
import type { Request } from "../../src/server/Invocation.ts"
import type { Part, Result, ToolPart } from "../../src/server/Part.ts"

/** The tool inside a part. */
export const toolOf = <R>(part: Part<R>): ToolPart<R> => {
  if (part._tag !== "Tool") throw new Error(`not a tool: ${part._tag}`)
  return part
}

export const requestOf = (
  name: string,
  args: unknown,
  protocolVersion = "2026-07-28"
): Request["Service"] => ({
  id: 1,
  method: "tools/call",
  params: args === undefined ? { name } : { name, arguments: args },
  meta: { protocolVersion, clientCapabilities: {}, all: {} }
})

const silent = Outbox.of({ say: () => Effect.void })

/** The result of a call, with nothing provided but a place to say things to nobody. */
export const call = <R>(
  part: Part<R>,
  args?: unknown,
  protocolVersion?: string
): Effect.Effect<Result, McpError, Exclude<R, Scope.Scope>> => {
  const tool = toolOf(part)
  const run = tool.handle(requestOf(tool.descriptor.name, args, protocolVersion))
  return Effect.scoped(Effect.provideContext(run, Context.make(Outbox, silent))) as Effect.Effect<
    Result,
    McpError,
    Exclude<R, Scope.Scope>
  >
}

/** The text of a result's first block. */
export const textOf = (result: Result): string =>
  (result["content"] as ReadonlyArray<{ readonly text: string }>)[0]?.text ?? ""
