/**
 * The client side of a duplex channel: many requests share it, and what arrives finds the request it belongs to.
 *
 * A response resumes the fiber that waits for it, in the turn it arrives in. Progress goes to the request with its
 * token, notifications of a subscription to the listen request with its id, everything else to the inbox.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { TransportError } from "../client/Transport.ts"
import { type Connection, Outbox } from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Channel } from "./Channel.ts"
import { Pending } from "./DuplexPending.ts"
import * as Limits from "./Limits.ts"

/** What was received and led to nothing. */
export interface Counts {
  /** Texts that are no message: banners, stray output, broken JSON. */
  readonly noise: number
  /** Responses to nothing that is waited for: unknown, repeated, or late. */
  readonly unmatched: number
  /** Notifications nobody took in time, and requests of servers that may not have any. */
  readonly dropped: number
}

export interface Duplex extends Connection<TransportError> {
  readonly counts: () => Counts
  /** Ends the connection, once: everything pending and everything sent from now on fails with the reason. */
  readonly shut: (reason: TransportError) => void
}

export interface DuplexOptions {
  /** Explains the end of the channel, given what broke, if something did. */
  readonly ended?: (cause: unknown) => Effect.Effect<TransportError>
}

/**
 * Connects to the peer at the other end of a channel, until the scope closes or the channel ends.
 *
 * In a full inbox (`Limits.inboxMessages`) notifications are dropped and counted; requests are refused at once, so
 * that the server does not wait for an answer that will never come. Only servers that have shaken hands may request,
 * and are answered.
 */
export const make = (
  channel: Channel,
  { ended = closedByPeer }: DuplexOptions = {}
): Effect.Effect<Duplex, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const fork = Effect.runForkWith(yield* Effect.context<never>())
      const { inboxMessages } = yield* Limits.Limits
      const inbox = yield* Queue.dropping<JsonRpc.Message, TransportError | Cause.Done>(inboxMessages)
      const pending = new Pending(fork, inboxMessages)
      return open(channel, inbox, pending, (cause, shut) => fork(Effect.map(ended(cause), shut)))
    }),
    ({ shut }) => Effect.sync(() => shut(new TransportError({ message: "The connection was closed" })))
  )

const closedByPeer = (cause: unknown) =>
  Effect.succeed(
    new TransportError({
      message: "The server closed the connection",
      ...(cause === undefined ? {} : { cause })
    })
  )

const open = (
  channel: Channel,
  inbox: Queue.Queue<JsonRpc.Message, TransportError | Cause.Done>,
  pending: Pending,
  explain: (cause: unknown, shut: (reason: TransportError) => void) => void
): Duplex => {
  let noise = 0
  let dropped = 0
  let conversing = false
  let over: TransportError | undefined

  const shut = (reason: TransportError) => {
    if (over !== undefined) return
    over = reason
    channel.pause()
    pending.failAll(reason)
    Queue.failCauseUnsafe(inbox, Cause.fail(reason))
  }
  const receive = (value: unknown) => {
    const message = JsonRpc.decode(value)
    if (JsonRpc.isInvalid(message)) noise++
    else if (JsonRpc.isResponse(message)) pending.settle(message)
    else if (JsonRpc.isRequest(message) || !pending.tell(message)) keep(message)
  }
  const keep = (message: JsonRpc.Request | JsonRpc.Notification) => {
    if (Queue.offerUnsafe(inbox, message)) return
    if (JsonRpc.isNotification(message) || !conversing) dropped++
    else channel.post(JSON.stringify(JsonRpc.failure(message.id, overloaded)))
  }
  const post = (message: JsonRpc.Message) => channel.post(JSON.stringify(message))
  const cancel = (request: JsonRpc.Request) => {
    pending.forget(request.id)
    if (over === undefined && request.method !== "initialize") {
      post(JsonRpc.notification("notifications/cancelled", { requestId: request.id }))
    }
  }
  /** Fails when the connection is over, waits when the channel is full. */
  const ready: Effect.Effect<void, TransportError> = Effect.suspend(() =>
    over !== undefined
      ? Effect.fail(over)
      : channel.full()
        ? Effect.andThen(channel.room, ready)
        : Effect.void
  )
  const ask = (request: JsonRpc.Request, outbox: Outbox["Service"]) =>
    Effect.callback<JsonRpc.Response, TransportError>((resume) => {
      if (!pending.add(request, outbox, resume)) {
        const message = `The request id ${JSON.stringify(request.id)} is already in use`
        return resume(Effect.fail(new TransportError({ message })))
      }
      if (request.method === "initialize") conversing = true
      post(request)
      return Effect.sync(() => cancel(request))
    })
  channel.open({
    text: (text) => {
      if (over !== undefined) return
      const value = parse(text)
      if (!Array.isArray(value)) return receive(value)
      for (const item of value) receive(item)
    },
    bad: (why) => {
      if (why === "too long") shut(new TransportError({ message: "The server sent a line over the limit" }))
      else noise++
    },
    end: (cause) => explain(cause, shut)
  })
  return {
    send: (message) =>
      JsonRpc.isRequest(message)
        ? Effect.flatMap(Outbox, (outbox) => Effect.andThen(ready, ask(message, outbox)))
        : Effect.andThen(
            ready,
            Effect.sync(() => void post(message))
          ),
    inbox: Stream.fromQueue(inbox),
    counts: () => ({ noise, unmatched: pending.unmatched, dropped: dropped + pending.dropped }),
    shut
  }
}

/** The answer to a request there is no room for. */
export const overloaded: JsonRpc.Fault = {
  code: McpError.code.InternalError,
  message: "The client does not take requests as fast as they come"
}

/** The value of a text, or `undefined`, which no message is. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
