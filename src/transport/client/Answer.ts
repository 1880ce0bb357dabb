/**
 * What comes back for a POST: a JSON body, a stream of events, or something that is no answer.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#sending-messages
 */
import * as Effect from "effect/Effect"
import type { HttpClientError } from "effect/http/HttpClientError"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { TransportError } from "../../client/Transport.ts"
import type { Outbox } from "../../Connection.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Body from "./Body.ts"
import type { Event } from "./EventStream.ts"
import type { Touch } from "./Exchanges.ts"
import * as Messages from "./Messages.ts"
import * as Refusal from "./Refusal.ts"

/** A request that waits for its response. */
export interface Asked {
  readonly request: JsonRpc.Request
  readonly outbox: Outbox["Service"]
  readonly touch: Touch
  /** The largest message that is read, in bytes. */
  readonly limit: number
}

export type Kind = "message" | "events" | "nothing"

export const kindOf = ({ headers, status }: HttpClientResponse): Kind => {
  if (status < 200 || status > 299) return "nothing"
  const type = headers["content-type"]
  if (type === undefined) return "nothing"
  const end = type.indexOf(";")
  const essence = (end < 0 ? type : type.slice(0, end)).trim().toLowerCase()
  if (essence === "application/json") return "message"
  return essence === "text/event-stream" ? "events" : "nothing"
}

/** Deals with the events of a stream, until one has the response. */
export const heard =
  (id: JsonRpc.Id, outbox: Outbox["Service"]) =>
  ({ data, type }: Event): Effect.Effect<JsonRpc.Response | undefined> =>
    type === "message" && data !== ""
      ? Messages.settle(Messages.read(data), id, outbox)
      : Effect.succeed(undefined)

/** Reads a JSON body. */
export const message = (response: HttpClientResponse, asked: Asked) => {
  const { limit, outbox, request } = asked
  return Effect.flatMap(
    Effect.mapError(Body.text(response, limit), (error) => cutOff(request.method, error)),
    (text) =>
      text === undefined
        ? Effect.fail(tooLarge(request.method, limit))
        : Effect.flatMap(Messages.settle(Messages.read(text), request.id, outbox), (found) =>
            found === undefined ? unanswered(request.method, text) : Effect.succeed(found)
          )
  )
}

const cutOff = (method: string, error: HttpClientError) =>
  new TransportError({
    message: `${method}: the answer was cut off (${error.message})`,
    refused: true,
    cause: error
  })

const tooLarge = (method: string, limit: number) =>
  new TransportError({
    message: `${method}: the answer is larger than this client accepts (Limits.eventBytes, ${limit} bytes)`,
    refused: true
  })

const unanswered = (method: string, text: string) =>
  Effect.fail(
    new TransportError({
      message: `${method}: the answer is no response to it: "${Refusal.excerpt(text)}"`,
      refused: true
    })
  )

/** The error in a body of a failed request, if it is one of JSON-RPC, and whether it names the request. */
export interface Fault {
  readonly failure: JsonRpc.Failure
  readonly named: boolean
}

/** How a transport reads an answer that is neither a message nor a stream. */
export interface Judge {
  /** Whether an error with such a status is the response. */
  readonly isResponse: (status: number, fault: Fault) => boolean
  readonly consequence: (status: number, fault: Fault | undefined) => Refusal.Consequence
}

/** Reads an answer that is neither: an error of JSON-RPC, which may be the response, or of HTTP. */
export const failure = (response: HttpClientResponse, { limit, request }: Asked, judge: Judge) =>
  Effect.flatMap(errorText(response, limit), (text) => {
    const { status } = response
    const fault = faultIn(text, request.id)
    return fault !== undefined && !Refusal.isUnrelated(status) && judge.isResponse(status, fault)
      ? Effect.succeed(JsonRpc.failure(request.id, fault.failure.error))
      : Refusal.refuse(request.method, response, text, judge.consequence(status, fault))
  })

/** Errors of JSON-RPC are looked for under any content type: many servers forget to say which. */
export const errorText = (response: HttpClientResponse, limit: number): Effect.Effect<string> => {
  const isJson = response.headers["content-type"]?.includes("json") === true
  return Body.beginning(response, isJson ? limit : Math.min(limit, 65_536))
}

const faultIn = (text: string, id: JsonRpc.Id): Fault | undefined => {
  const found = Messages.read(text).find(
    (said): said is JsonRpc.Failure => JsonRpc.isResponse(said) && JsonRpc.isFailure(said)
  )
  return found && { failure: found, named: found.id === id }
}

/** A message that has no response has been taken, or the reason why not. */
export const accepted = (
  what: string,
  response: HttpClientResponse,
  limit: number
): Effect.Effect<undefined, TransportError> =>
  response.status >= 200 && response.status < 300
    ? Effect.as(Body.discard(response), undefined)
    : Effect.flatMap(errorText(response, limit), (text) => Refusal.refuse(what, response, text))
