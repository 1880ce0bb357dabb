/** The official TypeScript clients of both lines against our server over HTTP, and over connections that are cut. */
import { assert, describe, it } from "@effect/vitest"
import * as V2 from "@modelcontextprotocol/client"
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js"
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "mcp-effect/Ask"
import * as EventStore from "mcp-effect/EventStore"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Progress from "mcp-effect/Progress"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { proxy } from "../transport/proxy.ts"

const turn = Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))
const Colour = Schema.Struct({ colour: Schema.String })

const make = () => {
  let runs = 0
  const server = Server.make(
    { name: "interop", version: "1.0.0" },
    Tool.handle(
      Tool.make("add", { input: { a: Schema.Finite, b: Schema.Finite }, output: Schema.Finite }),
      ({ a, b }) => a + b
    ),
    Tool.handle(Tool.make("paint", { output: Schema.String }), () =>
      Effect.map(Ask.elicit("Which colour?", Colour), ({ colour }) => `Painted ${colour}`)
    ),
    Tool.handle(
      Tool.make("count", { input: { to: Schema.Int }, output: Schema.String }),
      Effect.fnUntraced(function* ({ to }) {
        runs++
        for (let reached = 1; reached <= to; reached++) {
          yield* Progress.report(reached, to)
          yield* turn
        }
        return "counted"
      })
    ),
    Resource.text("note://today", { name: "today" }, "Buy milk")
  )
  return { server, runs: () => runs }
}

/** Our server, and a way to it that can be cut. */
const serve = Effect.gen(function* () {
  const { runs, server } = make()
  const { port } = yield* NodeServer.listen(server, { port: 0, sse: true })
  const way = yield* proxy(port)
  return { runs, cut: way.cut, url: (path: string) => new URL(`http://127.0.0.1:${way.port}${path}`) }
}).pipe(Effect.provide(EventStore.layerMemory({ eventsPerStream: 1000 })))

const reconnectionOptions = {
  initialReconnectionDelay: 1,
  maxReconnectionDelay: 50,
  reconnectionDelayGrowFactor: 1,
  maxRetries: 100
}

interface Caller {
  readonly tools: () => Promise<ReadonlyArray<string>>
  readonly call: (name: string, args: object, onprogress?: (reached: number) => void) => Promise<unknown>
  readonly read: (uri: string) => Promise<unknown>
  readonly version: string | undefined
}

/** What both lines have in common, for as long as the scope. */
const v1 = (transport: Transport) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new ClientV1(
        { name: "interop", version: "1.0.0" },
        { capabilities: { elicitation: {} } }
      )
      client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { colour: "red" } }))
      await client.connect(transport)
      return client
    }),
    (client) => Effect.promise(() => client.close())
  ).pipe(
    Effect.map((client): Caller => ({
      version: undefined,
      tools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, args, onprogress = () => {}) => {
        const { content } = await client.callTool({ name, arguments: { ...args } }, undefined, {
          onprogress: ({ progress }) => onprogress(progress)
        })
        return content
      },
      read: async (uri) => (await client.readResource({ uri })).contents
    }))
  )

const v2 = (url: URL, mode: "legacy" | "auto" | { readonly pin: string }) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new V2.Client(
        { name: "interop", version: "1.0.0" },
        { capabilities: { elicitation: {} }, versionNegotiation: { mode } }
      )
      client.setRequestHandler("elicitation/create", () => ({
        action: "accept" as const,
        content: { colour: "red" }
      }))
      await client.connect(new V2.StreamableHTTPClientTransport(url, { reconnectionOptions }))
      return client
    }),
    (client) => Effect.promise(() => client.close())
  ).pipe(
    Effect.map((client): Caller => ({
      version: client.getNegotiatedProtocolVersion(),
      tools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, args, onprogress = () => {}) => {
        const { content } = await client.callTool(
          { name, arguments: { ...args } },
          { onprogress: ({ progress }) => onprogress(progress) }
        )
        return content
      },
      read: async (uri) => (await client.readResource({ uri })).contents
    }))
  )

const overStreamable = (url: (path: string) => URL) =>
  new StreamableHTTPClientTransport(url("/mcp"), { reconnectionOptions }) as Transport

/** These clients forget their listener when the result arrives, and may have the last report in hand by then. */
const upTo = (last: number, seen: ReadonlyArray<number>) => {
  assert.isAtLeast(seen.length, last - 1)
  assert.deepStrictEqual(
    seen,
    Array.from({ length: seen.length }, (_, index) => index + 1)
  )
}

type Connect = (url: (path: string) => URL) => ReturnType<typeof v1>

const clients: ReadonlyArray<readonly [name: string, version: string | undefined, connect: Connect]> = [
  ["1.32.2", undefined, (url) => v1(overStreamable(url))],
  ["1.32.2 over HTTP+SSE", undefined, (url) => v1(new SSEClientTransport(url("/sse")))],
  ["2.4.0, legacy", "2025-11-25", (url) => v2(url("/mcp"), "legacy")],
  ["2.4.0, auto", "2026-07-28", (url) => v2(url("/mcp"), "auto")],
  ["2.4.0, pinned", "2026-07-28", (url) => v2(url("/mcp"), { pin: "2026-07-28" })]
]

describe("official clients over HTTP", () => {
  for (const [name, version, connect] of clients) {
    it.live(`S004: ${name} lists, calls, reads, hears progress and answers a question`, () =>
      Effect.gen(function* () {
        const { url } = yield* serve
        const client = yield* connect(url)
        assert.strictEqual(client.version, version)
        yield* Effect.promise(async () => {
          assert.deepStrictEqual(await client.tools(), ["add", "paint", "count"])
          assert.deepStrictEqual(await client.call("add", { a: 2, b: 40 }), [{ type: "text", text: "42" }])
          assert.deepStrictEqual(await client.call("paint", {}), [{ type: "text", text: "Painted red" }])
          const seen: Array<number> = []
          await client.call("count", { to: 3 }, (reached) => seen.push(reached))
          upTo(3, seen)
          assert.include(JSON.stringify(await client.read("note://today")), "Buy milk")
        })
      }).pipe(Effect.scoped)
    )
  }

  for (const [name, , connect] of clients.filter(([each]) => each === "1.32.2" || each === "2.4.0, legacy")) {
    it.live(`S130: ${name} comes back to a stream that is cut, and misses and repeats nothing`, () =>
      Effect.gen(function* () {
        const { cut, runs, url } = yield* serve
        const client = yield* connect(url)
        const seen: Array<number> = []
        const content = yield* Effect.promise(() =>
          client.call("count", { to: 50 }, (reached) => {
            seen.push(reached)
            if (reached === 10 || reached === 30) cut()
          })
        )
        assert.deepStrictEqual(content, [{ type: "text", text: "counted" }])
        upTo(50, seen)
        assert.strictEqual(runs(), 1)
      }).pipe(Effect.scoped)
    )
  }
})
