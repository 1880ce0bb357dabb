/** What stands around every request of a server. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Outbox } from "../Connection.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Request } from "./Invocation.ts"
import type { MiddlewarePart, Part, Result, Service } from "./Part.ts"

/** A `Service` that may need R besides the outbox every request brings along. */
type Around<R> = (request: Request["Service"]) => Effect.Effect<Result, McpError.McpError, R | Outbox>

/**
 * Wraps every request but `initialize`. The first middleware of a server is the outermost; it sees requests and results in their
 * newest form, whatever the peer speaks. What `next` needs is supplied around the middleware, so it does not show.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Middleware from "mcp-effect/Middleware"
 *
 * export const timed = Middleware.make((next) => (request) =>
 *   Effect.flatMap(Effect.timed(next(request)), ([duration, result]) =>
 *     Effect.as(Effect.logDebug(request.method, duration), result)
 *   )
 * )
 * ```
 */
export const make = <R = never>(wrap: (next: Service) => Around<R>): Part<Exclude<R, Outbox>> => ({
  _tag: "Middleware",
  wrap: transparent(wrap)
})

/** The needs of what is wrapped pass through the wrapping untouched; this is the one place that says so. */
const transparent = <R>(wrap: (next: Service) => Around<R>) =>
  wrap as unknown as MiddlewarePart<Exclude<R, Outbox>>["wrap"]

/**
 * Ends requests that take longer than the limit. Their handlers are interrupted, finalizers run. A tool that is too
 * slow answers with `isError`, so that a model can go on; anything else fails with code 408. Listening is not a
 * request that ends, and is left alone. The time a handler waits for a person counts in a stateful revision.
 */
export const timeout = (limit: Duration.Input): Part<never> =>
  make(
    (next) => (request) =>
      request.method === "subscriptions/listen"
        ? next(request)
        : Effect.timeoutOrElse(next(request), { duration: limit, orElse: () => late(request) })
  )

const late = ({ method, params }: Request["Service"]): Effect.Effect<Result, McpError.McpError> =>
  method === "tools/call" && typeof params["name"] === "string"
    ? Effect.succeed({
        isError: true,
        content: [{ type: "text", text: `The tool ${params["name"]} took too long and was stopped.` }]
      })
    : Effect.fail(McpError.make(tooLate, `${method} took too long and was stopped`))

/** Outside the codes JSON-RPC reserves. */
const tooLate = 408
