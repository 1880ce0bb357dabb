/** Starts the server, and listens to it over a connection that breaks in the middle. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as Client from "mcp-effect/Client"
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Wire from "./wire.ts"

/** The server as a program of its own, until the scope closes. Succeeds with its port. */
const startServer = Effect.acquireRelease(
  Effect.promise(async () => {
    const script = fileURLToPath(new URL("server.ts", import.meta.url))
    const child = spawn(process.execPath, [...process.execArgv, script], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, MCP_PORT: "0" }
    })
    for await (const line of createInterface(child.stdout)) {
      const port = /Listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
      if (port !== undefined) return { child, port: Number(port) }
    }
    throw new Error("The server ended before it listened")
  }),
  ({ child }) => Effect.sync(() => child.kill())
)

const program = Effect.gen(function* () {
  const { port } = yield* startServer
  const wire = yield* Wire.lay(port)
  const client = yield* Client.connect(`http://127.0.0.1:${wire.port}/mcp`, {
    name: "listener",
    version: "1.0.0",
    // Streams can be resumed in 2025-03-26 to 2025-11-25; in 2026-07-28 each request stands for itself.
    versions: ["2025-11-25"],
    logLevel: "info",
    onLog: ({ data }) => Console.log(String(data))
  })
  yield* client.subscribe("test://resource")
  const updated = yield* Effect.forkChild(
    Stream.runHead(
      Stream.filter(client.notifications, ({ method }) => method === "notifications/resources/updated")
    ),
    { startImmediately: true }
  )

  const { content } = yield* client.callTool(
    "start-notification-stream",
    { interval: 0.05, count: 10, caller: "listener" },
    {
      onProgress: ({ progress }) =>
        progress === 4 || progress === 7
          ? Effect.andThen(Console.log("-- the connection breaks --"), Effect.sync(wire.cut))
          : Effect.void
    }
  )
  yield* Console.log(content.map((block) => ("text" in block ? block.text : block.type)).join())

  yield* Fiber.join(updated)
  yield* Console.log("test://resource has changed")
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
