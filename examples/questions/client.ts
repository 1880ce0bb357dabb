/** Orders the same pizza in both eras of the protocol: the server's code is the same, the messages are not. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import * as StdioClient from "mcp-effect/StdioClient"
import { fileURLToPath } from "node:url"

const Server = StdioClient.layer({
  command: process.execPath,
  args: [...process.execArgv, fileURLToPath(new URL("server.ts", import.meta.url))],
  stderr: "ignore"
})

const answers = new Map<string, Client.ElicitResult>([
  ["Which size?", Client.accept({ size: "large" })],
  ["Anything on it?", Client.accept({ cheese: true, olives: true })]
])

/** A guest who knows what to say to the first questions, and says yes to the last. */
const elicit: Client.ElicitHandler = ({ message }) =>
  Effect.as(Console.log(`  asked: ${message}`), answers.get(message) ?? Client.accept({ order: true }))

const order = (version: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* Console.log(version)
      const client = yield* Client.connect(Server, {
        name: "guest",
        version: "1.0.0",
        versions: [version],
        elicit
      })
      const { content } = yield* client.callTool("order_pizza")
      yield* Console.log(content.map((block) => ("text" in block ? `  ${block.text}` : block.type)).join())
    })
  )

Effect.andThen(order("2026-07-28"), order("2025-11-25")).pipe(NodeRuntime.runMain)
