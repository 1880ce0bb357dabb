/**
 * Talks to a protected server, from a prompt: `list`, `call TOOL [JSON]`, `who`, `quit`. The URL of the server is the
 * argument; without one it is that of the example `auth-server`.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Client from "mcp-effect/Client"
import * as NodeGuardedHttp from "mcp-effect/NodeGuardedHttp"
import * as NodeInteraction from "mcp-effect/NodeInteraction"
import * as OAuthClient from "mcp-effect/OAuthClient"
import { TokenStore } from "mcp-effect/TokenStore"
import { createInterface } from "node:readline"
import { browser } from "./browser.ts"

const answer = Effect.fnUntraced(function* (client: Client.Service, line: string) {
  const [command, name = "", ...rest] = line.trim().split(/\s+/)
  switch (command) {
    case "":
      return
    case "list":
      return yield* Effect.forEach(yield* client.tools, ({ description = "", name }) =>
        Console.log(`  ${name}: ${description}`)
      )
    case "call": {
      const input = yield* Effect.try(() => JSON.parse(rest.join(" ") || "{}"))
      const { content } = yield* client.callTool(name, input)
      return yield* Effect.forEach(content, (block) =>
        Console.log(`  ${block.type === "text" ? block.text : block.type}`)
      )
    }
    case "who": {
      const status = yield* OAuthClient.OAuthClient.use(({ status }) => status)
      return yield* Console.log(`  ${status?.clientId} may ${status?.scopes.join(", ")}`)
    }
    default:
      return yield* Console.log("  list, call TOOL [JSON], who, quit")
  }
})

const conversation = Effect.fnUntraced(function* (url: string) {
  const client = yield* Client.connect(url, { name: "auth-client", version: "1.0.0" })
  yield* Console.log(`Connected to ${client.server.info.name}`)
  yield* Stream.fromAsyncIterable(createInterface({ input: process.stdin }), String).pipe(
    Stream.takeWhile((line) => line.trim() !== "quit"),
    Stream.runForEach((line) =>
      Effect.catch(answer(client, line), (error) =>
        Console.log(`  ${"message" in error ? error.message : error}`)
      )
    )
  )
})

const url = process.argv[2] ?? `http://127.0.0.1:${process.env["MCP_SERVER_PORT"] ?? 8000}/mcp`

const Authorized = OAuthClient.layer({ server: url, client: { client_name: "auth-client" } }).pipe(
  Layer.provide([
    NodeHttpClient.layerUndici,
    NodeGuardedHttp.layer(),
    TokenStore.layerMemory,
    NodeInteraction.layerBrowser({ redirectUri: "http://localhost/callback", ...browser })
  ])
)

Effect.scoped(conversation(url)).pipe(Effect.provide(Authorized), NodeRuntime.runMain)
