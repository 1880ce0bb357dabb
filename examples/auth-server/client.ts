/** Starts the server, signs in as a browser would, and calls what is protected. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "mcp-effect/Client"
import * as NodeGuardedHttp from "mcp-effect/NodeGuardedHttp"
import * as NodeInteraction from "mcp-effect/NodeInteraction"
import * as OAuthClient from "mcp-effect/OAuthClient"
import * as StreamableClient from "mcp-effect/StreamableClient"
import { TokenStore } from "mcp-effect/TokenStore"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { agree } from "./browser.ts"

const freePort = Effect.promise(async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  return port
})

/** The server as a child process, for as long as the scope lasts. */
const start = Effect.gen(function* () {
  const port = yield* freePort
  const script = fileURLToPath(new URL("server.ts", import.meta.url))
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [...process.execArgv, script], {
        env: { ...process.env, MCP_SERVER_PORT: String(port) },
        stdio: ["ignore", "pipe", "inherit"]
      })
    ),
    (child) => Effect.sync(() => child.kill())
  )
  yield* Effect.promise(() => once(createInterface(child.stdout), "line"))
  return `http://127.0.0.1:${port}/mcp`
})

/** In place of a browser: `NodeInteraction.layerBrowser()` opens a real one. */
const Browser = NodeInteraction.layerBrowser({
  open: (url) =>
    Effect.flatMap(
      Effect.promise(() => agree(url)),
      (scopes) => Console.log(`agreed to ${scopes.join(" and ")}`)
    )
})

const connected = (url: string) =>
  Client.layer({ name: "auth-client", version: "1.0.0" }).pipe(
    Layer.provide(StreamableClient.layer({ url })),
    Layer.provide(OAuthClient.layer({ server: url, client: { client_name: "Example client" } })),
    Layer.provide([NodeHttpClient.layerUndici, NodeGuardedHttp.layer(), TokenStore.layerMemory, Browser])
  )

const conversation = Effect.gen(function* () {
  const client = yield* Client.Client
  for (const tool of ["get_user_profile", "tell_secret", "tell_secret"]) {
    const { content } = yield* client.callTool(tool, {})
    const [block] = content
    yield* Console.log(`${tool}: ${block !== undefined && "text" in block ? block.text : "nothing"}`)
  }
})

const program = Effect.scoped(Effect.flatMap(start, (url) => Effect.provide(conversation, connected(url))))

NodeRuntime.runMain(program)
