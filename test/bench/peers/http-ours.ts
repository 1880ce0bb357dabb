/** Ours on HTTP: `http-ours.ts 1000 router` lists a thousand more tools, behind Effect's HttpRouter. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Progress from "mcp-effect/Progress"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import { createServer } from "node:http"
import { moreTools } from "./tools.ts"

const Add = Tool.make("add", {
  description: "Add two numbers",
  input: { a: Schema.Finite, b: Schema.Finite },
  output: Schema.String
})
const Echo = Tool.make("echo", { input: { text: Schema.String }, output: Schema.String })
const Count = Tool.make("count", { input: { to: Schema.Finite }, output: Schema.String })

const server = Server.make(
  { name: "ours", version: "1.0.0", pageSize: 10_000 },
  Tool.handle(Add, ({ a, b }) => String(a + b)),
  Tool.handle(Echo, ({ text }) => text),
  Tool.handle(
    Count,
    Effect.fnUntraced(function* ({ to }) {
      for (let progress = 1; progress <= to; progress++) yield* Progress.report(progress)
      return String(to)
    })
  ),
  ...moreTools().map((tool) => Tool.raw(tool, () => []))
)

const router = HttpRouter.serve(StreamableServer.layer(server), {
  disableLogger: true,
  disableListenLog: true
}).pipe(
  Layer.provideMerge(
    Layer.effectDiscard(
      Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
        Effect.sync(() => console.log(`http://127.0.0.1:${(address as { readonly port: number }).port}/mcp`))
      )
    )
  ),
  Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
)

if (process.argv[3] === "router") NodeRuntime.runMain(Layer.launch(Layer.orDie(router)))
else NodeServer.launch(server, { port: 0 })
