/**
 * A server at a URL: Streamable HTTP of every revision, and HTTP+SSE where there is nothing newer.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { Transport } from "../client/Transport.ts"
import * as Dial from "./client/Dial.ts"
import type { ReconnectOptions } from "./client/Reconnect.ts"
import * as Streamable from "./client/Streamable.ts"

export type { ReconnectOptions }
export { of as refusal, type Refusal } from "./client/Refusal.ts"

export interface StreamableClientOptions extends Dial.DialOptions {
  /** When to open again a stream that broke, in the revisions that can. */
  readonly reconnect?: ReconnectOptions
  /** Whether to end the session at the server when the connection closes. Default: true. */
  readonly terminateOnClose?: boolean
  /** How long HTTP+SSE may take to connect where it is tried at last; `false` never tries. Default: 5 seconds. */
  readonly sse?: Duration.Input | false
}

/**
 * The transport of a client to a server at a URL, over whatever HttpClient there is: proxies, certificates, credentials
 * that are renewed are its business.
 *
 * **Details**
 *
 * The client finds out what the server speaks. In 2026-07-28 each request stands for itself, and interrupting one
 * closes its exchange, which cancels it. In the revisions before there is a session: it is begun again once the server
 * has forgotten it, streams that break are resumed where the server can, and interrupting a request tells the server
 * so. A server that knows neither is tried as one of HTTP+SSE.
 *
 * A request the server refuses with an HTTP status fails with a `TransportError` that says in one line what was
 * answered; `refusal` has it as data: status, `Retry-After`, `WWW-Authenticate`.
 *
 * **Gotchas**
 *
 * Redirects are followed within the origin of the URL only, and `headers` never leave it.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as Client from "mcp-effect/Client"
 * import * as StreamableClient from "mcp-effect/StreamableClient"
 *
 * export const Weather = Client.layer({ name: "example", version: "1.0.0" }).pipe(
 *   Layer.provide(
 *     StreamableClient.layerFetch({
 *       url: "https://weather.example/mcp",
 *       headers: { "x-api-key": "…" }
 *     })
 *   )
 * )
 * ```
 */
export const layer = (options: StreamableClientOptions): Layer.Layer<Transport, never, HttpClient> =>
  Layer.effect(Transport, make(options))

/** The same over the `fetch` of the platform: for browsers, workers, and wherever there is no Node. */
export const layerFetch = (options: StreamableClientOptions): Layer.Layer<Transport> =>
  Layer.provide(layer(options), FetchHttpClient.layer)

/** The transport itself, for programs that talk to many servers. */
export const make = (
  options: StreamableClientOptions
): Effect.Effect<Transport["Service"], never, HttpClient> => {
  const { reconnect, sse = "5 seconds", terminateOnClose = true } = options
  return Dial.make(options, { reconnect, terminate: terminateOnClose }, (wire, { inFlight }) =>
    Streamable.make(wire, { inFlight, sse: sse === false ? undefined : Duration.toMillis(sse) })
  )
}
