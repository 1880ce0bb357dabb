/** Ours, with the tools the others have. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Progress from "mcp-effect/Progress"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"
import { moreTools } from "./tools.ts"

const Add = Tool.make("add", {
  description: "Add two numbers",
  input: { a: Schema.Finite, b: Schema.Finite },
  output: Schema.String
})

const Count = Tool.make("count", {
  description: "Count, and report it",
  input: { to: Schema.Finite },
  output: Schema.String
})

const Echo = Tool.make("echo", {
  description: "Say it back",
  input: { text: Schema.String },
  output: Schema.String
})

const server = Server.make(
  { name: "ours", version: "1.0.0", pageSize: 10_000 },
  Tool.handle(Add, ({ a, b }) => String(a + b)),
  Tool.handle(
    Count,
    Effect.fnUntraced(function* ({ to }) {
      for (let progress = 1; progress <= to; progress++) yield* Progress.report(progress)
      return String(to)
    })
  ),
  Tool.handle(Echo, ({ text }) => text),
  ...moreTools().map((tool) => Tool.raw(tool, () => []))
)

StdioServer.launch(server)
