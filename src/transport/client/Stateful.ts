/**
 * The handshake era over Streamable HTTP: every message is a POST with the id of the session; responses come on the
 * exchange of their request, which is resumed where it broke and the server can; what the server says unprompted comes
 * on a stream of its own.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
 */
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { TransportError } from "../../client/Transport.ts"
import type { Outbox } from "../../Connection.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Answer from "./Answer.ts"
import * as Body from "./Body.ts"
import { closed } from "./Exchanges.ts"
import { HttpSession } from "./HttpSession.ts"
import * as Refusal from "./Refusal.ts"
import * as Resume from "./Resume.ts"
import * as Unprompted from "./Unprompted.ts"
import { inTime, posted, type Wire } from "./Wire.ts"

export interface Stateful {
  /** Sends a request and waits for its response. */
  readonly ask: Ask
  /** Sends a message that has no response. */
  readonly deliver: (
    message: JsonRpc.Notification | JsonRpc.Response
  ) => Effect.Effect<undefined, TransportError>
  /** Ends the session at the server, if it has one; lets what is on its way in one that is gone find out. */
  readonly end: Effect.Effect<unknown>
}

export type Ask = (
  request: JsonRpc.Request,
  outbox: Outbox["Service"]
) => Effect.Effect<JsonRpc.Response, TransportError>

/** How long the server may take to forget a session when the client leaves. */
const farewell = "2 seconds"

/** How long requests in a session that is gone may take to be told so, each by its own answer. */
const patience = "1 second"

/** `older` tries the transport before this one, where the server does not seem to know this one. */
export const make = (
  wire: Wire,
  older: (failed: Effect.Effect<JsonRpc.Response, TransportError>) => Ask
): Stateful => {
  const { endpoint, exchanges, limit } = wire
  const session = new HttpSession(endpoint.target, wire.lose)

  const post = (message: JsonRpc.Message) =>
    Effect.suspend(() =>
      session.over === undefined
        ? endpoint.send("POST", { ...posted, ...session.headers }, JSON.stringify(message))
        : Effect.fail(session.over)
    )
  const initialize: Ask = (request, outbox) =>
    exchanges.run(request.method, (touch) =>
      Effect.flatMap(post(request), (response) => {
        const asked = { request, outbox, touch, limit }
        if (Answer.kindOf(response) !== "nothing") {
          return Effect.tap(read(response, asked), (answer) =>
            Effect.sync(() => session.begin(response, answer))
          )
        }
        const failed = Answer.failure(response, asked, greeting)
        return isUnknown(response.status) ? older(failed)(request, outbox) : failed
      })
    )
  const read = (response: HttpClientResponse, asked: Answer.Asked) => {
    switch (Answer.kindOf(response)) {
      case "message":
        return Answer.message(response, asked)
      case "events":
        return Resume.read(wire, session, response, asked)
      case "nothing": {
        const ended = session.ended(response)
        return ended === undefined ? Answer.failure(response, asked, judge) : Effect.fail(ended)
      }
    }
  }
  const deliver: Stateful["deliver"] = (message) => {
    const what = JsonRpc.isResponse(message) ? "a response" : message.method
    const sent = exchanges.run(what, () =>
      Effect.flatMap(post(message), (response) => {
        const ended = session.ended(response)
        return ended === undefined ? Answer.accepted(what, response, limit) : Effect.fail(ended)
      })
    )
    return Effect.tap(inTime(wire, what, sent), () =>
      Effect.sync(() => {
        if (what === "notifications/initialized") exchanges.fork(Unprompted.listen(wire, session))
      })
    )
  }
  const cancel = ({ id }: JsonRpc.Request) =>
    exchanges.fork(Effect.ignore(deliver(JsonRpc.notification("notifications/cancelled", { requestId: id }))))

  return {
    ask: (request, outbox) =>
      request.method === "initialize"
        ? initialize(request, outbox)
        : exchanges.run(
            request.method,
            (touch) =>
              Effect.flatMap(post(request), (response) => read(response, { request, outbox, touch, limit })),
            // Closing a stream says nothing in this era: the server has to be told.
            { abandoned: () => cancel(request) }
          ),
    deliver,
    end: Effect.suspend(() => {
      if (session.over !== undefined) return Effect.timeoutOption(exchanges.settled, patience)
      exchanges.shut(closed)
      return session.isOpen && wire.terminate
        ? Effect.timeoutOption(
            Effect.ignore(Effect.flatMap(endpoint.send("DELETE", session.headers), Body.discard)),
            farewell
          )
        : Effect.void
    })
  }
}

/** Statuses that may mean that nobody there knows Streamable HTTP: any 4xx until 2025-06-18. */
const isUnknown = (status: number) => status >= 400 && status < 500 && !Refusal.isUnrelated(status)

/** Whoever refuses to begin a session need not name the request. */
const greeting: Answer.Judge = { isResponse: () => true, consequence: () => ({}) }

/** An error that names no request was made before any was read: it refuses the session, and another may do better. */
const judge: Answer.Judge = {
  isResponse: (_status, { named }) => named,
  consequence: (status, fault) => {
    const refused = status === 400 && fault !== undefined
    return { over: refused, unsent: refused }
  }
}
