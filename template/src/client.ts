/** Starts the server and asks it something: `npm start`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "mcp-effect/Client"
import * as StdioClient from "mcp-effect/StdioClient"
import { fileURLToPath } from "node:url"
import { Add } from "./tools.ts"

const Server = StdioClient.layer({
  command: process.execPath,
  args: [fileURLToPath(new URL("server.ts", import.meta.url))]
})

const program = Effect.gen(function* () {
  const client = yield* Client.Client
  yield* Console.log(`2 + 40 = ${yield* client.call(Add, { a: 2, b: 40 })}`)
})

const Connected = Layer.provide(Client.layer({ name: "demo-client", version: "1.0.0" }), Server)

program.pipe(Effect.provide(Connected), NodeRuntime.runMain)
