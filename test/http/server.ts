/** A server with what the tests of HTTP need. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "mcp-effect/Ask"
import * as Detach from "mcp-effect/Detach"
import * as Events from "mcp-effect/Events"
import * as JsonSchema from "mcp-effect/JsonSchema"
import * as McpError from "mcp-effect/McpError"
import * as Progress from "mcp-effect/Progress"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"

const Colour = Schema.Struct({ colour: Schema.String })

/** What a test can see and do inside. */
export interface Inside {
  /** How often anything was called. */
  calls: number
  /** Lets `wait` answer. */
  readonly gate: Deferred.Deferred<void>
  /** `wait` is running, and was interrupted. */
  readonly started: Deferred.Deferred<void>
  readonly stopped: Deferred.Deferred<void>
}

export const make = () => {
  const inside: Inside = {
    calls: 0,
    gate: Deferred.makeUnsafe(),
    started: Deferred.makeUnsafe(),
    stopped: Deferred.makeUnsafe()
  }
  const counted = Effect.sync(() => void inside.calls++)
  const server = Server.make(
    { name: "http", version: "1.0.0" },
    Tool.handle(Tool.make("echo", { input: { text: Schema.String }, output: Schema.String }), ({ text }) =>
      Effect.as(counted, text)
    ),
    Tool.handle(
      Tool.make("count", { input: { to: Schema.Int } }),
      Effect.fnUntraced(function* ({ to }) {
        for (let reached = 1; reached <= to; reached++) yield* Progress.report(reached, to)
      })
    ),
    Tool.handle(Tool.make("wait"), () =>
      Effect.onInterrupt(
        Effect.as(
          Effect.andThen(Deferred.succeed(inside.started, undefined), Deferred.await(inside.gate)),
          "waited"
        ),
        () => Deferred.succeed(inside.stopped, undefined)
      )
    ),
    Tool.handle(Tool.make("report_and_wait"), () =>
      Effect.onInterrupt(
        Effect.as(Effect.andThen(Progress.report(1, 2), Deferred.await(inside.gate)), "waited"),
        () => Deferred.succeed(inside.stopped, undefined)
      )
    ),
    Tool.handle(
      Tool.make("detach"),
      Effect.fnUntraced(function* () {
        yield* Progress.report(1, 3)
        yield* Detach.detach({ retry: 25 })
        yield* Progress.report(2, 3)
        yield* Deferred.await(inside.gate)
        yield* Progress.report(3, 3)
        return "done"
      })
    ),
    Tool.handle(Tool.make("ask", { output: Schema.String }), () =>
      Effect.map(Ask.elicit("Which colour?", Colour), ({ colour }) => colour)
    ),
    Tool.handle(Tool.make("touch"), () => Events.publish(Events.resourceUpdated("note://today"))),
    Tool.handle(Tool.make("refuse"), () => Effect.fail(McpError.invalidParams("No"))),
    Tool.handle(
      Tool.make("route", {
        input: JsonSchema.raw({
          type: "object",
          properties: {
            region: { type: "string", "x-mcp-header": "Region" },
            size: { type: "integer", "x-mcp-header": "Size" },
            deep: { type: "object", properties: { urgent: { type: "boolean", "x-mcp-header": "Urgent" } } }
          }
        })
      }),
      () => Effect.as(counted, "routed")
    ),
    Resource.text("note://today", { name: "today", updates: true }, "Buy milk")
  )
  return { inside, server }
}
