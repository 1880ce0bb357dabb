/** What a call costs client and server together, in one process, with no bytes between them. */
import { Client as OfficialClient } from "@modelcontextprotocol/client"
import { InMemoryTransport, McpServer } from "@modelcontextprotocol/server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import * as Client from "mcp-effect/Client"
import * as Loopback from "mcp-effect/Loopback"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import * as z from "zod"
import { inTurns, medians, type Suite, warm } from "../Suite.ts"

const args = { a: 2, b: 40 }

/** Calls one after another, and gives the microseconds of CPU each took. */
const cost = (count: number, call: () => Promise<unknown>) => async () => {
  const before = process.cpuUsage()
  for (let done = 0; done < count; done++) await call()
  const { system, user } = process.cpuUsage(before)
  return (system + user) / count
}

const Add = Tool.make("add", { input: { a: Schema.Finite, b: Schema.Finite }, output: Schema.String })
const server = Server.make(
  { name: "ours", version: "1.0.0" },
  Tool.handle(Add, ({ a, b }) => String(a + b))
)

const connectOurs = () =>
  ManagedRuntime.make(
    Client.layer({ name: "bench", version: "1.0.0" }).pipe(Layer.provide(Loopback.layer(server)))
  )

const connectOfficial = async () => {
  const server = new McpServer({ name: "official", version: "1.0.0" })
  server.registerTool("add", { inputSchema: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => ({
    content: [{ type: "text", text: String(a + b) }]
  }))
  const client = new OfficialClient({ name: "bench", version: "1.0.0" })
  const [here, there] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(there), client.connect(here)])
  return client
}

export const loopback: Suite = {
  title:
    "a call in one process, CPU of client and server (ours goes through JSON, the official one does not)",
  run: async function* ({ quick }) {
    const count = quick ? 1000 : 5000
    const official = await connectOfficial()
    const runtime = connectOurs()
    const ours = await runtime.runPromise(Client.Client)
    const turns = {
      official: cost(count, () => official.callTool({ name: "add", arguments: args })),
      ours: cost(count, () => Effect.runPromise(ours.callTool("add", args)))
    }
    await warm(turns, count)
    const figures = medians(await inTurns(quick ? 3 : 11, turns), (micros) => micros)
    await official.close()
    await runtime.dispose()
    yield { what: "call by name", unit: "µs", figures }
  }
}
