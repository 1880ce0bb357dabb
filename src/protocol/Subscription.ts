/**
 * `subscriptions/listen`: hearing what changes.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions
 */
import * as Schema from "effect/Schema"
import {
  notificationOf,
  notificationParams,
  RequestId,
  requestOf,
  requestParams,
  responseOf,
  result
} from "./Envelope.ts"
import { Implementation } from "./Implementation.ts"
import { key } from "./Meta.ts"
import { open, optional } from "./Open.ts"

/** What a client wants to hear of. Every kind is off unless asked for. */
export const SubscriptionFilter = open({
  toolsListChanged: optional(Schema.Boolean),
  promptsListChanged: optional(Schema.Boolean),
  resourcesListChanged: optional(Schema.Boolean),
  resourceSubscriptions: optional(Schema.Array(Schema.String))
})
export type SubscriptionFilter = typeof SubscriptionFilter.Type

export const SubscriptionsListenRequestParams = open({ ...requestParams, notifications: SubscriptionFilter })
export const SubscriptionsListenRequest = requestOf("subscriptions/listen", SubscriptionsListenRequestParams)
export const SubscriptionsListenResult = open({
  ...result,
  _meta: open({ [key.serverInfo]: optional(Implementation), [key.subscriptionId]: RequestId })
})
export const SubscriptionsListenResultResponse = responseOf(SubscriptionsListenResult)

export const SubscriptionsAcknowledgedNotificationParams = open({
  ...notificationParams,
  notifications: SubscriptionFilter
})
export const SubscriptionsAcknowledgedNotification = notificationOf(
  "notifications/subscriptions/acknowledged",
  SubscriptionsAcknowledgedNotificationParams
)
