/** A server and its client over HTTP, by each way a server can be put there. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type * as Client from "mcp-effect/Client"
import * as NodeServer from "mcp-effect/NodeServer"
import * as NodeStreamableClient from "mcp-effect/NodeStreamableClient"
import type * as Server from "mcp-effect/Server"
import * as SseClient from "mcp-effect/SseClient"
import * as StreamableClient from "mcp-effect/StreamableClient"
import * as StreamableServer from "mcp-effect/StreamableServer"
import { createServer } from "node:http"

type Way = (server: Server.Server) => Layer.Layer<Client.Transport>

export const node: Way = (server) =>
  Layer.unwrap(
    Effect.map(Effect.orDie(NodeServer.listen(server, { port: 0 })), ({ url }) =>
      NodeStreamableClient.layer({ url })
    )
  )

export const router: Way = (server) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const app = HttpRouter.serve(StreamableServer.layer(server), {
        disableLogger: true,
        disableListenLog: true
      })
      const http = NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })
      const context = yield* Effect.orDie(
        Layer.build(Layer.provideMerge(StreamableServer.graceful(app), http))
      )
      const { address } = yield* Effect.provideContext(HttpServer.HttpServer, context)
      const port = "port" in address ? address.port : 0
      return NodeStreamableClient.layer({ url: `http://127.0.0.1:${port}/mcp` })
    })
  )

/** The function of a Fetch runtime, called without a network. */
export const fetch: Way = (server) =>
  Layer.unwrap(
    Effect.map(StreamableServer.handler(server), (handler) => {
      const call: typeof globalThis.fetch = (input, init) => handler(new Request(input, init))
      return StreamableClient.layer({ url: "http://localhost/mcp" }).pipe(
        Layer.provide(Layer.provide(FetchHttpClient.layer, Layer.succeed(FetchHttpClient.Fetch, call)))
      )
    })
  )

export const sse: Way = (server) =>
  Layer.unwrap(
    Effect.map(Effect.orDie(NodeServer.listen(server, { port: 0, sse: true })), ({ port }) =>
      SseClient.layer({ url: `http://127.0.0.1:${port}/sse` }).pipe(
        Layer.provide(NodeStreamableClient.layerHttpClient)
      )
    )
  )
