/**
 * 2025-03-26, the only revision with batches.
 *
 * @see https://modelcontextprotocol.io/specification/2025-03-26
 */
import * as Revision from "../Revision.ts"
import { v2025_06_18 } from "./v2025_06_18.ts"
import * as words from "./words.ts"

const noTitle = words.without("title")

/** A link becomes a text that names it. */
const linkAsText = words.when(
  (block) => block["type"] === "resource_link",
  ({ annotations, description, name, title, uri }) => ({
    type: "text",
    text: `${title ?? name}: ${uri}${description === undefined ? "" : `\n${description}`}`,
    ...(annotations === undefined ? {} : { annotations })
  })
)

const noDate = words.member("annotations", words.without("lastModified"))
const noDates = words.all(noDate, words.member("resource", noDate))
const datelessLists = words.listed(noDate)

export const v2025_03_26 = Revision.before(
  v2025_06_18,
  {
    version: "2025-03-26",
    batches: true,
    fromServer: Revision.vary(v2025_06_18.fromServer, [], ["elicitation/create"])
  },
  [
    {
      name: "structured tool output",
      down: {
        result: words.steps(
          words.on("tools/call", words.without("structuredContent")),
          words.on("tools/list", words.each("tools", words.without("outputSchema")))
        )
      }
    },
    { name: "resource links", down: { result: words.content(linkAsText) } },
    {
      name: "titles",
      down: {
        params: words.on("initialize", words.member("clientInfo", noTitle)),
        result: words.steps(
          words.on("initialize", words.member("serverInfo", noTitle)),
          words.listed(noTitle),
          words.on("prompts/list", words.each("prompts", words.each("arguments", noTitle)))
        )
      }
    },
    { name: "_meta on listed things", down: { result: words.listed(words.without("_meta")) } },
    {
      name: "annotations say when something was modified",
      down: {
        result: words.steps(words.content(noDates), (method, result) =>
          method === "tools/list" ? result : datelessLists(method, result)
        )
      }
    },
    {
      name: "completion knows the other arguments",
      down: { params: words.on("completion/complete", words.without("context")) }
    },
    {
      name: "elicitation",
      down: { params: words.on("initialize", words.member("capabilities", words.without("elicitation"))) }
    }
  ]
)
