/**
 * `server/discover`: what a server is, speaks and can do.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/discover
 */
import * as Schema from "effect/Schema"
import { ServerCapabilities } from "./Capabilities.ts"
import { requestOf, RequestParams, responseOf, result } from "./Envelope.ts"
import { open, optional } from "./Open.ts"
import { cacheable } from "./Page.ts"

export const DiscoverRequest = requestOf("server/discover", RequestParams)
export const DiscoverResult = open({
  ...result,
  ...cacheable,
  supportedVersions: Schema.Array(Schema.String),
  capabilities: ServerCapabilities,
  instructions: optional(Schema.String)
})
export type DiscoverResult = typeof DiscoverResult.Type
export const DiscoverResultResponse = responseOf(DiscoverResult)
