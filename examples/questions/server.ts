/**
 * A tool that asks in the middle. In 2025-11-25 and before, the handler waits while the question travels to the
 * client; in 2026-07-28 it is stopped, and run again when the answer is there. The handler does not know which.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "mcp-effect/Ask"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"

const OrderPizza = Tool.make("order_pizza", {
  description: "Order a pizza. Asks for size and toppings, and for a go-ahead",
  output: Schema.String
})

const Size = Schema.Struct({ size: Schema.Literals(["small", "medium", "large"]) })
const Toppings = Schema.Struct({ cheese: Schema.Boolean, olives: Schema.Boolean })
const GoAhead = Schema.Struct({ order: Schema.Boolean })

const Reservation = Schema.Struct({ oven: Schema.Int })

const server = Server.make(
  { name: "pizzeria", version: "1.0.0" },
  Tool.handle(
    OrderPizza,
    Effect.fnUntraced(function* () {
      // Work that must not happen again when the handler is run again goes into `once`.
      const { oven } = yield* Ask.once(
        "reserve an oven",
        Reservation,
        Effect.as(Effect.logInfo("oven reserved"), { oven: 3 })
      )
      // Questions asked at the same time travel together.
      const [{ size }, toppings] = yield* Effect.all(
        [Ask.elicit("Which size?", Size), Ask.elicit("Anything on it?", Toppings)],
        { concurrency: "unbounded" }
      )
      const chosen = Object.entries(toppings).flatMap(([topping, wanted]) => (wanted ? [topping] : []))
      const pizza = `${size} pizza${chosen.length === 0 ? "" : ` with ${chosen.join(" and ")}`}`
      const { order } = yield* Ask.elicit(`Order a ${pizza}?`, GoAhead)
      return order ? `Ordered: ${pizza}, oven ${oven}` : "Nothing ordered"
    })
  )
)

StdioServer.launch(server)
