/** Lists the resources and reads each. */
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
  const client = yield* Client.connect(server, { name: "reader", version: "1.0.0" })
  for (const { size, uri } of yield* client.resources) {
    const { contents } = yield* client.readResource(uri)
    const text = contents.map((item) => ("text" in item ? item.text : item.uri)).join()
    yield* Console.log(`${uri} (${size} bytes): ${text}`)
  }
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
