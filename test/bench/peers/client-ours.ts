/** Our client: `client-ours.ts URL VERSION node` on undici, `… fetch` on the fetch of the platform. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Client from "mcp-effect/Client"
import * as NodeStreamableClient from "mcp-effect/NodeStreamableClient"
import * as StdioClient from "mcp-effect/StdioClient"
import * as StreamableClient from "mcp-effect/StreamableClient"
import { call, checked, make, server, target, version } from "./calls.ts"

const streamable = process.argv[4] === "fetch" ? StreamableClient.layerFetch : NodeStreamableClient.layer
const transport =
  target === "stdio"
    ? StdioClient.layer({ command: process.execPath, args: server })
    : streamable({ url: target })
const layer = Client.layer({ name: "bench", version: "1.0.0", versions: [version] })
const client = await ManagedRuntime.make(Layer.provide(layer, transport)).runPromise(Client.Client)
make(async () => checked((await Effect.runPromise(client.callTool(call.name, call.arguments))).content))
