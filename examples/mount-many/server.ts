/** Four MCP servers in one application, beside a page of its own. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import { createServer } from "node:http"

const Echo = Tool.make("echo", { input: { text: Schema.String }, output: Schema.String })
const Sum = Tool.make("sum", { input: { numbers: Schema.Array(Schema.Finite) }, output: Schema.Finite })
const Fetch = Tool.make("fetch", { input: { url: Schema.String }, output: Schema.String })
const Search = Tool.make("search", { input: { query: Schema.String }, output: Schema.Array(Schema.String) })

const named = (name: string) => ({ name, version: "1.0.0" })

const echo = Server.make(
  named("echo"),
  Tool.handle(Echo, ({ text }) => text)
)
const math = Server.make(
  named("math"),
  Tool.handle(Sum, ({ numbers }) => numbers.reduce((sum, number) => sum + number, 0))
)
const curl = Server.make(
  named("curl"),
  Tool.handle(Fetch, ({ url }) => `What is at ${url}`)
)
const search = Server.make(
  named("search"),
  Tool.handle(Search, ({ query }) => [`A page on ${query}`])
)

/** Adds routes under a prefix. */
const under = <E, R>(prefix: string, routes: Layer.Layer<never, E, R>) =>
  Layer.provide(
    routes,
    Layer.effect(
      HttpRouter.HttpRouter,
      Effect.map(HttpRouter.HttpRouter, (router) => router.prefixed(prefix))
    )
  )

const app = Layer.mergeAll(
  StreamableServer.layer(echo, { path: "/echo/mcp" }),
  StreamableServer.layer(math, { path: "/math/mcp" }),
  under("/curl", StreamableServer.layer(curl)),
  // Clients that know only HTTP+SSE find it at /search/sse, and are told to post to /search/messages/.
  under("/search", StreamableServer.layer(search, { sse: true })),
  HttpRouter.add("GET", "/", HttpServerResponse.text("Four servers: echo, math, curl, search"))
)

const port = Number(process.env["PORT"] ?? 8000)

StreamableServer.graceful(HttpRouter.serve(app)).pipe(
  Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port })),
  Layer.launch,
  NodeRuntime.runMain
)
