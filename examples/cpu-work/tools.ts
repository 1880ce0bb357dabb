import * as Schema from "effect/Schema"
import * as Tool from "mcp-effect/Tool"

export const CountPrimes = Tool.make("count_primes", {
  description: "Count the prime numbers below a number, by trying them all",
  input: { below: Schema.Int },
  output: Schema.Int
})
