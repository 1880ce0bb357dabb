/**
 * Requests of a stateful server. Each is answered in a fiber of its own, so that a person may think while the
 * connection goes on; the server may take a question back.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/cancellation
 */
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import type * as Scope from "effect/Scope"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import * as PeerText from "../protocol/PeerText.ts"
import type { Revision } from "../protocol/Revision.ts"
import type { Answer } from "./Answer.ts"

/** Stops the deadlines of whatever waits for the answer. */
export type Pause = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

export interface Questions {
  readonly take: (
    question: JsonRpc.Request,
    revision: Revision,
    pause: Pause,
    reply: (response: JsonRpc.Response) => Effect.Effect<void>
  ) => Effect.Effect<void>
  /** The server no longer wants to know. Why, goes into the log. */
  readonly withdraw: (id: unknown, reason: unknown) => Effect.Effect<void>
}

/** Open questions end with the scope. */
export const make = (answer: Answer): Effect.Effect<Questions, never, Scope.Scope> =>
  Effect.map(FiberMap.make<JsonRpc.Id, void>(), (open) => ({
    take: (question, revision, pause, reply) => {
      const { id, method, params = {} } = question
      const answered = Effect.map(answer(method, revision.up.ask(method, params)), (value) =>
        JsonRpc.success(id, revision.down.answer(method, value))
      ).pipe(
        Effect.catch((error) => Effect.succeed(JsonRpc.failure(id, error.fault))),
        Effect.catchDefect((defect) =>
          Effect.as(
            Effect.logError(`The handler of ${method} died`, defect),
            JsonRpc.failure(id, { code: McpError.code.InternalError, message: "Internal error" })
          )
        )
      )
      const clocked = method === "ping" ? answered : pause(answered)
      return Effect.asVoid(FiberMap.run(open, id, Effect.flatMap(clocked, reply), { startImmediately: true }))
    },
    withdraw: (id, reason) => {
      if (!JsonRpc.isId(id)) return Effect.void
      const withdrawn = FiberMap.remove(open, id)
      return typeof reason === "string"
        ? Effect.andThen(withdrawn, Effect.logDebug("Cancelled", PeerText.line(reason)))
        : withdrawn
    }
  }))
