/** Three texts, as resources. */
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"

const texts = {
  greeting: "Hello! This is a text resource.",
  help: "Ask the application to read a resource, and it becomes context for the model.",
  about: "The simple-resource example of mcp-effect."
}

const resources = Object.entries(texts).map(([name, text]) =>
  Resource.text(
    `file:///${name}.txt`,
    { name, description: `The text "${name}"`, mimeType: "text/plain" },
    text
  )
)

StdioServer.launch(Server.make({ name: "simple-resource", version: "1.0.0" }, ...resources))
