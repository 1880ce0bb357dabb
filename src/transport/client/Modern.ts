/**
 * Requests of the stateless era over HTTP: each is a POST of its own that explains itself, and its response comes on
 * the same exchange. Closing that cancels the request; a stream that broke cannot be resumed.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { TransportError } from "../../client/Transport.ts"
import type { Outbox } from "../../Connection.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as McpError from "../../protocol/McpError.ts"
import * as Meta from "../../protocol/Meta.ts"
import * as Headers from "../Headers.ts"
import * as Answer from "./Answer.ts"
import * as Events from "./Events.ts"
import * as Refusal from "./Refusal.ts"
import { inTime, posted, type Wire } from "./Wire.ts"

/** The version a message declares, as requests of the stateless era do. */
export const versionOf = ({ params }: JsonRpc.Request): string | undefined => {
  const meta = params !== undefined && Object.hasOwn(params, "_meta") ? params["_meta"] : undefined
  const version = JsonRpc.isObject(meta) ? meta[Meta.key.protocolVersion] : undefined
  return typeof version === "string" ? version : undefined
}

export const ask = (
  wire: Wire,
  request: JsonRpc.Request,
  version: string,
  outbox: Outbox["Service"]
): Effect.Effect<JsonRpc.Response, TransportError> => {
  const headers = { ...posted, ...Headers.standard(version, request), ...wire.tools.of(request) }
  const answered = wire.exchanges.run(request.method, (touch) =>
    Effect.flatMap(wire.endpoint.send("POST", headers, JSON.stringify(request)), (response) =>
      read(wire, response, { request, outbox, touch, limit: wire.limit })
    )
  )
  if (request.method !== "tools/list") return answered
  return Effect.flatMap(answered, (response): Effect.Effect<JsonRpc.Response> =>
    JsonRpc.isFailure(response)
      ? Effect.succeed(response)
      : Effect.map(wire.tools.learn(response.result), (result) => JsonRpc.success(response.id, result))
  )
}

/** The revision has no notifications to servers over HTTP; extensions may. */
export const deliver = (
  wire: Wire,
  { method, ...rest }: JsonRpc.Notification,
  version: string
): Effect.Effect<undefined, TransportError> => {
  const headers = {
    ...posted,
    [Headers.field.protocolVersion]: version,
    [Headers.field.method]: Headers.encode(method)
  }
  const sent = wire.exchanges.run(method, () =>
    Effect.flatMap(wire.endpoint.send("POST", headers, JSON.stringify({ method, ...rest })), (response) =>
      Answer.accepted(method, response, wire.limit)
    )
  )
  return inTime(wire, method, sent)
}

/** Whether a failed `initialize` failed as it does at a modern server, which may not know the method. */
export const isModern = (response: JsonRpc.Response): boolean =>
  JsonRpc.isFailure(response) && [...modern, McpError.code.MethodNotFound].includes(response.error.code)

const read = (wire: Wire, response: HttpClientResponse, asked: Answer.Asked) => {
  switch (Answer.kindOf(response)) {
    case "message":
      return Answer.message(response, asked)
    case "events":
      return events(wire, response, asked)
    case "nothing":
      return Answer.failure(response, asked, judge(asked.request.method))
  }
}

const events = (wire: Wire, response: HttpClientResponse, asked: Answer.Asked) => {
  const { limit, outbox, request, touch } = asked
  const reading = {
    what: request.method,
    limit,
    cursor: Events.start(),
    touch,
    fork: wire.exchanges.fork,
    hear: Answer.heard(request.id, outbox)
  }
  return Effect.flatMap(Events.read(response, reading), ({ found, why }) =>
    found === undefined
      ? Effect.fail(
          new TransportError({ message: `${request.method}: ${why} before the answer`, refused: true })
        )
      : Effect.succeed(found)
  )
}

/** The errors only a modern server has, whether or not they name the request. */
const modern: ReadonlyArray<number> = [
  McpError.code.HeaderMismatch,
  McpError.code.MissingRequiredClientCapability,
  McpError.code.UnsupportedProtocolVersion
]

/**
 * An endpoint that answers 4xx, and not as a modern server does, is something else now, or was all along: the next
 * request finds out what. A probe is answered so by older servers in many ways; a later request, by fewer.
 */
const judge = (method: string): Answer.Judge => ({
  isResponse: (_status, { failure, named }) => named || modern.includes(failure.error.code),
  consequence: (status) => ({
    over:
      method === "server/discover"
        ? status >= 400 && status < 500 && !Refusal.isUnrelated(status)
        : status === 400 || status === 404 || status === 405
  })
})
