/**
 * JSON-RPC 2.0: the four shapes on the wire and the rules of the envelope, and nothing about MCP.
 *
 * Envelopes are checked by hand, once: a Schema for a message in which everything but `id` and `method` is
 * unknown buys nothing. What is inside `params` and `result` is the business of `Methods`.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic
 */

/** A request id: a string or a safe integer. Ids are echoed exactly, never converted. */
export type Id = string | number

/** An object of JSON values: the `params` of a request, the `result` of a response. */
export interface Params {
  readonly [key: string]: unknown
}

export interface Request {
  readonly jsonrpc: "2.0"
  readonly id: Id
  readonly method: string
  readonly params?: Params
}

export interface Notification {
  readonly jsonrpc: "2.0"
  readonly id?: never
  readonly method: string
  readonly params?: Params
}

/** The `error` member of a failed response. */
export interface Fault {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

export interface Success {
  readonly jsonrpc: "2.0"
  readonly id: Id
  readonly result: Params
}

/** A failed response. It lacks the id only when the request was too malformed to read one. */
export interface Failure {
  readonly jsonrpc: "2.0"
  readonly id?: Id
  readonly error: Fault
}

export type Response = Success | Failure
export type Message = Request | Notification | Response

export const isRequest = (message: Message): message is Request => "method" in message && "id" in message
export const isNotification = (message: Message): message is Notification =>
  "method" in message && !("id" in message)
export const isResponse = (message: Message): message is Response => !("method" in message)
export const isFailure = (message: Response): message is Failure => "error" in message

export const request = (id: Id, method: string, params: Params): Request => ({
  jsonrpc: "2.0",
  id,
  method,
  params
})
export const notification = (method: string, params: Params): Notification => ({
  jsonrpc: "2.0",
  method,
  params
})
export const success = (id: Id, result: Params): Success => ({ jsonrpc: "2.0", id, result })
export const failure = (id: Id | undefined, error: Fault): Failure =>
  id === undefined ? { jsonrpc: "2.0", error } : { jsonrpc: "2.0", id, error }

/** The codes JSON-RPC itself defines. */
export const parseError: Fault = { code: -32700, message: "Parse error: the message is not valid JSON" }
export const invalidRequest = (why: string): Fault => ({ code: -32600, message: `Invalid request: ${why}` })

/** Whether a value is a JSON object: neither null nor an array. */
export const isObject = (value: unknown): value is Params =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * Whether a value may identify a request. Fractions, null, -0 and integers beyond 2^53 - 1 may not: they could not be
 * echoed exactly.
 */
export const isId = (value: unknown): value is Id =>
  typeof value === "string" || (Number.isSafeInteger(value) && !Object.is(value, -0))

/** What is no message, as the failure to answer it with. */
export interface Invalid {
  readonly invalid: Failure
  /** It named a method and gave no id: it is not to be answered, on transports that answer by message. */
  readonly isNotification: boolean
}

/**
 * Reads a parsed JSON value as one message, or says what is wrong with it. Members that the envelope does not know
 * are dropped; members of the prototype are not read. Names count as they are spelled. Of a member that is there twice
 * only the last is, for everybody that looks: `JSON.parse` keeps no other.
 */
export const decode = (value: unknown): Message | Invalid => {
  if (!isObject(value)) return refuse(value, "a message is a JSON object")
  const id = own(value, "id")
  const readable = isId(id) ? id : undefined
  if (own(value, "jsonrpc") !== "2.0") return refuse(value, '"jsonrpc" must be "2.0"')
  if (
    Object.hasOwn(value, "id") &&
    readable === undefined &&
    !(id === null && Object.hasOwn(value, "error"))
  ) {
    return refuse(value, '"id" must be a string or an integer within ±(2^53 - 1)')
  }
  if (Object.hasOwn(value, "method")) return called(value, readable)
  if (Object.hasOwn(value, "error")) return failed(value, readable)
  if (!Object.hasOwn(value, "result")) {
    return refuse(value, 'neither "method", "result" nor "error" is present')
  }
  const result = own(value, "result")
  if (readable === undefined) return refuse(value, 'a response needs the "id" of its request')
  return isObject(result) ? success(readable, result) : refuse(value, '"result" must be an object')
}

export const isInvalid = (message: Message | Invalid): message is Invalid => "invalid" in message

/**
 * Refuses a message, with its id only if it asked for something. The id of a malformed response is one of *our*
 * requests: sent back, it would seem to answer a request of the peer that happens to have the same id.
 */
export const refuse = (value: unknown, why: string): Invalid => {
  const message = isObject(value) ? value : {}
  const id = isAnswer(message) ? undefined : own(message, "id")
  return {
    invalid: failure(isId(id) ? id : undefined, invalidRequest(why)),
    isNotification: typeof own(message, "method") === "string" && !Object.hasOwn(message, "id")
  }
}

/** Whether a message, however malformed, means to answer. */
const isAnswer = (value: Params) =>
  !Object.hasOwn(value, "method") && (Object.hasOwn(value, "result") || Object.hasOwn(value, "error"))

const own = (value: Params, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined)

const called = (value: Params, id: Id | undefined) => {
  const method = own(value, "method")
  const params = own(value, "params")
  if (typeof method !== "string") return refuse(value, '"method" must be a string')
  if (Object.hasOwn(value, "result") || Object.hasOwn(value, "error")) {
    return refuse(value, "a message is either a request or a response")
  }
  if (params !== undefined && !isObject(params)) return refuse(value, '"params" must be an object')
  if (params === undefined) {
    return id === undefined
      ? ({ jsonrpc: "2.0", method } as const)
      : ({ jsonrpc: "2.0", id, method } as const)
  }
  return id === undefined ? notification(method, params) : request(id, method, params)
}

const failed = (value: Params, id: Id | undefined) => {
  const error = own(value, "error")
  if (Object.hasOwn(value, "result")) return refuse(value, 'a response has "result" or "error", not both')
  if (!isObject(error) || !Number.isInteger(error["code"]) || typeof error["message"] !== "string") {
    return refuse(value, '"error" needs an integer "code" and a "message"')
  }
  const fault = { code: error["code"] as number, message: error["message"] }
  return failure(id, Object.hasOwn(error, "data") ? { ...fault, data: error["data"] } : fault)
}
