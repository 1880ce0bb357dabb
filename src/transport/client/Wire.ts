/** What both eras of a connection over HTTP share. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Queue from "effect/Queue"
import { TransportError } from "../../client/Transport.ts"
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import type { Endpoint, HeaderFields } from "./Endpoint.ts"
import type { Exchanges } from "./Exchanges.ts"
import type { Policy } from "./Reconnect.ts"
import type { ToolHeaders } from "./ToolHeaders.ts"

export interface Wire {
  readonly endpoint: Endpoint
  readonly exchanges: Exchanges
  readonly tools: ToolHeaders
  readonly reconnect: Policy
  /** The largest message that is read, in bytes. */
  readonly limit: number
  /** How long a message that needs no answer may take, in milliseconds. */
  readonly timeout: number
  /** Whether the session is ended at the server when the connection closes. */
  readonly terminate: boolean
  /** What the server says unprompted. */
  readonly inbox: Queue.Queue<JsonRpc.Message, TransportError | Cause.Done>
  /** The connection is of no use any more: tells whoever listens. */
  readonly lose: (reason: TransportError) => void
}

/** What every POST accepts. */
export const posted: HeaderFields = { accept: "application/json, text/event-stream" }

/** What every GET accepts. */
export const listened: HeaderFields = { accept: "text/event-stream" }

/** A message that needs no answer has to be accepted in time. */
export const inTime = (
  { endpoint, timeout }: Wire,
  what: string,
  sent: Effect.Effect<undefined, TransportError>
): Effect.Effect<undefined, TransportError> =>
  Effect.timeoutOrElse(sent, {
    duration: timeout,
    orElse: () =>
      Effect.fail(
        new TransportError({
          message: `${what}: not accepted by ${endpoint.target} within ${timeout} ms`,
          refused: true
        })
      )
  })
