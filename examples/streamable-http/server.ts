/**
 * A server with sessions whose streams can be resumed: what it says is kept, so a client whose connection breaks comes
 * back and hears the rest.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Detach from "mcp-effect/Detach"
import * as Events from "mcp-effect/Events"
import * as EventStore from "mcp-effect/EventStore"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Progress from "mcp-effect/Progress"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
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

const server = Server.make(
  { name: "streamable-http", version: "1.0.0" },
  Resource.text("test://resource", { name: "resource", updates: true }, "Changes after every stream"),
  Tool.handle(
    StartNotificationStream,
    Effect.fnUntraced(function* ({ caller, count, interval }) {
      // Long work need not hold a connection all the time. Clients that cannot come back keep theirs.
      yield* Detach.detach({ retry: "100 millis" })
      for (let sent = 1; sent <= count; sent++) {
        yield* Effect.logInfo(`[${sent}/${count}] Event from '${caller}'`)
        yield* Progress.report(sent, count)
        yield* Effect.sleep(interval * 1000)
      }
      yield* Events.publish(Events.resourceUpdated("test://resource"))
      return `Sent ${count} notifications to '${caller}'`
    })
  )
)

// Host, port, JSON mode, log level and more can be said in the environment: MCP_PORT=3000 MCP_LOG_LEVEL=Debug
NodeServer.launch(server, {}, EventStore.layerMemory())
