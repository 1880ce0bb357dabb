/**
 * A server of HTTP+SSE, the transport of 2024-11-05.
 *
 * @see https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Transport } from "../client/Transport.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import * as Dial from "./client/Dial.ts"
import * as Modern from "./client/Modern.ts"
import * as Sse from "./client/Sse.ts"

export interface SseClientOptions extends Dial.DialOptions {
  /** How long the server may take to say where messages are to be posted. Default: 5 seconds. */
  readonly connectTimeout?: Duration.Input
}

/**
 * The transport of a client to a server that has HTTP+SSE and nothing newer.
 *
 * **When to use**
 *
 * Where it is known that the URL is one of HTTP+SSE: `StreamableClient` finds out by itself, one request later.
 *
 * **Gotchas**
 *
 * The server names the URL for messages. One at another origin is refused, because credentials would go there.
 *
 * @example
 * ```ts
 * import * as SseClient from "mcp-effect/SseClient"
 *
 * export const Old = SseClient.layerFetch({ url: "https://old.example/sse" })
 * ```
 */
export const layer = (options: SseClientOptions): Layer.Layer<Transport, never, HttpClient> =>
  Layer.effect(Transport, make(options))

/** The same over the `fetch` of the platform. */
export const layerFetch = (options: SseClientOptions): Layer.Layer<Transport> =>
  Layer.provide(layer(options), FetchHttpClient.layer)

/** The transport itself, for programs that talk to many servers. */
export const make = (options: SseClientOptions): Effect.Effect<Transport["Service"], never, HttpClient> => {
  const { connectTimeout = "5 seconds" } = options
  return Dial.make(options, { reconnect: undefined, terminate: false }, (wire) =>
    Effect.map(Sse.open(wire, Duration.toMillis(connectTimeout)), (send) => ({
      // The stateless era has no HTTP+SSE: nobody needs to be asked about that.
      send: (message) =>
        JsonRpc.isRequest(message) && Modern.versionOf(message) !== undefined
          ? Effect.succeed(JsonRpc.failure(message.id, McpError.methodNotFound(message.method).fault))
          : send(message),
      inbox: Stream.fromQueue(wire.inbox)
    }))
  )
}
