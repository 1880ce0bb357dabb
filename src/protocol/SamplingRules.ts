/**
 * What the messages of a sampling request must be before a model sees them: every use of a tool is answered by the
 * very next message, which then contains nothing else.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/sampling#message-content-constraints
 */
import type { SamplingMessage, SamplingMessageContentBlock } from "./Sampling.ts"

/** What is wrong with the messages, or `undefined`. */
export const problem = (messages: ReadonlyArray<SamplingMessage>): string | undefined => {
  let open: ReadonlyArray<string> = []
  for (const { content, role } of messages) {
    const blocks: ReadonlyArray<SamplingMessageContentBlock> = Array.isArray(content) ? content : [content]
    const answered = blocks.flatMap((block) => (block.type === "tool_result" ? [block.toolUseId] : []))
    if (answered.length > 0 && (role !== "user" || answered.length !== blocks.length)) {
      return "Tool results must stand alone in a user message"
    }
    if (open.some((id) => !answered.includes(id))) return unanswered
    if (answered.some((id) => !open.includes(id)))
      return "A tool result answers no tool use of the message before"
    open = blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : []))
    if (open.length > 0 && role !== "assistant") return "Only an assistant message may use tools"
  }
  return open.length === 0 ? undefined : unanswered
}

const unanswered = "A tool use is not answered by the next message"
