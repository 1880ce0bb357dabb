/** Starts the application, and talks to each of its servers. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import * as NodeStreamableClient from "mcp-effect/NodeStreamableClient"
import * as SseClient from "mcp-effect/SseClient"
import * as Layer from "effect/Layer"
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

/** The application as a program of its own, until the scope closes. Succeeds with its port. */
const startServer = Effect.acquireRelease(
  Effect.promise(async () => {
    const script = fileURLToPath(new URL("server.ts", import.meta.url))
    const child = spawn(process.execPath, [...process.execArgv, script], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, PORT: "0" }
    })
    for await (const line of createInterface(child.stdout)) {
      const port = /Listening on http:\/\/127\.0\.0\.1:(\d+)/i.exec(line)?.[1]
      if (port !== undefined) return { child, port: Number(port) }
    }
    throw new Error("The application ended before it listened")
  }),
  ({ child }) => Effect.sync(() => child.kill())
)

const me = { name: "client", version: "1.0.0" }

const ask = Effect.fnUntraced(function* (
  client: Client.Service,
  tool: string,
  args: { readonly [name: string]: unknown }
) {
  const { content } = yield* client.callTool(tool, args)
  const text = content.map((block) => ("text" in block ? block.text : block.type)).join()
  yield* Console.log(`${client.server.info.name} at ${client.server.protocolVersion}: ${text}`)
})

const program = Effect.gen(function* () {
  const { port } = yield* startServer
  const origin = `http://127.0.0.1:${port}`
  yield* Console.log(yield* Effect.promise(async () => (await fetch(origin)).text()))
  yield* ask(yield* Client.connect(`${origin}/echo/mcp`, me), "echo", { text: "hello" })
  yield* ask(yield* Client.connect(`${origin}/math/mcp`, me), "sum", { numbers: [1, 2, 39] })
  yield* ask(yield* Client.connect(`${origin}/curl/mcp`, me), "fetch", { url: "https://example.com" })
  yield* ask(yield* Client.connect(`${origin}/search/mcp`, me), "search", { query: "Effect" })

  const old = SseClient.layer({ url: `${origin}/search/sse` }).pipe(
    Layer.provide(NodeStreamableClient.layerHttpClient)
  )
  yield* ask(yield* Client.connect(old, { ...me, versions: ["2024-11-05"] }), "search", { query: "SSE" })
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
