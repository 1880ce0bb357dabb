import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"
import { Add } from "./tools.ts"

const server = Server.make(
  { name: "demo", version: "1.0.0" },
  Tool.handle(Add, ({ a, b }) => a + b),
  Resource.template("greeting://{name}", { name: "greeting" }, ({ name }) => `Hello, ${name}!`)
)

export default server

// Only as a program: `mcp run`, `mcp dev` and tests load this file, too.
if (import.meta.main) StdioServer.launch(server)
