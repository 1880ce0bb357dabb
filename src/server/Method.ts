/** Requests and notifications of one's own, and the standard ones answered by hand. */
import * as Effect from "effect/Effect"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import { type Answer, run } from "./Handler.ts"
import type { Invocation, Request } from "./Invocation.ts"
import type { MethodPart, Part, Result } from "./Part.ts"

/**
 * Answers a request method with whatever object the handler gives, plain, async or as an Effect; `resultType` is
 * added when it is missing. A method the protocol defines is replaced, and its capability declared. Name others with
 * a prefix of your own.
 *
 * @example
 * ```ts
 * import * as Method from "mcp-effect/Method"
 * import * as Server from "mcp-effect/Server"
 *
 * const reindex = Method.make("com.example/reindex", ({ params }) => ({ reindexed: params["paths"] }))
 *
 * export const server = Server.make({ name: "search", version: "1.0.0" }, reindex)
 * ```
 */
export const make = <R = never>(
  method: string,
  handle: (request: Request["Service"]) => Answer<Result, R>
): Part<Exclude<R, Invocation>> =>
  discharged({ _tag: "Method", method, handle: (request) => run(() => handle(request)) })

/** Hears a notification from clients. There is nobody to answer: failures belong into the log. */
export const notification = <R = never>(
  method: string,
  handle: (params: JsonRpc.Params) => void | PromiseLike<void> | Effect.Effect<void, never, R>
): Part<R> => ({
  _tag: "Notification",
  method,
  handle: (params) => Effect.orDie(run(() => handle(params)))
})

/** The kernel supplies `Invocation`; what is left of R must be supplied by the application. */
const discharged = <R>(part: MethodPart<R>) => part as MethodPart<Exclude<R, Invocation>>
