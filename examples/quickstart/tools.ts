/** What the server offers and the client calls: one contract each, held by both sides. */
import * as Schema from "effect/Schema"
import * as Tool from "mcp-effect/Tool"

export const Add = Tool.make("add", {
  description: "Add two numbers",
  input: { a: Schema.Finite, b: Schema.Finite },
  output: Schema.Finite
})

export const BookTable = Tool.make("book_table", {
  description: "Book a table in a restaurant. Asks the guest for what is missing",
  input: { restaurant: Schema.String },
  output: Schema.String
})

export const CountSheep = Tool.make("count_sheep", {
  description: "Count sheep, one at a time",
  input: { sheep: Schema.Int.annotate({ description: "How many to count" }) },
  output: Schema.String
})
