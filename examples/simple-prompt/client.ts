/** Gets the prompt with and without its arguments. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { fileURLToPath } from "node:url"

const server = {
  command: process.execPath,
  args: [...process.execArgv, fileURLToPath(new URL("server.ts", import.meta.url))],
  stderr: "ignore" as const
}

const program = Effect.gen(function* () {
  const client = yield* Client.connect(server, { name: "asker", version: "1.0.0" })
  for (const args of [{}, { context: "We write TypeScript.", topic: "generics" }]) {
    const { messages } = yield* client.getPrompt("simple", args)
    for (const { content, role } of messages) {
      yield* Console.log(`${role}: ${"text" in content ? content.text : content.type}`)
    }
  }
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
