/** What stands around every request of a server. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as McpError from "../protocol/McpError.ts"
import type { MiddlewarePart, Part, Service } from "./Part.ts"

/**
 * Wraps every request. The first middleware of a server is the outermost; it sees requests and results in their
 * newest form, whatever the peer speaks.
 */
export const make = <R>(wrap: <R2>(next: Service<R2>) => Service<R | R2>): Part<R> =>
  ({ _tag: "Middleware", wrap }) satisfies MiddlewarePart<R>

/** Ends requests that take too long: their handlers are interrupted and the client gets an error. */
export const timeout = (limit: Duration.Input): Part<never> =>
  make(
    (next) => (request) =>
      request.method === "subscriptions/listen"
        ? next(request)
        : Effect.timeoutOrElse(next(request), {
            duration: limit,
            orElse: () =>
              Effect.fail(
                McpError.make(McpError.code.InternalError, `${request.method} took too long and was stopped`)
              )
          })
  )
