/** The messages of a sampling request as a prompt for an Effect `LanguageModel`. */
import type * as Prompt from "effect/ai/Prompt"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { SamplingMessageContentBlock } from "../protocol/Sampling.ts"
import type { SampleRequest } from "./Handlers.ts"

type Block<Type> = Extract<SamplingMessageContentBlock, { readonly type: Type }>

export const make = ({ messages, systemPrompt }: SampleRequest): ReadonlyArray<Prompt.MessageEncoded> => {
  const system = systemPrompt === undefined ? [] : [{ role: "system" as const, content: systemPrompt }]
  const names = new Map<string, string>()
  const said = messages.flatMap(({ content, role }): ReadonlyArray<Prompt.MessageEncoded> => {
    const blocks: ReadonlyArray<SamplingMessageContentBlock> = Array.isArray(content) ? content : [content]
    for (const block of blocks) if (block.type === "tool_use") names.set(block.id, block.name)
    const results = blocks.flatMap((block) =>
      block.type === "tool_result" ? [toolResult(block, names)] : []
    )
    if (results.length > 0) return [{ role: "tool", content: results }]
    return role === "user"
      ? [{ role, content: blocks.flatMap(spoken) }]
      : [{ role, content: blocks.flatMap(uttered) }]
  })
  return [...system, ...said]
}

const spoken = (
  block: SamplingMessageContentBlock
): ReadonlyArray<Prompt.TextPartEncoded | Prompt.FilePartEncoded> => {
  switch (block.type) {
    case "text":
      return [{ type: "text", text: block.text }]
    case "image":
    case "audio":
      return [{ type: "file", mediaType: block.mimeType, data: block.data }]
    default:
      return []
  }
}

const uttered = (block: SamplingMessageContentBlock): ReadonlyArray<Prompt.AssistantMessagePartEncoded> =>
  block.type === "tool_use" ? [toolUse(block)] : spoken(block)

const toolUse = ({ _meta, id, input, name }: Block<"tool_use">): Prompt.ToolCallPartEncoded => ({
  type: "tool-call",
  id,
  name,
  params: input,
  ...options(_meta)
})

/** `_meta` is where a provider finds again what it said of a use: signatures, keys of caches. */
const options = (meta: JsonRpc.Params | undefined) =>
  meta === undefined ? undefined : { options: meta as Prompt.ProviderOptions }

const toolResult = (
  { _meta, content, isError = false, structuredContent, toolUseId }: Block<"tool_result">,
  names: ReadonlyMap<string, string>
): Prompt.ToolResultPartEncoded => ({
  type: "tool-result",
  id: toolUseId,
  name: names.get(toolUseId) ?? toolUseId,
  isFailure: isError,
  result: structuredContent === undefined ? content : structuredContent,
  ...options(_meta)
})
