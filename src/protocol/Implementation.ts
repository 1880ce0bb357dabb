/** The software at one end of a conversation, as it describes itself. Self-reported: for display and logs only. */
import * as Schema from "effect/Schema"
import { baseMetadata, icons } from "./Icon.ts"
import { open, optional } from "./Open.ts"

export const Implementation = open({
  ...baseMetadata,
  ...icons,
  version: Schema.String,
  description: optional(Schema.String),
  websiteUrl: optional(Schema.String)
})
export type Implementation = typeof Implementation.Type
