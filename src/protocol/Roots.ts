/**
 * The directories and files a client lets a server work on.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/roots
 * @deprecated since 2026-07-28 (SEP-2577), kept until at least 2027-07-28
 */
import * as Schema from "effect/Schema"
import { JsonObject, open, optional } from "./Open.ts"

/** `uri` is a `file://` URI. */
export const Root = open({ uri: Schema.String, name: optional(Schema.String), _meta: optional(JsonObject) })
export type Root = typeof Root.Type

export const ListRootsRequest = open({
  method: Schema.Literal("roots/list"),
  params: optional(open({ _meta: optional(JsonObject) }))
})
export const ListRootsResult = open({ roots: Schema.Array(Root) })
export type ListRootsResult = typeof ListRootsResult.Type
