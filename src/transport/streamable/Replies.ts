/** The plain answers of the binding: JSON-RPC responses with their status, and refusals with a reason. */
import type { Reply } from "../../http/Exchange.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Kept from "../../protocol/Kept.ts"
import * as McpError from "../../protocol/McpError.ts"

const json = { "content-type": "application/json" }
const none = {}

export const of = (status: number, answer: Responses, headers: Reply["headers"] = none): Reply => ({
  status,
  headers: headers === none ? json : { ...json, ...headers },
  body: write(answer)
})

const write = (answer: Responses): string => {
  if (answer === undefined) return ""
  return isMany(answer) ? JSON.stringify(answer) : Kept.write(answer)
}

/** A refusal that answers no request in particular. */
export const refuse = (status: number, why: string, headers?: Reply["headers"]): Reply =>
  of(status, JsonRpc.failure(undefined, { code: McpError.code.InvalidRequest, message: why }), headers)

/** Where no message could be read. */
export const unreadable = (why: string): Reply =>
  of(400, JsonRpc.failure(undefined, { code: McpError.code.ParseError, message: `Parse error: ${why}` }))

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

/** What a peer answers to a body: a response, those of a batch, or nothing. */
export type Responses = JsonRpc.Response | ReadonlyArray<JsonRpc.Response> | undefined

const isMany = (answer: NonNullable<Responses>): answer is ReadonlyArray<JsonRpc.Response> =>
  Array.isArray(answer)

export const each = (answer: Responses): ReadonlyArray<JsonRpc.Response> =>
  answer === undefined ? [] : isMany(answer) ? answer : [answer]

/**
 * The answer of the stateful era. A failure that answers no request in particular means that the body was not
 * understood.
 */
export const stateful = (answer: Responses, headers?: Reply["headers"]): Reply => {
  if (answer === undefined) return empty(202, headers)
  return of(!isMany(answer) && answer.id === undefined ? 400 : 200, answer, headers)
}

/** The status of an answer of the stateless era, by what it says. */
export const statusOf = (response: JsonRpc.Response): number => {
  if (!JsonRpc.isFailure(response)) return 200
  const { code } = response.error
  if (code === McpError.code.MethodNotFound) return 404
  return badRequest.has(code) ? 400 : 200
}
