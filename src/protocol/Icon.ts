/**
 * Icons. Their URLs and bytes come from a peer and are not to be trusted.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#icons
 */
import * as Schema from "effect/Schema"
import { open, optional } from "./Open.ts"

export const Icon = open({
  /** `https:` or `data:`. */
  src: Schema.String,
  mimeType: optional(Schema.String),
  /** "48x48", or "any" for what scales. */
  sizes: optional(Schema.Array(Schema.String)),
  theme: optional(Schema.Literals(["light", "dark"]))
})
export type Icon = typeof Icon.Type

export const icons = { icons: optional(Schema.Array(Icon)) }

/** What everything with a name has: the name programs use, and the title people see. */
export const baseMetadata = { name: Schema.String, title: optional(Schema.String) }
