/** A server with three tools, a resource and a prompt, on standard streams. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "mcp-effect/Ask"
import * as Progress from "mcp-effect/Progress"
import * as Prompt from "mcp-effect/Prompt"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"
import { Add, BookTable, CountSheep } from "./tools.ts"

const Booking = Schema.Struct({
  guests: Schema.Int.annotate({ title: "Guests", description: "How many of you?" }),
  outside: Schema.Boolean.annotate({ title: "Outside", description: "On the terrace?" })
})

const server = Server.make(
  { name: "quickstart", version: "1.0.0", instructions: "A small server to try things on." },

  Tool.handle(Add, ({ a, b }) => a + b),

  // One handler for every revision: it reads as if the answer were already there.
  Tool.handle(
    BookTable,
    Effect.fnUntraced(function* ({ restaurant }) {
      const { guests, outside } = yield* Ask.elicit(`A table at ${restaurant}: for whom?`, Booking)
      return `Booked: ${restaurant}, ${guests} guests, ${outside ? "outside" : "inside"}`
    })
  ),

  Tool.handle(
    CountSheep,
    Effect.fnUntraced(function* ({ sheep }) {
      for (let counted = 1; counted <= sheep; counted++) {
        yield* Progress.report(counted, sheep, counted === sheep ? "asleep" : "counting")
        yield* Effect.sleep("40 millis")
      }
      yield* Effect.logInfo(`counted ${sheep} sheep`)
      return `${sheep} sheep, good night`
    })
  ),

  Resource.template(
    "greeting://{name}",
    { name: "greeting", description: "A greeting" },
    ({ name }) => `Hello, ${name}!`
  ),

  Prompt.make(
    "review",
    { description: "Ask for a review of some code", arguments: { code: Schema.String } },
    ({ code }) => `Please review this code:\n\n${code}`
  )
)

StdioServer.launch(server)
