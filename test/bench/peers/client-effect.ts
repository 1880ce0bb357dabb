/** The client that Effect itself brings, on its HttpClient with undici. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as McpClient from "effect/ai/McpClient"
import * as McpProtocol from "effect/ai/McpProtocol"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as ChildProcess from "effect/process/ChildProcess"
import { call, checked, make, server, target, version } from "./calls.ts"

const about = {
  name: "bench",
  version: "1.0.0",
  protocol: version === "2026-07-28" ? McpProtocol.v2026_07_28 : McpProtocol.v2025_11_25
}
const layer =
  target === "stdio"
    ? Layer.provide(
        McpClient.layerStdio({ ...about, command: ChildProcess.make(process.execPath, server) }),
        NodeServices.layer
      )
    : Layer.provide(McpClient.layerHttp({ ...about, url: target }), NodeHttpClient.layerUndici)

const client = await ManagedRuntime.make(layer).runPromise(McpClient.McpClient)
const [tool] = await Effect.runPromise(client.listTools())
make(async () =>
  checked((await Effect.runPromise(client.callTool({ tool: tool!, arguments: call.arguments }))).content)
)
