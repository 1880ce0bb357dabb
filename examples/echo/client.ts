/** Asks the echo server for all three of its echoes. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "mcp-effect/Client"
import * as StdioClient from "mcp-effect/StdioClient"
import { fileURLToPath } from "node:url"

const Connected = Client.layer({ name: "echo-client", version: "1.0.0" }).pipe(
  Layer.provide(
    StdioClient.layer({
      command: process.execPath,
      args: [...process.execArgv, fileURLToPath(new URL("server.ts", import.meta.url))]
    })
  )
)

const program = Effect.gen(function* () {
  const client = yield* Client.Client
  const { content } = yield* client.callTool("echo", { message: "Grüße, 世界" })
  yield* Console.log(content.map((block) => ("text" in block ? block.text : block.type)).join())
  const { contents } = yield* client.readResource("echo://one%20two")
  yield* Console.log(contents.map((item) => ("text" in item ? item.text : item.uri)).join())
  const { messages } = yield* client.getPrompt("echo", { message: "three" })
  yield* Console.log(
    messages.map((message) => ("text" in message.content ? message.content.text : "")).join()
  )
})

program.pipe(Effect.provide(Connected), NodeRuntime.runMain)
