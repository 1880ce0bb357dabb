/** A server for one child process and its parent, such as there are many. It asks, and it tells how far it has come. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "mcp-effect/Ask"
import * as Invocation from "mcp-effect/Invocation"
import * as Progress from "mcp-effect/Progress"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"

const Bake = Tool.make("bake", { description: "Bakes a cake", output: Schema.String })
const Kind = Schema.Struct({ kind: Schema.Literals(["apple", "cherry"]).annotate({ title: "Kind" }) })

const server = Server.make(
  { name: "bakery", version: "1.0.0" },
  Tool.handle(
    Bake,
    Effect.fnUntraced(function* () {
      const { meta } = yield* Invocation.Request
      const { kind } = yield* Ask.elicit("What kind of cake?", Kind)
      for (const step of [1, 2, 3]) yield* Progress.report(step, 3)
      return `A ${kind} cake, ordered in the words of ${meta.protocolVersion}`
    })
  )
)

StdioServer.launch(server)
