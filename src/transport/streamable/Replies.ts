/** The plain answers of the binding: JSON-RPC responses with their status, and refusals with a reason. */
import type { Reply } from "../../http/Exchange.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Kept from "../../protocol/Kept.ts"
import * as McpError from "../../protocol/McpError.ts"
import * as Answers from "../Answers.ts"

const json = { "content-type": "application/json" }
const none = {}

/** One message of ours. */
export const of = (status: number, message: JsonRpc.Response, headers: Reply["headers"] = none): Reply => ({
  status,
  headers: headers === none ? json : { ...json, ...headers },
  body: Kept.write(message)
})

/** What a handler has made; 202 if that is nothing. */
export const answer = (status: number, answers: Answers.Answers, log: Answers.Log): Reply =>
  answers === undefined ? accepted : { status, headers: json, body: Answers.writeAll(answers, log) }

/** A refusal that answers no request in particular. */
export const refuse = (status: number, why: string, headers?: Reply["headers"]): Reply =>
  of(status, JsonRpc.failure(undefined, { code: McpError.code.InvalidRequest, message: why }), headers)

/** Where no message could be read. */
export const unreadable = (why: string): Reply =>
  of(400, JsonRpc.failure(undefined, { code: McpError.code.ParseError, message: `Parse error: ${why}` }))

/** The server is on its way out, and this request with it. */
export const stopped = (id: JsonRpc.Id | undefined): JsonRpc.Failure =>
  JsonRpc.failure(id, { code: McpError.code.InternalError, message: "The server is shutting down" })

export const empty = (status: number, headers: Reply["headers"] = none): Reply => ({
  status,
  headers,
  body: ""
})

export const accepted = empty(202)

export const busy = (what: string) => refuse(503, what, { "retry-after": "1" })

const badRequest: ReadonlySet<number> = new Set([
  McpError.code.ParseError,
  McpError.code.InvalidRequest,
  McpError.code.HeaderMismatch,
  McpError.code.MissingRequiredClientCapability,
  McpError.code.UnsupportedProtocolVersion
])

/** The answer to a request whose handler found scopes missing: the guard's head over the protocol's body. */
export const refusedAs = (refusal: Pick<Reply, "status" | "headers"> | undefined, reply: Reply): Reply =>
  refusal === undefined
    ? reply
    : { status: refusal.status, headers: { ...reply.headers, ...refusal.headers }, body: reply.body }

/**
 * The status of an answer of the stateful era. A failure that answers no request in particular means that the body was
 * not understood.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#sending-messages-to-the-server
 */
export const statefulStatus = (answers: Answers.Answers): number => {
  const response = Answers.single(answers)
  return response !== undefined && response.id === undefined ? 400 : 200
}

/**
 * The status of an answer of the stateless era, by what it says.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#protocol-version-header
 */
export const statusOf = (response: JsonRpc.Response): number => {
  if (!JsonRpc.isFailure(response)) return 200
  const { code } = response.error
  if (code === McpError.code.MethodNotFound) return 404
  return badRequest.has(code) ? 400 : 200
}
