/**
 * One way to connect to whatever can be connected to. The transport a target needs is loaded when it is needed, so
 * that whoever talks to a child process does not pay for HTTP.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Client from "./client/Client.ts"
import type { Transport } from "./client/Transport.ts"
import type { Server } from "./server/Server.ts"
import type { StdioClientOptions } from "./transport/StdioClient.ts"
import type { StreamableClientOptions } from "./transport/StreamableClient.ts"

/**
 * What a client can be connected to: the URL of a server, alone or with options; a command that starts one; a server
 * of this program; a transport.
 */
export type Target =
  | string
  | URL
  | StreamableClientOptions
  | StdioClientOptions
  | Server<unknown>
  | Layer.Layer<Transport, unknown, unknown>

/** How a target may fail, besides the ways every client may. */
export type TargetError<T> = T extends Layer.Layer<Transport, infer E, infer _R> ? E : never

/** What a target needs: a transport whatever its layer needs, a server whatever its handlers need. */
export type TargetServices<T> =
  T extends Layer.Layer<Transport, infer _E, infer R> ? R : T extends Server<infer R> ? R : never

/**
 * Connects to a target, for as long as the scope lasts.
 *
 * **Details**
 *
 * A string is a URL. Over HTTP the `HttpClient` in context is used; where there is none, undici on Node and `fetch`
 * elsewhere. A server of this program is spoken to in JSON, as over a wire.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Client from "mcp-effect/Client"
 * import * as Server from "mcp-effect/Server"
 *
 * const me = { name: "example", version: "1.0.0" }
 *
 * export const remote = Client.connect("https://weather.example/mcp", me)
 * export const withKey = Client.connect({ url: "https://weather.example/mcp", headers: { "x-api-key": "…" } }, me)
 * export const local = Client.connect({ command: "node", args: ["server.ts"] }, me)
 *
 * const server = Server.make({ name: "inside", version: "1.0.0" })
 *
 * export const inside = Effect.scoped(
 *   Effect.flatMap(Client.connect(server, me), (client) => client.tools)
 * )
 * ```
 */
export const connect = <T extends Target, R = never>(
  target: T,
  options: Client.Options<R>
): Effect.Effect<Client.Service, Client.ClientError | TargetError<T>, TargetServices<T> | R | Scope.Scope> =>
  Effect.flatMap(transportOf(target), (transport) => Client.connect(known<T>(transport), options))

/** A layer made from a target fails as the target does and needs what it needs. */
const known = <T>(transport: Layer.Layer<Transport, unknown, unknown>) =>
  transport as Layer.Layer<Transport, TargetError<T>, TargetServices<T>>

const transportOf = (target: Target): Effect.Effect<Layer.Layer<Transport, unknown, unknown>> => {
  if (typeof target === "string" || target instanceof URL) return streamable({ url: target })
  if (isTransport(target)) return Effect.succeed(target)
  if ("command" in target) return stdio(target)
  return "url" in target ? streamable(target) : loopback(target)
}

const isTransport = (target: Target): target is Layer.Layer<Transport, unknown, unknown> =>
  Layer.isLayer(target)

const stdio = (options: StdioClientOptions) =>
  Effect.map(
    Effect.promise(() => import("./transport/StdioClient.ts")),
    (StdioClient) => StdioClient.layer(options)
  )

const loopback = (server: Server<unknown>) =>
  Effect.map(
    Effect.promise(() => import("./transport/Loopback.ts")),
    (Loopback) => Loopback.layer(server)
  )

const streamable = Effect.fnUntraced(function* (options: StreamableClientOptions) {
  const { HttpClient } = yield* Effect.promise(() => import("effect/http/HttpClient"))
  const StreamableClient = yield* Effect.promise(() => import("./transport/StreamableClient.ts"))
  const client = yield* Effect.serviceOption(HttpClient)
  if (Option.isSome(client)) {
    return Layer.provide(StreamableClient.layer(options), Layer.succeed(HttpClient, client.value))
  }
  if (!isNode()) return StreamableClient.layerFetch(options)
  const Node = yield* Effect.promise(() => import("./transport/NodeStreamableClient.ts"))
  return Node.layer(options)
})

/** Other runtimes call themselves Node, too, and have a better `fetch` than undici on top of it. */
const isNode = (): boolean => {
  const versions = globalThis.process?.versions
  return versions?.node !== undefined && versions["bun"] === undefined && !("Deno" in globalThis)
}
