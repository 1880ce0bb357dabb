/**
 * What only the revisions with a handshake have: `initialize`, `ping`, subscriptions and the log level as requests,
 * and the notifications that go with them.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle
 */
import * as Schema from "effect/Schema"
import { ClientCapabilities, ServerCapabilities } from "./Capabilities.ts"
import { Implementation } from "./Implementation.ts"
import { LoggingLevel } from "./Logging.ts"
import { JsonObject, open, optional } from "./Open.ts"

const meta = { _meta: optional(JsonObject) }

export const InitializeRequestParams = open({
  ...meta,
  protocolVersion: Schema.String,
  capabilities: ClientCapabilities,
  clientInfo: Implementation
})
export const InitializeResult = open({
  ...meta,
  protocolVersion: Schema.String,
  capabilities: ServerCapabilities,
  serverInfo: Implementation,
  instructions: optional(Schema.String)
})
export type InitializeResult = typeof InitializeResult.Type

/** Params of requests and notifications that carry nothing. */
export const Nothing = open(meta)

export const SetLevelRequestParams = open({ ...meta, level: LoggingLevel })
export const SubscribeRequestParams = open({ ...meta, uri: Schema.String })
export const UnsubscribeRequestParams = SubscribeRequestParams

/** 2025-11-25: the user has finished what a URL asked of them. */
export const ElicitationCompleteNotificationParams = open({ ...meta, elicitationId: Schema.String })

/** 2025-11-25: a page the user must visit, with the name by which the server later says that it is finished. */
export const UrlElicitation = open({
  mode: Schema.Literal("url"),
  message: Schema.String,
  elicitationId: Schema.String,
  url: Schema.String
})
export type UrlElicitation = typeof UrlElicitation.Type

/** 2025-11-25, data of -32042: the pages the user must visit before the request can succeed. */
export const UrlElicitationRequiredData = open({ elicitations: Schema.Array(UrlElicitation) })
export const UrlElicitationRequiredError = open({
  code: Schema.Literal(-32042),
  message: Schema.String,
  data: UrlElicitationRequiredData
})
