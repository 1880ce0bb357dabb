/** Speaks to the low-level server by method names. */
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

const program = Effect.gen(function* () {
  const client = yield* Client.connect(Server, { name: "low-level-client", version: "1.0.0" })
  const [, join] = yield* client.tools
  yield* Console.log(`schema as written: ${JSON.stringify(join?.inputSchema)}`)
  const { content } = yield* client.callTool("upper", { text: "quiet" })
  yield* Console.log(content.map((block) => ("text" in block ? block.text : block.type)).join())
  const refused = yield* client.callTool("join", { words: [1, "b"] })
  yield* Console.log(`refused: ${refused.isError === true}`)
  yield* client.notify("notifications/example.com/nudge", { gently: true })
  yield* Console.log(JSON.stringify(yield* client.request("example.com/double", { value: 21 })))
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
