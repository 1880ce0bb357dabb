/** The connection an application has to its server. Every client transport is a Layer of this. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Connection } from "../Connection.ts"

/** The bytes stopped flowing: the process ended, the socket closed, the peer cannot be reached. */
export class TransportError extends Schema.TaggedError<TransportError>()("TransportError", {
  message: Schema.String,
  /**
   * Only this message failed, and the connection goes on: the peer wants credentials, or is busy. Otherwise the
   * connection is over, and the client opens another when it needs one.
   */
  refused: Schema.optionalKey(Schema.Boolean),
  /** The message provably had no effect, because nobody looked at it: it may be sent again on another connection. */
  unsent: Schema.optionalKey(Schema.Boolean),
  /** The peer is busy, or cannot be reached for now: after so many milliseconds it may be asked again. */
  retryAfter: Schema.optionalKey(Schema.Finite),
  /** The peer does not want whoever we are. It may be asked again by an application, and not by ourselves. */
  denied: Schema.optionalKey(Schema.Boolean),
  cause: Schema.optionalKey(Schema.Unknown)
}) {}

export class Transport extends Context.Service<
  Transport,
  {
    /** What is at the other end, for messages and for remembering its era: a command line, a URL. */
    readonly target: string
    /** A value that is another one as soon as messages are sent in another name: then nothing kept is good any more. */
    readonly authority?: () => unknown
    /**
     * Opens a connection that lives as long as the scope. Opening again starts afresh: a new child process, a new
     * session. Interrupting `send` tells the peer that the request is cancelled, in the transport's own way.
     * When the connection breaks, every pending `send` fails, and so does `inbox` where the transport can tell.
     */
    readonly open: Effect.Effect<Connection<TransportError>, TransportError, Scope.Scope>
  }
>()("mcp-effect/client/Transport") {}

/**
 * Runs an effect while the clocks of all requests of a client stand still: for transports that have to ask a person
 * before they can go on. In the context of `open`.
 */
export const Pause = Context.Reference<<A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>>(
  "mcp-effect/client/Pause",
  { defaultValue: () => (effect) => effect }
)
