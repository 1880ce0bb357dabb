/**
 * Lists in pages, and hints for keeping them.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/pagination
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/caching
 */
import * as Schema from "effect/Schema"
import { requestParams, result } from "./Envelope.ts"
import { open, optional } from "./Open.ts"

/** Opaque. An empty string is a cursor like any other. */
export const Cursor = Schema.String

export const PaginatedRequestParams = open({ ...requestParams, cursor: optional(Cursor) })

/** How long, in milliseconds, and by whom a result may be kept. */
export const cacheable = {
  ttlMs: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  cacheScope: Schema.Literals(["public", "private"])
}

/** Fields of a result that is one page of a list. */
export const paginated = { ...result, ...cacheable, nextCursor: optional(Cursor) }
