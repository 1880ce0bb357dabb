/** Says back what it hears: as a tool, as a resource and as a prompt. */
import * as Schema from "effect/Schema"
import * as Prompt from "mcp-effect/Prompt"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"

const Echo = Tool.make("echo", {
  description: "Say the message back",
  input: { message: Schema.String },
  output: Schema.String
})

const server = Server.make(
  { name: "echo", version: "1.0.0" },
  Tool.handle(Echo, ({ message }) => `Tool echo: ${message}`),
  Resource.template("echo://{message}", { name: "echo" }, ({ message }) => `Resource echo: ${message}`),
  Prompt.make(
    "echo",
    { arguments: { message: Schema.String } },
    ({ message }) => `Please process this message: ${message}`
  )
)

StdioServer.launch(server)
