/**
 * What can be said about any request: that it is cancelled, and how far it has come.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/cancellation
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/progress
 */
import * as Schema from "effect/Schema"
import { notificationOf, notificationParams, ProgressToken, RequestId } from "./Envelope.ts"
import { LoggingMessageNotificationParams } from "./Logging.ts"
import { Number, open, optional } from "./Open.ts"

export const CancelledNotificationParams = open({
  ...notificationParams,
  requestId: RequestId,
  reason: optional(Schema.String)
})
export const CancelledNotification = notificationOf("notifications/cancelled", CancelledNotificationParams)

export const ProgressNotificationParams = open({
  ...notificationParams,
  progressToken: ProgressToken,
  /** Grows with every notification. */
  progress: Number,
  total: optional(Number),
  message: optional(Schema.String)
})
export const ProgressNotification = notificationOf("notifications/progress", ProgressNotificationParams)

export const LoggingMessageNotification = notificationOf(
  "notifications/message",
  LoggingMessageNotificationParams
)
