/** The server that Effect itself brings, on HTTP. `http-effect.ts 1000` lists a thousand more tools. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as McpProtocol from "effect/ai/McpProtocol"
import * as McpServer from "effect/ai/McpServer"
import * as Tool from "effect/ai/Tool"
import * as Toolkit from "effect/ai/Toolkit"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { createServer } from "node:http"
import { whereItListens } from "./listening.ts"

const Add = Tool.make("add", {
  description: "Add two numbers",
  parameters: Schema.Struct({ a: Schema.Finite, b: Schema.Finite }),
  success: Schema.String
})
const Echo = Tool.make("echo", { parameters: Schema.Struct({ text: Schema.String }), success: Schema.String })
const tools = Toolkit.make(Add, Echo)
const handlers = tools.toLayer({
  add: ({ a, b }) => Effect.succeed(String(a + b)),
  echo: ({ text }) => Effect.succeed(text)
})

const server = McpServer.layerHttp({
  name: "effect",
  version: "1.0.0",
  path: "/mcp",
  protocols: [McpProtocol.v2026_07_28, McpProtocol.v2025_11_25],
  allowSessionTermination: true,
  registrations: Layer.provide(McpServer.toolkit(tools), handlers)
})

HttpRouter.serve(server, { disableLogger: true, disableListenLog: true }).pipe(
  Layer.provideMerge(whereItListens),
  Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
  Layer.orDie,
  Layer.launch,
  NodeRuntime.runMain
)
