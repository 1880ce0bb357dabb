/**
 * Tools, as they are listed and called.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools
 */
import * as Schema from "effect/Schema"
import { ContentBlock } from "./Content.ts"
import {
  notificationOf,
  NotificationParams,
  requestOf,
  requestParams,
  responseOf,
  result
} from "./Envelope.ts"
import { baseMetadata, icons } from "./Icon.ts"
import { InputRequiredResult, inputResponses } from "./Input.ts"
import { JsonObject, open, optional } from "./Open.ts"
import { paginated, PaginatedRequestParams } from "./Page.ts"

/** Hints, not promises: never decide on them unless the server is trusted. */
export const ToolAnnotations = open({
  title: optional(Schema.String),
  readOnlyHint: optional(Schema.Boolean),
  destructiveHint: optional(Schema.Boolean),
  idempotentHint: optional(Schema.Boolean),
  openWorldHint: optional(Schema.Boolean)
})
export type ToolAnnotations = typeof ToolAnnotations.Type

export const Tool = open({
  ...baseMetadata,
  ...icons,
  description: optional(Schema.String),
  /** JSON Schema 2020-12 unless `$schema` says otherwise. */
  inputSchema: open({ $schema: optional(Schema.String), type: Schema.Literal("object") }),
  outputSchema: optional(open({ $schema: optional(Schema.String) })),
  annotations: optional(ToolAnnotations),
  _meta: optional(JsonObject)
})
export type Tool = typeof Tool.Type

export const ListToolsRequest = requestOf("tools/list", PaginatedRequestParams)
export const ListToolsResult = open({ ...paginated, tools: Schema.Array(Tool) })
export const ListToolsResultResponse = responseOf(ListToolsResult)

export const CallToolRequestParams = open({
  ...requestParams,
  ...inputResponses,
  name: Schema.String,
  arguments: optional(JsonObject)
})
export const CallToolRequest = requestOf("tools/call", CallToolRequestParams)
export const CallToolResult = open({
  ...result,
  content: Schema.Array(ContentBlock),
  /** Any JSON value that fits the tool's outputSchema; null is a value. */
  structuredContent: optional(Schema.Unknown),
  isError: optional(Schema.Boolean)
})
export type CallToolResult = typeof CallToolResult.Type
export const CallToolResultResponse = responseOf(Schema.Union([CallToolResult, InputRequiredResult]))

export const ToolListChangedNotification = notificationOf(
  "notifications/tools/list_changed",
  NotificationParams
)
