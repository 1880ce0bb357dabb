/**
 * Log messages for the client.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/logging
 * @deprecated since 2026-07-28 (SEP-2577), kept until at least 2027-07-28
 */
import * as Schema from "effect/Schema"
import { JsonObject, open, optional } from "./Open.ts"

/** The severities of RFC 5424, least severe first. */
export const LoggingLevel = Schema.Literals([
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency"
])
export type LoggingLevel = typeof LoggingLevel.Type

export const LoggingMessageNotificationParams = open({
  _meta: optional(JsonObject),
  level: LoggingLevel,
  logger: optional(Schema.String),
  data: Schema.Unknown
})
