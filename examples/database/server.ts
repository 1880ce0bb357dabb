/** A server with a database that lives exactly as long as the server does. */
import * as Effect from "effect/Effect"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"
import { Library } from "./Library.ts"
import { AddBook, FindBook, Search } from "./tools.ts"

// The server's type says what it needs: Server<Library>. Without the layer below this file does not compile.
const server = Server.make(
  { name: "library", version: "1.0.0" },
  Tool.handle(FindBook, ({ id }) => Library.use((library) => library.find(id))),
  Tool.handle(Search, ({ words }) =>
    Library.use((library) => Effect.map(library.search(words), (books) => ({ books })))
  ),
  Tool.handle(AddBook, ({ title, author }) => Library.use((library) => library.add(title, author)))
)

StdioServer.launch(server, Library.layer)
