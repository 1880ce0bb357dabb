/**
 * How far a request has come.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/progress
 */
import * as Effect from "effect/Effect"
import * as Connection from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import { Request } from "./Invocation.ts"

/**
 * Tells the client how far its request has come. Silent when the client did not ask for progress. Progress only
 * grows: a report that does not go beyond the last one is dropped, as is one made after the request has ended.
 *
 * @param progress how much is done, in any unit
 * @param total how much there is to do, in the same unit, if known
 * @param message what is going on, for a person
 */
export const report = (
  progress: number,
  total?: number,
  message?: string
): Effect.Effect<void, never, Request | Connection.Outbox> =>
  Effect.flatMap(Request, (request) => {
    const { progressToken } = request.meta
    if (progressToken === undefined) return Effect.void
    return Effect.flatMap(Connection.Outbox, ({ say }) =>
      say(
        JsonRpc.notification("notifications/progress", {
          progressToken,
          progress,
          ...(total === undefined ? {} : { total }),
          ...(message === undefined ? {} : { message })
        })
      )
    )
  })
