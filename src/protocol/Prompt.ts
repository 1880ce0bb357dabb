/**
 * Prompts, as they are listed and got.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/prompts
 */
import * as Schema from "effect/Schema"
import { ContentBlock, Role } from "./Content.ts"
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

export const PromptArgument = open({
  ...baseMetadata,
  description: optional(Schema.String),
  required: optional(Schema.Boolean)
})

export const Prompt = open({
  ...baseMetadata,
  ...icons,
  description: optional(Schema.String),
  arguments: optional(Schema.Array(PromptArgument)),
  _meta: optional(JsonObject)
})
export type Prompt = typeof Prompt.Type

export const PromptMessage = open({ role: Role, content: ContentBlock })
export type PromptMessage = typeof PromptMessage.Type

export const ListPromptsRequest = requestOf("prompts/list", PaginatedRequestParams)
export const ListPromptsResult = open({ ...paginated, prompts: Schema.Array(Prompt) })
export const ListPromptsResultResponse = responseOf(ListPromptsResult)

export const GetPromptRequestParams = open({
  ...requestParams,
  ...inputResponses,
  name: Schema.String,
  arguments: optional(Schema.Record(Schema.String, Schema.String))
})
export const GetPromptRequest = requestOf("prompts/get", GetPromptRequestParams)
export const GetPromptResult = open({
  ...result,
  description: optional(Schema.String),
  messages: Schema.Array(PromptMessage)
})
export type GetPromptResult = typeof GetPromptResult.Type
export const GetPromptResultResponse = responseOf(Schema.Union([GetPromptResult, InputRequiredResult]))

export const PromptListChangedNotification = notificationOf(
  "notifications/prompts/list_changed",
  NotificationParams
)
