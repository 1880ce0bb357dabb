/** What the server offers, as contracts that clients can hold as well. */
import * as Schema from "effect/Schema"
import * as Tool from "mcp-effect/Tool"

export const Add = Tool.make("add", {
  description: "Add two numbers",
  input: { a: Schema.Finite, b: Schema.Finite },
  output: Schema.Finite
})
