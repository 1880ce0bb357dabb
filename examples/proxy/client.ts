/** Reaches one server on stdio over HTTP, and that one over stdio again: two proxies, three transports, two eras. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

/** Where `mcp` is, for a program that was not started by a shell. */
const mcp = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url))
const bakery = fileURLToPath(new URL("server.ts", import.meta.url))

/** `mcp proxy --port 0 --protocol 2025-06-18 -- node server.ts`, until the scope closes. Succeeds with its URL. */
const proxy = Effect.acquireRelease(
  Effect.promise(async () => {
    const flags = ["proxy", "--port", "0", "--protocol", "2025-06-18", "--", process.execPath, bakery]
    const child = spawn(process.execPath, [mcp, ...flags], { stdio: ["ignore", "pipe", "pipe"] })
    for await (const line of createInterface(child.stderr)) {
      const url = /http:\S+/.exec(line)?.[0]
      if (url !== undefined) return { child, url }
    }
    throw new Error("The proxy ended before it listened")
  }),
  ({ child }) => Effect.sync(() => child.kill())
)

const order = (
  how: string,
  target: string | { readonly command: string; readonly args: ReadonlyArray<string> },
  versions?: ReadonlyArray<string>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const client = yield* Client.connect(target, {
        name: "customer",
        version: "1.0.0",
        ...(versions !== undefined && { versions }),
        elicit: ({ message }) =>
          Effect.as(Console.log(`  asked: ${message}`), Client.accept({ kind: "cherry" }))
      })
      const { content } = yield* client.callTool(
        "bake",
        {},
        {
          onProgress: ({ progress, total }) => Console.log(`  ${progress} of ${total}`)
        }
      )
      yield* Console.log(`${how}, ${client.server.protocolVersion}`)
      yield* Console.log(`  ${content.map((block) => ("text" in block ? block.text : block.type)).join()}`)
    })
  )

const program = Effect.gen(function* () {
  const { url } = yield* proxy
  yield* order("over HTTP", url)
  yield* order("over stdio", { command: process.execPath, args: [mcp, "proxy", url] }, ["2025-11-25"])
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
