/**
 * The stream on which a server of the handshake era says what belongs to no request. Servers need not offer it. It is
 * opened again whenever it ends, after the last event that was dealt with.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#listening-for-messages-from-the-server
 */
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Queue from "effect/Queue"
import { TransportError } from "../../client/Transport.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Answer from "./Answer.ts"
import * as Body from "./Body.ts"
import * as Events from "./Events.ts"
import type { Event } from "./EventStream.ts"
import type { HttpSession } from "./HttpSession.ts"
import * as Messages from "./Messages.ts"
import * as Refusal from "./Refusal.ts"
import { listened, type Wire } from "./Wire.ts"

/** Listens until the connection ends, or for as long as the server offers something to hear. */
export const listen = Effect.fnUntraced(function* (wire: Wire, session: HttpSession) {
  const cursor = Events.start()
  let opened = false
  for (let failures = 0; session.over === undefined; failures++) {
    const round: Round = yield* connect(wire, session, cursor, opened)
    if (round === "not offered") return
    if (typeof round === "object") return opened ? lost(wire, session, round.denied) : undefined
    opened ||= round === "read"
    if (cursor.moved) failures = 0
    cursor.moved = false
    // Streams that end in peace may go on like that for ever; without a server there is nothing to wait for.
    if (round === "failed" && failures >= wire.reconnect.maxRetries) {
      return opened ? wire.lose(gone(wire)) : undefined
    }
    yield* wire.reconnect.wait(failures, cursor.retry)
  }
})

/** What became of one connection. */
type Round = "read" | "failed" | "not offered" | { readonly denied: TransportError }

/** Nothing can be said in the session, not even that it is over: whoever is asked to sign in is asked once. */
const lost = (wire: Wire, session: HttpSession, denied: TransportError) => {
  session.over = new TransportError({ message: denied.message, denied: true, cause: denied.cause })
  wire.lose(session.over)
}

const connect = (wire: Wire, session: HttpSession, cursor: Events.Cursor, opened: boolean) => {
  const { endpoint, exchanges, limit } = wire
  const headers = { ...listened, ...session.headers, ...Events.lastEventId(cursor) }
  const heard = exchanges.run(
    "the stream of the server",
    (touch) =>
      Effect.flatMap(endpoint.send("GET", headers), (response): Effect.Effect<Round, TransportError> =>
        Answer.kindOf(response) === "events"
          ? Effect.as(
              Events.read(response, {
                what: "the stream of the server",
                limit,
                cursor,
                touch,
                fork: exchanges.fork,
                hear: (event) => take(wire, event)
              }),
              "read"
            )
          : Refusal.isDenial(response.status) && opened
            ? Effect.flatMap(Answer.errorText(response, limit), (text) =>
                Refusal.refuse("the stream of the server", response, text)
              )
            : Effect.map(Body.discard(response), () => refused(response, session, cursor, opened))
      ),
    { standing: true }
  )
  return Effect.catch(heard, (error) =>
    Effect.succeed<Round>(error.denied === true ? { denied: error } : "failed")
  )
}

/** A server that never had such a stream says so in many ways. One that had it means something else. */
const refused = (
  response: HttpClientResponse,
  session: HttpSession,
  cursor: Events.Cursor,
  opened: boolean
): Round => {
  const passing = Refusal.isPassing(response.status)
  if (!opened) return passing ? "failed" : "not offered"
  if (session.ended(response) === undefined && !passing) cursor.id = undefined
  return "failed"
}

/** Waits where there is no room: this stream has nothing anybody waits for. */
const take = ({ inbox }: Wire, { data, type }: Event): Effect.Effect<undefined> =>
  type === "message" && data !== ""
    ? Effect.as(
        Queue.offerAll(
          inbox,
          Messages.read(data).filter((message) => !JsonRpc.isResponse(message))
        ),
        undefined
      )
    : Effect.succeed(undefined)

const gone = ({ endpoint }: Wire) =>
  new TransportError({ message: `The stream of ${endpoint.target} ended and could not be opened again` })
