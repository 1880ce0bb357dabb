/** One tool, that reads a web page, over stdio or HTTP. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as GuardedHttp from "mcp-effect/GuardedHttp"
import * as NodeGuardedHttp from "mcp-effect/NodeGuardedHttp"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"
import { parseArgs } from "node:util"

class NotRead extends Schema.TaggedError<NotRead>()("NotRead", { message: Schema.String }) {}

const Fetch = Tool.make("fetch", {
  description: "Read a web page",
  input: { url: Schema.String.annotate({ description: "The https URL of the page" }) },
  output: Schema.String,
  failure: NotRead,
  annotations: { readOnlyHint: true, openWorldHint: true }
})

const server = Server.make(
  { name: "simple-tool", version: "1.0.0" },
  // The model names the URL, so the guard decides: nothing inside this network is reached, by no redirect either.
  Tool.handle(Fetch, ({ url }) =>
    GuardedHttp.GuardedHttp.use((http) =>
      http.send({ method: "GET", url, near: process.env["ALLOWED_SITE"] })
    ).pipe(
      Effect.flatMap(({ body, status }) =>
        status === 200
          ? Effect.succeed(body)
          : new NotRead({ message: `The page answers with status ${status}` })
      ),
      Effect.catchTag("GuardedHttpError", ({ message }) => new NotRead({ message }))
    )
  )
)

const { values } = parseArgs({
  options: { transport: { type: "string", default: "stdio" }, port: { type: "string", default: "8000" } }
})

if (values.transport === "http") {
  NodeServer.launch(server, { port: Number(values.port) }, NodeGuardedHttp.layer())
} else {
  StdioServer.launch(server, NodeGuardedHttp.layer())
}
