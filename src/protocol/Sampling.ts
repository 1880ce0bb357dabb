/**
 * A server asking the client's model.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/sampling
 * @deprecated since 2026-07-28 (SEP-2577), kept until at least 2027-07-28
 */
import * as Schema from "effect/Schema"
import { AudioContent, ContentBlock, ImageContent, Role, TextContent } from "./Content.ts"
import { baseMetadata, icons } from "./Icon.ts"
import { JsonObject, Number, open, optional } from "./Open.ts"

export const ToolUseContent = open({
  type: Schema.Literal("tool_use"),
  id: Schema.String,
  name: Schema.String,
  input: JsonObject,
  _meta: optional(JsonObject)
})

export const ToolResultContent = open({
  type: Schema.Literal("tool_result"),
  /** The id of a tool use before it. */
  toolUseId: Schema.String,
  content: Schema.Array(ContentBlock),
  structuredContent: optional(Schema.Unknown),
  isError: optional(Schema.Boolean),
  _meta: optional(JsonObject)
})

export const SamplingMessageContentBlock = Schema.Union([
  TextContent,
  ImageContent,
  AudioContent,
  ToolUseContent,
  ToolResultContent
])
export type SamplingMessageContentBlock = typeof SamplingMessageContentBlock.Type

const message = {
  role: Role,
  content: Schema.Union([SamplingMessageContentBlock, Schema.Array(SamplingMessageContentBlock)]),
  _meta: optional(JsonObject)
}

export const SamplingMessage = open(message)
export type SamplingMessage = typeof SamplingMessage.Type

export const ModelHint = open({ name: optional(Schema.String) })

const priority = optional(Number.check(Schema.isBetween({ minimum: 0, maximum: 1 })))

/** Hints count first and in order; priorities run from 0 to 1. */
export const ModelPreferences = open({
  hints: optional(Schema.Array(ModelHint)),
  costPriority: priority,
  speedPriority: priority,
  intelligencePriority: priority
})

export const ToolChoice = open({ mode: optional(Schema.Literals(["auto", "required", "none"])) })

/** A tool the model may use while it samples: described like a tool of a server. */
const SamplingTool = open({
  ...baseMetadata,
  ...icons,
  description: optional(Schema.String),
  inputSchema: open({ $schema: optional(Schema.String), type: Schema.Literal("object") })
})

export const CreateMessageRequestParams = open({
  messages: Schema.Array(SamplingMessage),
  modelPreferences: optional(ModelPreferences),
  systemPrompt: optional(Schema.String),
  /** "thisServer" and "allServers" are deprecated (SEP-2596). */
  includeContext: optional(Schema.Literals(["none", "thisServer", "allServers"])),
  temperature: optional(Number),
  maxTokens: Schema.Int,
  stopSequences: optional(Schema.Array(Schema.String)),
  metadata: optional(JsonObject),
  tools: optional(Schema.Array(SamplingTool)),
  toolChoice: optional(ToolChoice)
})
export type CreateMessageRequestParams = typeof CreateMessageRequestParams.Type

export const CreateMessageRequest = open({
  method: Schema.Literal("sampling/createMessage"),
  params: CreateMessageRequestParams
})

export const CreateMessageResult = open({
  ...message,
  model: Schema.String,
  /** "endTurn", "stopSequence", "maxTokens", "toolUse", or the provider's own. */
  stopReason: optional(Schema.String)
})
export type CreateMessageResult = typeof CreateMessageResult.Type
