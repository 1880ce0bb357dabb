/** Runs a handler of any kind, and writes what it answers. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Contract from "../Contract.ts"
import { InsufficientScope } from "../http/InsufficientScope.ts"
import { McpError } from "../protocol/McpError.ts"
import type { Result } from "./Part.ts"

/** What a handler without Effect may want to know about its call. */
export interface Call {
  /** Aborted when the call is cancelled or takes too long. */
  readonly signal: AbortSignal
}

/** Made for each call; the controller only when somebody asks for the signal. */
class CallNow implements Call {
  #controller: AbortController | undefined
  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal
  }
  abort(): void {
    this.#controller?.abort()
  }
}

type Run = (input: unknown) => Effect.Effect<Result, unknown, unknown>

export const invoke = (
  tool: Contract.Any,
  handler: (input: unknown, call: Call) => unknown,
  write: (answer: unknown) => Effect.Effect<Result, never, unknown>
): Run => {
  const declared = Schema.is(tool.failure)
  /** Without Effect the only way to fail is to throw: what is declared is a failure, the rest a defect. */
  const thrown = (error: unknown): Effect.Effect<never, unknown> =>
    error instanceof McpError || error instanceof InsufficientScope || declared(error)
      ? Effect.fail(error)
      : Effect.die(error)
  return (input) => {
    const call = new CallNow()
    try {
      const answer = handler(input, call)
      if (Effect.isEffect(answer))
        return Effect.flatMap(answer as Effect.Effect<unknown, unknown, unknown>, write)
      return isPromise(answer) ? Effect.flatMap(settled(answer, call, thrown), write) : write(answer)
    } catch (error) {
      return thrown(error)
    }
  }
}

const settled = (
  promise: PromiseLike<unknown>,
  call: CallNow,
  thrown: (error: unknown) => Effect.Effect<never, unknown>
): Effect.Effect<unknown, unknown> =>
  Effect.promise(() => promise).pipe(
    Effect.catchCause((cause) =>
      Cause.hasInterrupts(cause) ? Effect.failCause(cause) : thrown(Cause.squash(cause))
    ),
    Effect.onInterrupt(() => Effect.sync(() => call.abort()))
  )

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"
