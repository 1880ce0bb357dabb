/**
 * Content blocks: what tools return, prompts say and models are given.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools#tool-result
 */
import * as Schema from "effect/Schema"
import { baseMetadata, icons } from "./Icon.ts"
import { JsonObject, Number, open, optional } from "./Open.ts"

export const Role = Schema.Literals(["user", "assistant"])
export type Role = typeof Role.Type

/** Hints for the client: for whom, how important (0 to 1), how recent (ISO 8601). */
export const Annotations = open({
  audience: optional(Schema.Array(Role)),
  priority: optional(Number.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  lastModified: optional(Schema.String)
})
export type Annotations = typeof Annotations.Type

const extras = { annotations: optional(Annotations), _meta: optional(JsonObject) }

export const TextContent = open({ type: Schema.Literal("text"), text: Schema.String, ...extras })
/** `data` is base64. */
export const ImageContent = open({
  type: Schema.Literal("image"),
  data: Schema.String,
  mimeType: Schema.String,
  ...extras
})
/** `data` is base64. */
export const AudioContent = open({
  type: Schema.Literal("audio"),
  data: Schema.String,
  mimeType: Schema.String,
  ...extras
})

const contents = { uri: Schema.String, mimeType: optional(Schema.String), _meta: optional(JsonObject) }

export const TextResourceContents = open({ ...contents, text: Schema.String })
/** `blob` is base64. */
export const BlobResourceContents = open({ ...contents, blob: Schema.String })
export const ResourceContents = Schema.Union([TextResourceContents, BlobResourceContents])
export type ResourceContents = typeof ResourceContents.Type

/** The fields of a resource, shared by the listing and by links to it. */
export const resource = {
  ...baseMetadata,
  ...icons,
  uri: Schema.String,
  description: optional(Schema.String),
  mimeType: optional(Schema.String),
  annotations: optional(Annotations),
  /** Bytes, before any encoding. */
  size: optional(Schema.Int),
  _meta: optional(JsonObject)
}

export const ResourceLink = open({ type: Schema.Literal("resource_link"), ...resource })
export const EmbeddedResource = open({
  type: Schema.Literal("resource"),
  resource: ResourceContents,
  ...extras
})

export const ContentBlock = Schema.Union([
  TextContent,
  ImageContent,
  AudioContent,
  ResourceLink,
  EmbeddedResource
])
export type ContentBlock = typeof ContentBlock.Type
