/**
 * What a sampling request must be before a model sees it: messages of two roles, and every use of a tool answered
 * by the very next message, which then contains nothing else.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/sampling#message-content-constraints
 */
import * as JsonRpc from "../protocol/JsonRpc.ts"

/** What is wrong with the params of `sampling/createMessage`, or `undefined`. */
export const problem = (params: JsonRpc.Params): string | undefined => {
  const { maxTokens, messages } = params
  if (!Array.isArray(messages)) return '"messages" must be a list'
  if (typeof maxTokens !== "number" || !(maxTokens > 0)) return '"maxTokens" must be a positive number'
  let open: ReadonlyArray<unknown> = []
  for (const message of messages as ReadonlyArray<unknown>) {
    if (!JsonRpc.isObject(message) || (message["role"] !== "user" && message["role"] !== "assistant")) {
      return 'Each message needs the role "user" or "assistant"'
    }
    const blocks = blocksOf(message)
    if (blocks === undefined) return "The content of a message must be one block or a list of blocks"
    const results = blocks.filter((block) => block["type"] === "tool_result")
    if (results.length > 0 && (message["role"] !== "user" || results.length !== blocks.length)) {
      return "Tool results must stand alone in a user message"
    }
    const answered = results.map((block) => block["toolUseId"])
    if (open.some((id) => !answered.includes(id))) return "A tool use is not answered by the next message"
    if (answered.some((id) => !open.includes(id)))
      return "A tool result answers no tool use of the message before"
    open = blocks.filter((block) => block["type"] === "tool_use").map((block) => block["id"])
    if (open.length > 0 && message["role"] !== "assistant") return "Only an assistant message may use tools"
  }
  return open.length === 0 ? undefined : "A tool use is not answered by the next message"
}

const blocksOf = ({ content }: JsonRpc.Params): ReadonlyArray<JsonRpc.Params> | undefined => {
  const blocks: ReadonlyArray<unknown> = Array.isArray(content) ? content : [content]
  return blocks.every((block) => JsonRpc.isObject(block)) ? blocks : undefined
}
