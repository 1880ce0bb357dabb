/**
 * Resources, as they are listed, read and watched.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/resources
 */
import * as Schema from "effect/Schema"
import * as Content from "./Content.ts"
import {
  notificationOf,
  notificationParams,
  NotificationParams,
  requestOf,
  requestParams,
  responseOf,
  result
} from "./Envelope.ts"
import { baseMetadata, icons } from "./Icon.ts"
import { InputRequiredResult, inputResponses } from "./Input.ts"
import { JsonObject, open, optional } from "./Open.ts"
import { cacheable, paginated, PaginatedRequestParams } from "./Page.ts"

export const Resource = open(Content.resource)
export type Resource = typeof Resource.Type

export const ResourceTemplate = open({
  ...baseMetadata,
  ...icons,
  /** RFC 6570. */
  uriTemplate: Schema.String,
  description: optional(Schema.String),
  mimeType: optional(Schema.String),
  annotations: optional(Content.Annotations),
  _meta: optional(JsonObject)
})
export type ResourceTemplate = typeof ResourceTemplate.Type

export const ListResourcesRequest = requestOf("resources/list", PaginatedRequestParams)
export const ListResourcesResult = open({ ...paginated, resources: Schema.Array(Resource) })
export const ListResourcesResultResponse = responseOf(ListResourcesResult)

export const ListResourceTemplatesRequest = requestOf("resources/templates/list", PaginatedRequestParams)
export const ListResourceTemplatesResult = open({
  ...paginated,
  resourceTemplates: Schema.Array(ResourceTemplate)
})
export const ListResourceTemplatesResultResponse = responseOf(ListResourceTemplatesResult)

export const ReadResourceRequestParams = open({ ...requestParams, ...inputResponses, uri: Schema.String })
export const ReadResourceRequest = requestOf("resources/read", ReadResourceRequestParams)
export const ReadResourceResult = open({
  ...result,
  ...cacheable,
  contents: Schema.Array(Content.ResourceContents)
})
export type ReadResourceResult = typeof ReadResourceResult.Type
export const ReadResourceResultResponse = responseOf(Schema.Union([ReadResourceResult, InputRequiredResult]))

export const ResourceListChangedNotification = notificationOf(
  "notifications/resources/list_changed",
  NotificationParams
)
export const ResourceUpdatedNotificationParams = open({ ...notificationParams, uri: Schema.String })
export const ResourceUpdatedNotification = notificationOf(
  "notifications/resources/updated",
  ResourceUpdatedNotificationParams
)
