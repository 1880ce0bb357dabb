/** Requests and notifications of one's own, and the standard ones answered by hand. */
import * as Effect from "effect/Effect"
import type { InsufficientScope } from "../http/InsufficientScope.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { McpError } from "../protocol/McpError.ts"
import * as Forbidden from "./Forbidden.ts"
import type { Invocation, Request } from "./Invocation.ts"
import type { MethodPart, Part, Result } from "./Part.ts"

/**
 * Answers a request method with whatever object the handler gives; `resultType` is added when it is missing. A
 * method the protocol defines is replaced, and its capability declared. Name others with a prefix of your own.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Method from "mcp-effect/Method"
 * import * as Server from "mcp-effect/Server"
 *
 * const reindex = Method.make("com.example/reindex", ({ params }) => Effect.succeed({ reindexed: params["paths"] }))
 *
 * export const server = Server.make({ name: "search", version: "1.0.0" }, reindex)
 * ```
 */
export const make = <R = never>(
  method: string,
  handle: (request: Request["Service"]) => Effect.Effect<Result, McpError | InsufficientScope, R>
): Part<Exclude<R, Invocation>> =>
  discharged({
    _tag: "Method",
    method,
    handle: (request) =>
      Effect.mapError(handle(request), (error) =>
        error._tag === "InsufficientScope" ? Forbidden.make(error) : error
      )
  })

/** Hears a notification from clients. There is nobody to answer: failures belong into the log. */
export const notification = <R = never>(
  method: string,
  handle: (params: JsonRpc.Params) => Effect.Effect<void, never, R>
): Part<R> => ({ _tag: "Notification", method, handle })

/** The kernel supplies `Invocation`; what is left of R must be supplied by the application. */
const discharged = <R>(part: MethodPart<R>) => part as MethodPart<Exclude<R, Invocation>>
