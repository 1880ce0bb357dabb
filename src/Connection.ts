/**
 * The one seam of the stack. A server *is* a `Connection`, a client consumes one, a transport moves one over bytes.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as JsonRpc from "./protocol/JsonRpc.ts"

export interface Connection<out E = never, out R = never> {
  /**
   * Delivers one message. Succeeds with the response when the message was a request, with `undefined` otherwise,
   * and also when the request was cancelled by a message of its sender. What the peer says before it answers goes
   * to the `Outbox` in context. Interrupting abandons the request.
   */
  readonly send: (message: JsonRpc.Message) => Effect.Effect<JsonRpc.Response | undefined, E, R | Outbox>
  /** What the peer says unprompted. A peer of the stateless era says nothing here. */
  readonly inbox: Stream.Stream<JsonRpc.Message, E, R>
}

/** Where what belongs to the current request goes: notifications and, in the stateful era, requests. */
export class Outbox extends Context.Service<
  Outbox,
  { readonly say: (message: JsonRpc.Notification | JsonRpc.Request) => Effect.Effect<void> }
>()("mcp-effect/Outbox") {}

/** Supplies what a connection's handlers need, once, so that a transport can forget about it. */
export const provide = <E, R>(connection: Connection<E, R>, services: Context.Context<R>): Connection<E> => ({
  send: (message) =>
    Effect.provideContext(connection.send(message), services) as ReturnType<Connection<E>["send"]>,
  inbox: Stream.provideContext(connection.inbox, services) as Stream.Stream<JsonRpc.Message, E>
})
