/**
 * HTTP+SSE of 2024-11-05: one stream from the server, whose first event says where messages are to be posted. A
 * response comes on the stream, not on the exchange of its request; when the stream ends, the connection is over.
 *
 * @see https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { TransportError } from "../../client/Transport.ts"
import { Outbox } from "../../Connection.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import { overloaded } from "../Duplex.ts"
import { Pending } from "../DuplexPending.ts"
import * as Answer from "./Answer.ts"
import type { Endpoint } from "./Endpoint.ts"
import * as Events from "./Events.ts"
import type { Event } from "./EventStream.ts"
import * as Messages from "./Messages.ts"
import * as Refusal from "./Refusal.ts"
import { inTime, listened, posted, type Wire } from "./Wire.ts"

export type Send = (
  message: JsonRpc.Message
) => Effect.Effect<JsonRpc.Response | undefined, TransportError, Outbox>

/** Connects; fails unless the server has said within `connectTimeout` milliseconds where to post. */
export const open = Effect.fnUntraced(function* (
  wire: Wire,
  connectTimeout: number
): Effect.fn.Return<Send, TransportError, Scope.Scope> {
  const { endpoint, exchanges, inbox } = wire
  const place = Deferred.makeUnsafe<Endpoint, TransportError>()
  const pending = new Pending(Effect.runForkWith(yield* Effect.context<never>()), backlog)

  const post = (message: JsonRpc.Message) =>
    Effect.flatMap(Deferred.await(place), (messages) =>
      Effect.flatMap(messages.send("POST", posted, JSON.stringify(message)), (response) =>
        Answer.accepted(wordFor(message), response, wire.limit)
      )
    )
  const mention = (message: JsonRpc.Message) => exchanges.fork(Effect.ignore(post(message)))

  const take = (message: JsonRpc.Message) => {
    if (JsonRpc.isResponse(message)) return pending.settle(message)
    if (JsonRpc.isNotification(message) && pending.tell(message)) return
    const kept = Queue.offerUnsafe(inbox, message)
    if (!kept && JsonRpc.isRequest(message)) mention(JsonRpc.failure(message.id, overloaded))
  }
  /** What it gives back ends the connection. */
  const hear = ({ data, type }: Event): TransportError | undefined => {
    if (type === "message" && data !== "") for (const message of Messages.read(data)) take(message)
    if (type !== "endpoint" || Deferred.isDoneUnsafe(place)) return undefined
    const messages = endpoint.sibling(data)
    if (messages === undefined) return astray(endpoint, data)
    Deferred.doneUnsafe(place, Effect.succeed(messages))
    return undefined
  }
  const listen = exchanges.run("the stream of the server", (touch) =>
    Effect.flatMap(endpoint.send("GET", listened), (response) =>
      Answer.kindOf(response) === "events"
        ? Effect.flatMap(
            Events.read(response, {
              what: "the stream of the server",
              limit: wire.limit,
              cursor: Events.start(),
              touch,
              fork: exchanges.fork,
              hear: (event) => Effect.sync(() => hear(event))
            }),
            ({ found, why }) => Effect.fail(found ?? over(endpoint, why))
          )
        : notOffered(endpoint, response, wire.limit)
    )
  )
  const end = (reason: TransportError) => {
    // Until it is known where to post, there is no connection that could end.
    if (Deferred.doneUnsafe(place, Effect.fail(reason))) return
    const final = new TransportError({ message: reason.message, cause: reason.cause })
    pending.failAll(final)
    exchanges.shut(final)
    wire.lose(final)
  }
  yield* Effect.addFinalizer(() => Effect.sync(() => pending.failAll(over(endpoint, "it was closed"))))
  yield* Effect.forkScoped(
    Effect.catch(listen, (error) => Effect.sync(() => end(error))),
    { startImmediately: true }
  )
  yield* Effect.timeoutOrElse(Deferred.await(place), {
    duration: connectTimeout,
    orElse: () => Effect.fail(mute(endpoint, connectTimeout))
  })

  const ask = (request: JsonRpc.Request, outbox: Outbox["Service"]) =>
    Effect.callback<JsonRpc.Response, TransportError>((resume) => {
      const reason = exchanges.over()
      if (reason !== undefined) return resume(Effect.fail(reason))
      if (!pending.add(request, outbox, resume)) return resume(Effect.fail(taken(request.id)))
      exchanges.fork(
        Effect.catch(post(request), (error) =>
          Effect.sync(() => {
            pending.forget(request.id)
            resume(Effect.fail(error))
          })
        )
      )
      return Effect.sync(() => {
        pending.forget(request.id)
        if (request.method !== "initialize") {
          mention(JsonRpc.notification("notifications/cancelled", { requestId: request.id }))
        }
      })
    })
  return (message) =>
    JsonRpc.isRequest(message)
      ? Effect.flatMap(Outbox, (outbox) => ask(message, outbox))
      : inTime(
          wire,
          wordFor(message),
          exchanges.run(wordFor(message), () => post(message))
        )
})

const wordFor = (message: JsonRpc.Message) => (JsonRpc.isResponse(message) ? "a response" : message.method)

/** How many notifications wait for one slow listener of a request before the oldest is dropped. */
const backlog = 1024

const notOffered = ({ target }: Endpoint, response: HttpClientResponse, limit: number) =>
  Effect.flatMap(Answer.errorText(response, limit), (text) =>
    Refusal.refuse(`GET ${target}`, response, text, { over: !Refusal.isUnrelated(response.status) })
  )

const over = ({ target }: Endpoint, why: string) =>
  new TransportError({ message: `The connection to ${target} is over: ${why}` })

const mute = ({ target }: Endpoint, millis: number) =>
  new TransportError({
    message: `${target} did not say within ${millis} ms where to post messages: is it a server of HTTP+SSE?`
  })

/** The server wants messages, and the credentials that go with them, posted to another origin. */
export class Astray {
  readonly endpoint: string

  constructor(endpoint: string) {
    this.endpoint = endpoint
  }
}

const astray = ({ target }: Endpoint, data: string) =>
  new TransportError({
    message: `${target} wants its messages posted to another origin, "${Refusal.excerpt(data)}": refused`,
    refused: true,
    cause: new Astray(data)
  })

const taken = (id: JsonRpc.Id) =>
  new TransportError({ message: `The request id ${JSON.stringify(id)} is already in use` })
