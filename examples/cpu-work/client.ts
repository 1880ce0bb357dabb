/** Asks for signs of life while the server computes, and stops a computation that would take years. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Client from "mcp-effect/Client"
import * as StdioClient from "mcp-effect/StdioClient"
import { fileURLToPath } from "node:url"
import { CountPrimes } from "./tools.ts"

const Server = StdioClient.layer({
  command: process.execPath,
  args: [...process.execArgv, fileURLToPath(new URL("server.ts", import.meta.url))],
  stderr: "ignore"
})

const program = Effect.gen(function* () {
  const client = yield* Client.connect(Server, { name: "impatient", version: "1.0.0" })

  const years = yield* Effect.forkChild(client.call(CountPrimes, { below: 2 ** 50 }), {
    startImmediately: true
  })
  for (let times = 1; times <= 3; times++) {
    yield* client.ping
    yield* Console.log(`ping ${times} answered while it computes`)
  }
  yield* Fiber.interrupt(years)
  yield* Console.log("stopped")

  yield* Console.log(
    `there are ${yield* client.call(CountPrimes, { below: 1_000_000 })} primes below 1,000,000`
  )
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
