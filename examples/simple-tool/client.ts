/** Reads a page through the server: once over stdio, once over HTTP. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("server.ts", import.meta.url))
const args = [...process.execArgv, script]
/** A page, until the scope closes. */
const page = Effect.map(
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((request, response) =>
        request.url === "/" ? response.end("<h1>Hello</h1>") : response.writeHead(404).end()
      ).listen(0, "127.0.0.1")
      await once(server, "listening")
      return server
    }),
    (server) => Effect.sync(() => server.closeAllConnections())
  ).pipe(Effect.tap((server) => Effect.addFinalizer(() => Effect.sync(() => server.close())))),
  (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
)

/** The server on HTTP as a program of its own, until the scope closes. */
const overHttp = (env: Readonly<Record<string, string>>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const child = spawn(process.execPath, [...args, "--transport", "http", "--port", "0"], {
          stdio: ["ignore", "pipe", "inherit"],
          env: { ...process.env, ...env }
        })
        for await (const line of createInterface(child.stdout)) {
          const url = /http:\S+/.exec(line)?.[0]
          if (url !== undefined) return { child, url }
        }
        throw new Error("The server ended before it listened")
      }),
      ({ child }) => Effect.sync(() => child.kill())
    ),
    ({ url }) => url
  )

const read = Effect.fnUntraced(function* (client: Client.Service, url: string) {
  const { content } = yield* client.callTool("fetch", { url })
  yield* Console.log(content.map((block) => ("text" in block ? block.text : block.type)).join())
})

const program = Effect.gen(function* () {
  const me = { name: "reader", version: "1.0.0" }
  const url = yield* page
  // It is on this machine, where the server would not go for a model.
  const env = { ALLOWED_SITE: url }
  const near = yield* Client.connect({ command: process.execPath, args, env, stderr: "ignore" }, me)
  yield* read(near, url)
  yield* read(near, `${url}nothing`)
  yield* read(near, "https://10.0.0.1/")
  yield* read(yield* Client.connect(yield* overHttp(env), me), url)
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
