/**
 * The envelope as Schemas, with the `_meta` of requests, notifications and results.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic
 */
import * as Schema from "effect/Schema"
import { ClientCapabilities } from "./Capabilities.ts"
import { Implementation } from "./Implementation.ts"
import { LoggingLevel } from "./Logging.ts"
import { key } from "./Meta.ts"
import { JsonObject, open, optional } from "./Open.ts"

/** A string or an integer. */
export const RequestId = Schema.Union([Schema.String, Schema.Int])
export const ProgressToken = Schema.Union([Schema.String, Schema.Int])

export const MetaObject = JsonObject

/** What a request of 2026-07-28 says about itself. */
export const RequestMetaObject = open({
  progressToken: optional(ProgressToken),
  [key.protocolVersion]: Schema.String,
  [key.clientInfo]: optional(Implementation),
  [key.clientCapabilities]: ClientCapabilities,
  [key.logLevel]: optional(LoggingLevel)
})

export const NotificationMetaObject = open({ [key.subscriptionId]: optional(RequestId) })
export const ResultMetaObject = open({ [key.serverInfo]: optional(Implementation) })

/** Fields every request's params have; `_meta` is required in 2026-07-28 only. */
export const requestParams = { _meta: RequestMetaObject }
export const notificationParams = { _meta: optional(NotificationMetaObject) }

/** Fields every result has. */
export const result = {
  _meta: optional(ResultMetaObject),
  /** "complete", "input_required", or a value of a negotiated extension. */
  resultType: Schema.String
}

export const RequestParams = open(requestParams)
export const NotificationParams = open(notificationParams)
export const Result = open(result)
export const EmptyResult = Result

/** The `error` member of a failed response. */
export const Fault = open({ code: Schema.Int, message: Schema.String, data: optional(Schema.Unknown) })

export const JSONRPCRequest = open({
  jsonrpc: Schema.Literal("2.0"),
  id: RequestId,
  method: Schema.String,
  params: optional(JsonObject)
})
export const JSONRPCNotification = open({
  jsonrpc: Schema.Literal("2.0"),
  method: Schema.String,
  params: optional(JsonObject)
})
export const JSONRPCResultResponse = open({
  jsonrpc: Schema.Literal("2.0"),
  id: RequestId,
  result: JsonObject
})
export const JSONRPCErrorResponse = open({
  jsonrpc: Schema.Literal("2.0"),
  id: optional(RequestId),
  error: Fault
})

/** A request of one method, whole. */
export const requestOf = <const Method extends string, P extends Schema.Constraint>(
  method: Method,
  params: P
) => open({ jsonrpc: Schema.Literal("2.0"), id: RequestId, method: Schema.Literal(method), params })

/** A notification of one method, whole. */
export const notificationOf = <const Method extends string, P extends Schema.Constraint>(
  method: Method,
  params: P
) =>
  open({ jsonrpc: Schema.Literal("2.0"), method: Schema.Literal(method), params: Schema.optionalKey(params) })

/** A successful response with one kind of result, whole. */
export const responseOf = <R extends Schema.Constraint>(result: R) =>
  open({ jsonrpc: Schema.Literal("2.0"), id: RequestId, result })
