/** Our client against the official reference server, over Streamable HTTP and over HTTP+SSE. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { fileURLToPath } from "node:url"
import * as Client from "mcp-effect/Client"
import { proxy } from "../transport/proxy.ts"

const program = fileURLToPath(import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"))

const freePort = Effect.promise(async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
})

/** Starts the server in one of its modes, and gives its origin. It says on stderr when it listens. */
const start = (mode: string) =>
  Effect.gen(function* () {
    const port = yield* freePort
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [program, mode], {
          env: { ...process.env, PORT: String(port) },
          stdio: ["ignore", "ignore", "pipe"]
        })
      ),
      (child) =>
        Effect.promise(async () => {
          child.kill("SIGKILL")
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
        })
    )
    yield* Effect.callback<void>((resume) => {
      child.stderr.on("data", (text: Buffer) => {
        if (text.includes("port")) resume(Effect.void)
      })
    })
    return `http://127.0.0.1:${port}`
  })

const connect = (url: string, options: Partial<Client.Options> = {}) =>
  Client.connect(url, { name: "interop", version: "1.0.0", ...options })

const textOf = ({ content }: Client.CallToolResult) =>
  content.map((block) => ("text" in block ? block.text : `(${block.type})`)).join("\n")

for (const [mode, path, newest] of [
  ["streamableHttp", "/mcp", "2025-11-25"],
  ["sse", "/sse", "2025-11-25"]
] as const) {
  describe(`official server-everything 2026.8.31 in the mode ${mode}`, () => {
    it.live("S004: is recognised, listed, called, read and prompted", () =>
      Effect.gen(function* () {
        const origin = yield* start(mode)
        const client = yield* connect(`${origin}${path}`)
        assert.strictEqual(client.server.protocolVersion, newest)
        assert.include(
          (yield* client.tools).map(({ name }) => name),
          "get-tiny-image"
        )
        assert.strictEqual(textOf(yield* client.callTool("echo", { message: "Grüße" })), "Echo: Grüße")
        const { contents } = yield* client.readResource("demo://resource/dynamic/text/7")
        assert.match("text" in contents[0]! ? contents[0].text : "", /^Resource 7: /)
        const { messages } = yield* client.getPrompt("args-prompt", { city: "Bern" })
        assert.strictEqual(messages.length, 1)
      })
    )

    it.live("S004: reports progress before the result, and stops when it is told to", () =>
      Effect.gen(function* () {
        const origin = yield* start(mode)
        const client = yield* connect(`${origin}${path}`)
        const heard: Array<number> = []
        const result = yield* client.callTool(
          "trigger-long-running-operation",
          { duration: 0.03, steps: 3 },
          { onProgress: ({ progress }) => Effect.sync(() => heard.push(progress)) }
        )
        assert.match(textOf(result), /^Long running operation completed/)
        assert.deepStrictEqual(heard, [1, 2, 3])
        const begun = yield* Deferred.make<void>()
        const call = yield* Effect.forkChild(
          client.callTool(
            "trigger-long-running-operation",
            { duration: 60, steps: 600 },
            { onProgress: () => Deferred.succeed(begun, undefined) }
          )
        )
        yield* Deferred.await(begun)
        yield* Fiber.interrupt(call)
        yield* client.ping
      })
    )

    it.live("S004: asks for a form, a model and roots, and is answered", () =>
      Effect.gen(function* () {
        const origin = yield* start(mode)
        const client = yield* connect(`${origin}${path}`, {
          elicit: () => Effect.succeed(Client.accept({ name: "Ada", check: true, integer: 7 })),
          sample: ({ maxTokens }) =>
            Effect.succeed({
              role: "assistant",
              model: "parrot",
              content: { type: "text", text: `At most ${maxTokens}` }
            }),
          roots: [{ uri: "file:///srv", name: "Data" }]
        })
        assert.match(textOf(yield* client.callTool("trigger-elicitation-request")), /- Name: Ada/)
        const sampled = yield* client.callTool("trigger-sampling-request", { prompt: "Hm?", maxTokens: 9 })
        assert.match(textOf(sampled), /At most 9/)
        assert.match(textOf(yield* client.callTool("get-roots-list")), /1\. Data/)
      })
    )

    it.live("S004: tells unprompted what was subscribed to", () =>
      Effect.gen(function* () {
        const origin = yield* start(mode)
        const uri = "demo://resource/dynamic/text/1"
        const updates = yield* Queue.unbounded<unknown>()
        const client = yield* connect(`${origin}${path}`, {
          onNotification: ({ method, params }) =>
            method === "notifications/resources/updated" ? Queue.offer(updates, params["uri"]) : Effect.void
        })
        yield* client.subscribe(uri)
        yield* client.callTool("toggle-subscriber-updates")
        assert.strictEqual(yield* Queue.take(updates), uri)
      })
    )
  })
}

describe("official server-everything 2026.8.31, replaced while in use", () => {
  it.live("a server that forgot the session is given a new one, and the call", () =>
    Effect.gen(function* () {
      const origin = yield* start("streamableHttp")
      const other = yield* start("streamableHttp")
      const way = yield* proxy(Number(new URL(origin).port))
      const moved = yield* connect(`http://127.0.0.1:${way.port}/mcp`)
      yield* moved.ping
      way.turn(Number(new URL(other).port))
      yield* moved.ping
      assert.strictEqual(textOf(yield* moved.callTool("echo", { message: "still here" })), "Echo: still here")
    })
  )
})
