/**
 * A server that keeps nothing between two requests: start as many as you like, and let any of them answer. Clients
 * before 2026-07-28 are served without sessions.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "mcp-effect/Ask"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Progress from "mcp-effect/Progress"
import * as Server from "mcp-effect/Server"
import * as StateKeys from "mcp-effect/StateKeys"
import * as Tool from "mcp-effect/Tool"

const StartNotificationStream = Tool.make("start-notification-stream", {
  description: "Sends notifications, one after the other",
  input: {
    interval: Schema.Finite.annotate({ description: "Seconds between two notifications" }),
    count: Schema.Int.annotate({ description: "How many" }),
    caller: Schema.String.annotate({ description: "Who asks for them" })
  },
  output: Schema.String
})

const Book = Tool.make("book", { description: "Books a table, and asks for how many", output: Schema.String })
const Asker = Schema.Struct({ asker: Schema.String })
const Guests = Schema.Struct({ guests: Schema.Int })

const self = `process ${process.pid}`

const server = Server.make(
  { name: "streamable-http-stateless", version: "1.0.0" },
  Tool.handle(
    StartNotificationStream,
    Effect.fnUntraced(function* ({ caller, count, interval }) {
      for (let sent = 1; sent <= count; sent++) {
        yield* Progress.report(sent, count, `Event for ${caller}`)
        yield* Effect.sleep(interval * 1000)
      }
      return `Sent ${count} notifications to '${caller}' from ${self}`
    })
  ),
  Tool.handle(
    Book,
    Effect.fnUntraced(function* () {
      // When the answer comes the handler runs again, perhaps elsewhere. What the call remembers travels with the
      // client, sealed with a key the processes share.
      const { asker } = yield* Ask.once("who asks", Asker, Effect.succeed({ asker: self }))
      const { guests } = yield* Ask.elicit("How many guests?", Guests)
      return `A table for ${guests}: asked by ${asker}, booked by ${self}`
    })
  )
)

NodeServer.launch(server, { stateless: true }, StateKeys.layer)
