/** `StreamableClient` on Node, with an HttpClient of its own. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type { Transport } from "../client/Transport.ts"
import * as StreamableClient from "./StreamableClient.ts"

/**
 * The HttpClient: undici, which keeps connections for the next request and gives up after 10 seconds on one that
 * cannot be made. For `SseClient` on Node, too.
 */
export const layerHttpClient: Layer.Layer<HttpClient> = NodeHttpClient.layerUndiciOptions({
  connect: { timeout: 10_000 }
})

/**
 * The transport of a client on Node to a server at a URL.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as Client from "mcp-effect/Client"
 * import * as NodeStreamableClient from "mcp-effect/NodeStreamableClient"
 *
 * export const Weather = Client.layer({ name: "example", version: "1.0.0" }).pipe(
 *   Layer.provide(NodeStreamableClient.layer({ url: "https://weather.example/mcp" }))
 * )
 * ```
 */
export const layer = (options: StreamableClient.StreamableClientOptions): Layer.Layer<Transport> =>
  Layer.provide(StreamableClient.layer(options), layerHttpClient)
