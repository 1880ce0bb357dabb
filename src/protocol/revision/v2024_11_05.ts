/**
 * 2024-11-05, the first revision.
 *
 * @see https://modelcontextprotocol.io/specification/2024-11-05
 */
import type * as JsonRpc from "../JsonRpc.ts"
import * as Revision from "../Revision.ts"
import { v2025_03_26 } from "./v2025_03_26.ts"
import * as words from "./words.ts"

/** Sound is still carried as the contents of a resource: nothing is lost to a client that looks. */
const audioAsResource = words.when(
  (block) => block["type"] === "audio",
  ({ annotations, data, mimeType }) => ({
    type: "resource",
    resource: { uri: "audio://embedded", mimeType, blob: data },
    ...(annotations === undefined ? {} : { annotations })
  })
)

/** A model that cannot listen is told that there was something to hear. */
const audioAsText = words.when(
  (block) => block["type"] === "audio",
  ({ mimeType }): JsonRpc.Params => ({ type: "text", text: `[${mimeType} left out]` })
)

export const v2024_11_05 = Revision.before(v2025_03_26, { version: "2024-11-05", batches: false }, [
  {
    name: "tool annotations",
    down: { result: words.on("tools/list", words.each("tools", words.without("annotations"))) }
  },
  {
    name: "audio",
    down: {
      result: words.content(audioAsResource),
      ask: words.on("sampling/createMessage", words.each("messages", words.member("content", audioAsText))),
      answer: words.on("sampling/createMessage", words.member("content", audioAsText))
    }
  },
  {
    name: "progress has a message",
    down: {
      notification: (method, params) =>
        method === "notifications/progress" ? words.without("message")(params) : params
    }
  },
  {
    name: "completion is a capability",
    down: { result: words.on("initialize", words.member("capabilities", words.without("completions"))) }
  }
])
