/** Requests and notifications of one's own, and the standard ones answered by hand. */
import type * as Effect from "effect/Effect"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { McpError } from "../protocol/McpError.ts"
import type { Invocation, Request } from "./Invocation.ts"
import type { MethodPart, NotificationPart, Part, Result } from "./Part.ts"

/**
 * Answers a request method. A method the protocol defines is replaced; name others with a prefix of your own
 * ("com.example/reindex").
 */
export const make = <R>(
  method: string,
  handle: (request: Request["Service"]) => Effect.Effect<Result, McpError, R>
): Part<Exclude<R, Invocation>> => discharged({ _tag: "Method", method, handle })

/** Hears a notification from clients. There is nobody to answer: failures belong into the log. */
export const notification = <R>(
  method: string,
  handle: (params: JsonRpc.Params) => Effect.Effect<void, never, R>
): Part<R> => ({ _tag: "Notification", method, handle }) satisfies NotificationPart<R>

/** The kernel supplies `Invocation`; what is left of R must be supplied by the application. */
const discharged = <R>(part: MethodPart<R>) => part as MethodPart<Exclude<R, Invocation>>
