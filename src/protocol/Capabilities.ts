/**
 * What the two sides can do beyond the base protocol. Not a closed set: unknown capabilities are kept.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic
 */
import * as Schema from "effect/Schema"
import { JsonObject, open, optional } from "./Open.ts"

const named = Schema.Record(Schema.String, JsonObject)

export const ClientCapabilities = open({
  experimental: optional(named),
  /** @deprecated since 2026-07-28 (SEP-2577), kept until at least 2027-07-28 */
  roots: optional(open({})),
  /** @deprecated since 2026-07-28 (SEP-2577), kept until at least 2027-07-28 */
  sampling: optional(open({ context: optional(JsonObject), tools: optional(JsonObject) })),
  /** Empty means forms only. */
  elicitation: optional(open({ form: optional(JsonObject), url: optional(JsonObject) })),
  /** Settings by extension. */
  extensions: optional(named)
})
export type ClientCapabilities = typeof ClientCapabilities.Type

export const ServerCapabilities = open({
  experimental: optional(named),
  /** @deprecated since 2026-07-28 (SEP-2577), kept until at least 2027-07-28 */
  logging: optional(JsonObject),
  completions: optional(JsonObject),
  prompts: optional(open({ listChanged: optional(Schema.Boolean) })),
  resources: optional(open({ subscribe: optional(Schema.Boolean), listChanged: optional(Schema.Boolean) })),
  tools: optional(open({ listChanged: optional(Schema.Boolean) })),
  extensions: optional(named)
})
export type ServerCapabilities = typeof ServerCapabilities.Type
