/**
 * Reads the stream that answers a request of the handshake era, over as many connections as it takes: a server may
 * close one and let the client come back for the rest.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery
 */
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { TransportError } from "../../client/Transport.ts"
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Answer from "./Answer.ts"
import * as Body from "./Body.ts"
import * as Events from "./Events.ts"
import type { HttpSession } from "./HttpSession.ts"
import * as Refusal from "./Refusal.ts"
import { listened, type Wire } from "./Wire.ts"

export const read = Effect.fnUntraced(function* (
  wire: Wire,
  session: HttpSession,
  first: HttpClientResponse,
  asked: Answer.Asked
): Effect.fn.Return<JsonRpc.Response, TransportError> {
  const { limit, outbox, request, touch } = asked
  const cursor = Events.start()
  const hear = Answer.heard(request.id, outbox)
  const reading = { what: request.method, limit, cursor, touch, fork: wire.exchanges.fork, hear }
  let response: HttpClientResponse | undefined = first
  let why = ""
  for (let failures = 0; ; failures++) {
    if (response !== undefined) {
      const outcome = yield* Events.read(response, reading)
      if (outcome.found !== undefined) return outcome.found
      why = outcome.why
      if (cursor.moved) failures = 0
      cursor.moved = false
    }
    if (!Events.canResume(cursor)) return yield* lost(request.method, `${why} before the answer`)
    if (failures >= wire.reconnect.maxRetries) {
      return yield* lost(request.method, `${why} before the answer, and did not go on`)
    }
    yield* wire.reconnect.wait(failures, cursor.retry)
    touch()
    response = yield* resume(wire, session, request.method, cursor)
  }
})

/** The rest of the stream, or `undefined` if it may be asked for again. */
const resume = Effect.fnUntraced(function* (
  wire: Wire,
  session: HttpSession,
  method: string,
  cursor: Events.Cursor
): Effect.fn.Return<HttpClientResponse | undefined, TransportError> {
  const headers = { ...listened, ...session.headers, ...Events.lastEventId(cursor) }
  const response = yield* Effect.catch(wire.endpoint.send("GET", headers), (error) =>
    error.denied === true ? Effect.fail(error) : Effect.succeed(undefined)
  )
  if (response === undefined || Answer.kindOf(response) === "events") return response
  const ended = session.ended(response)
  if (ended !== undefined) return yield* ended
  if (Refusal.isPassing(response.status) || response.status >= 500)
    return yield* Effect.as(Body.discard(response), undefined)
  const text = yield* Answer.errorText(response, wire.limit)
  return yield* Refusal.refuse(`${method}: its stream broke and cannot be resumed`, response, text)
})

const lost = (method: string, why: string) =>
  new TransportError({ message: `${method}: ${why}`, refused: true })
