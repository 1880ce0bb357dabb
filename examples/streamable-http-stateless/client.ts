/** Starts two processes of the server behind a round robin, and talks to both as if they were one, in two eras. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { balance } from "./balancer.ts"

const key = randomBytes(32).toString("base64")

/** One process of the server, until the scope closes. Succeeds with its port. */
const start = Effect.map(
  Effect.acquireRelease(
    Effect.promise(async () => {
      const script = fileURLToPath(new URL("server.ts", import.meta.url))
      const child = spawn(process.execPath, [...process.execArgv, script], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, MCP_PORT: "0", MCP_STATE_KEYS: key }
      })
      for await (const line of createInterface(child.stdout)) {
        const port = /Listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
        if (port !== undefined) return { child, port: Number(port) }
      }
      throw new Error("The server ended before it listened")
    }),
    ({ child }) => Effect.sync(() => child.kill())
  ),
  ({ port }) => port
)

const said = ({ content }: Client.CallToolResult) =>
  content.map((block) => ("text" in block ? block.text : block.type)).join()

const converse = Effect.fnUntraced(function* (url: string, version: string) {
  yield* Console.log(version)
  const processes: Array<string> = []
  /** Names processes by the order in which they were heard of. */
  const note = (text: string) =>
    text.replaceAll(/process \d+/g, (name) => {
      if (!processes.includes(name)) processes.push(name)
      return processes.indexOf(name) === 0 ? "one" : "the other"
    })
  const client = yield* Client.connect(url, {
    name: "client",
    version: "1.0.0",
    versions: [version],
    elicit: ({ message }) => Effect.as(Console.log(`  ${message} 4`), Client.accept({ guests: 4 }))
  })
  for (let times = 0; times < 4; times++) {
    let heard = 0
    const told = yield* client.callTool(
      "start-notification-stream",
      { interval: 0.01, count: 3, caller: "client" },
      { onProgress: () => Effect.sync(() => void heard++) }
    )
    yield* Console.log(`  ${note(said(told))}, ${heard} arrived`)
  }
  // Without a session a client of the era before cannot be asked.
  if (version === "2026-07-28") yield* Console.log(`  ${note(said(yield* client.callTool("book")))}`)
})

const program = Effect.gen(function* () {
  const ports = yield* Effect.all([start, start], { concurrency: "unbounded" })
  const { port } = yield* Effect.acquireRelease(
    Effect.promise(() => balance(ports)),
    ({ server }) => Effect.sync(() => (server.closeAllConnections(), server.close()))
  )
  const url = `http://127.0.0.1:${port}/mcp`
  for (const version of ["2026-07-28", "2025-11-25"]) yield* Effect.scoped(converse(url, version))
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
