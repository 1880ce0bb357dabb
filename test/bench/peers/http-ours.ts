/**
 * Ours on HTTP: `http-ours.ts 1000 router` lists a thousand more tools, behind Effect's HttpRouter. The other ways are
 * `node` (by itself), `fetch`, and `bare`, which is the least a Fetch handler can do, with nothing of ours.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Progress from "mcp-effect/Progress"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import { createServer } from "node:http"
import * as fetch from "./fetch.ts"
import { whereItListens } from "./listening.ts"
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
  Layer.provideMerge(whereItListens),
  Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
)

const ways: { readonly [way: string]: () => void } = {
  node: () => NodeServer.launch(server, { port: 0 }),
  router: () => NodeRuntime.runMain(Layer.launch(Layer.orDie(router))),
  fetch: () => fetch.listen(StreamableServer.web(server).handler),
  bare: () => fetch.listen(fetch.bare)
}
ways[process.argv[3] ?? "node"]?.()
