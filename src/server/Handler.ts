/** What a handler may give, and how it fails. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { InsufficientScope } from "../http/InsufficientScope.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Cancelled, Declined } from "./Ask.ts"
import * as Forbidden from "./Forbidden.ts"

/**
 * A value, a Promise of it, or an Effect that gives it. An Effect may need services (R) and may fail as a request
 * fails; any other failure has to be dealt with by the handler, or it does not compile.
 */
export type Answer<A, R = never> = A | PromiseLike<A> | Effect.Effect<A, Failure, R>

/**
 * How a resource, prompt or completion may fail: as a request, because the user did not answer a question, or because
 * the caller was not granted enough.
 */
export type Failure = McpError.McpError | Declined | Cancelled | InsufficientScope

/**
 * Runs a handler of any of the three kinds. An exception, or the rejection of a Promise, is a defect, unless it is an
 * `McpError` or `InsufficientScope`: that is how a handler without Effect fails a request.
 */
export const run = <A, R>(handler: () => Answer<A, R>): Effect.Effect<A, McpError.McpError, R> =>
  Effect.suspend(() => {
    try {
      const answer = handler()
      if (Effect.isEffect(answer)) return Effect.mapError(answer as Effect.Effect<A, Failure, R>, refused)
      return isPromise(answer)
        ? Effect.catchCause(
            Effect.promise(() => answer),
            (cause) => thrown(Cause.squash(cause))
          )
        : Effect.succeed(answer as A)
    } catch (error) {
      return thrown(error)
    }
  })

const thrown = (error: unknown): Effect.Effect<never, McpError.McpError> =>
  error instanceof McpError.McpError || error instanceof InsufficientScope
    ? Effect.fail(refused(error))
    : Effect.die(error)

const isPromise = (value: unknown): value is PromiseLike<never> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"

/** A user who does not answer fails a request that is not a tool call with a code of our own. */
const refused = (failure: Failure): McpError.McpError => {
  if (failure._tag === "McpError") return failure
  return failure._tag === "InsufficientScope"
    ? Forbidden.make(failure)
    : McpError.make(notAnswered, failure.message)
}

/** Outside the codes JSON-RPC reserves. */
const notAnswered = -1
