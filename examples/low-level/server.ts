/**
 * The protocol with fewer helpers: tools described by JSON Schemas that come from elsewhere, a request method and a
 * notification that no revision defines, and a middleware around everything.
 */
import * as Effect from "effect/Effect"
import * as Content from "mcp-effect/Content"
import * as McpError from "mcp-effect/McpError"
import * as Method from "mcp-effect/Method"
import * as Middleware from "mcp-effect/Middleware"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"

/** As they might be read from a file or a registry. The schemas reach clients word for word. */
const descriptors = [
  {
    name: "upper",
    description: "Write in capitals",
    inputSchema: {
      type: "object",
      properties: { text: { type: "string", minLength: 1 } },
      required: ["text"]
    }
  },
  {
    name: "join",
    description: "Write words as one",
    inputSchema: {
      type: "object",
      properties: { words: { $ref: "#/$defs/words" } },
      $defs: { words: { type: "array", items: { type: "string" } } }
    }
  }
]

const run = (name: string, input: { readonly [argument: string]: unknown }) =>
  name === "upper" ? String(input["text"]).toUpperCase() : [input["words"]].flat().join("")

const tools = descriptors.map((descriptor) =>
  Tool.raw(descriptor, (input) => [Content.text(run(descriptor.name, input))])
)

const nudges: Array<unknown> = []

const server = Server.make(
  { name: "low-level", version: "1.0.0" },
  ...tools,
  Method.make("example.com/double", ({ params }) =>
    typeof params["value"] === "number"
      ? Effect.succeed({ doubled: params["value"] * 2, nudged: nudges.length })
      : Effect.fail(McpError.invalidParams('"value" must be a number'))
  ),
  Method.notification("notifications/example.com/nudge", (params) => Effect.sync(() => nudges.push(params))),
  Middleware.make(
    (next) => (request) => Effect.tap(next(request), () => Effect.logInfo(`answered ${request.method}`))
  )
)

StdioServer.launch(server)
