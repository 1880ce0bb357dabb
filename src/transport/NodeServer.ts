/**
 * A server on HTTP with a listener of its own, straight on `node:http`: by default at http://127.0.0.1:8000/mcp.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { createServer, type Server as HttpServer } from "node:http"
import { type AddressInfo, isIP } from "node:net"
import { isLoopback } from "../http/Loopback.ts"
import * as Origin from "../http/Origin.ts"
import type { Server } from "../server/Server.ts"
import * as HttpSettings from "./HttpSettings.ts"
import * as Limits from "./Limits.ts"
import * as NodeFace from "./NodeFace.ts"
import * as Replies from "./streamable/Replies.ts"
import * as Site from "./streamable/Site.ts"
import type { Independent } from "./StreamableServer.ts"

export interface Options<P = never, GR = never> extends Site.Options<P, GR> {
  /** The address to listen on. Default: 127.0.0.1, which only this machine reaches. */
  readonly host?: string
  /** Default: 8000. 0 takes any free port. */
  readonly port?: number
}

/** Where a server listens. */
export interface Listening {
  /** The address of the MCP endpoint, as a client on this machine would write it. */
  readonly url: string
  readonly host: string
  readonly port: number
}

/** The server could not begin to listen: a port that is taken, an address that is not ours, an unsafe combination. */
export class StartError extends Schema.TaggedError<StartError>()("StartError", {
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Unknown)
}) {}

/**
 * Listens until the scope closes. Then nothing new is accepted, streams are ended, and requests have `grace` to finish.
 *
 * **Gotchas**
 *
 * An address that other machines reach needs the option `hosts`, the names the server goes by: without it the server
 * refuses to start.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as NodeServer from "mcp-effect/NodeServer"
 * import * as Server from "mcp-effect/Server"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const program = Effect.scoped(
 *   Effect.gen(function* () {
 *     const { url } = yield* NodeServer.listen(server, { port: 0 })
 *     return url
 *   })
 * )
 * ```
 */
export const listen = Effect.fnUntraced(function* <R, P = never, GR = never>(
  server: Server<R>,
  options: Options<P, GR> = {}
): Effect.fn.Return<Listening, StartError, Exclude<R, P> | GR | Scope.Scope> {
  const { host = "127.0.0.1", port = 8000, ...rest } = options
  if (!isLoopback(host) && options.hosts === undefined) return yield* Effect.fail(exposed(host))
  const wrong = Origin.problem(options)
  if (wrong !== undefined) return yield* Effect.fail(new StartError({ message: wrong }))
  const limits = yield* Limits.Limits
  const site = yield* Site.make(server, rest)
  const http = make(site, limits)
  const { port: taken } = yield* Effect.acquireRelease(bind(http, host, port), () => close(http, site))
  return { host, port: taken, url: `http://${written(host)}:${taken}${site.routes[0]?.path ?? "/"}` }
})

/** The same as a layer. */
export const layer = <R, P = never, GR = never>(
  server: Server<R>,
  options?: Options<P, GR>
): Layer.Layer<never, StartError, Exclude<R, P> | GR> =>
  Layer.effectDiscard(Effect.flatMap(listen(server, options), announce)) as Layer.Layer<
    never,
    StartError,
    Exclude<R, P> | GR
  >

/**
 * The same with settings from the configuration, where the options do not say otherwise: `MCP_HOST`, `MCP_PORT`,
 * `MCP_PATH`, `MCP_STATELESS`, `MCP_JSON`, `MCP_SSE`, `MCP_HEALTH`, `MCP_HOSTS`, `MCP_ORIGINS`, `MCP_LOG_LEVEL`.
 */
export const layerConfig = <R, P = never, GR = never>(
  server: Server<R>,
  options: Options<P, GR> = {}
): Layer.Layer<never, StartError | Config.ConfigError, Exclude<R, P> | GR> =>
  Layer.unwrap(
    Effect.map(HttpSettings.config, ({ logLevel, ...settings }) => {
      const live = layer(server, { ...settings, ...options })
      return logLevel === undefined
        ? live
        : Layer.provide(live, Layer.succeed(References.MinimumLogLevel, logLevel))
    })
  )

const announce = ({ url }: Listening) => Effect.logInfo(`Listening at ${url}`)

/**
 * Runs a server as the whole program, until SIGINT or SIGTERM: then it shuts down gracefully and the process ends with
 * code 0. A second signal ends it at once. What the options leave open is read from the environment, as by
 * `layerConfig`.
 *
 * @example
 * ```ts
 * import * as NodeServer from "mcp-effect/NodeServer"
 * import * as Server from "mcp-effect/Server"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const main = () => NodeServer.launch(server, { port: 3000 })
 * ```
 */
export const launch: {
  <R, P = never, GR = never>(
    server: Server<R> & Independent<Exclude<R, P> | GR>,
    options?: Options<P, GR>
  ): void
  <R, E, P = never, GR = never>(
    server: Server<R>,
    options: Options<P, GR>,
    services: Layer.Layer<Exclude<R, P> | GR, E>
  ): void
} = <R, E, P = never, GR = never>(
  server: Server<R>,
  options: Options<P, GR> = {},
  services?: Layer.Layer<Exclude<R, P> | GR, E>
): void => {
  // Without a layer nothing is needed: that is what `Independent` says.
  const needs = services ?? (Layer.empty as Layer.Layer<Exclude<R, P> | GR>)
  process.once("SIGINT", secondEnds("SIGINT"))
  process.once("SIGTERM", secondEnds("SIGTERM"))
  const program = Layer.launch(Layer.provide(layerConfig(server, options), needs))
  NodeRuntime.runMain(Effect.mapError(program, brief), { teardown })
}

/** Whoever starts a program is told what to do, and not where in ours it was noticed. */
const brief = <E>(error: E): E | StartError => {
  if (!(error instanceof StartError)) return error
  const { message } = error
  return Object.defineProperty(new StartError({ message }), "stack", { value: `StartError: ${message}` })
}

/** To be told to stop is how a server ends, and no failure. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
    ? onExit(0)
    : Runtime.defaultTeardown(exit, onExit)

/** Whoever asks twice does not want to wait. */
const secondEnds = (signal: NodeJS.Signals) => () => void process.once(signal, () => process.exit(1))

const exposed = (host: string) =>
  new StartError({
    message:
      `${host} can be reached from other machines. Say in "hosts" by which names, for example ` +
      `hosts: ["mcp.example.com"], and put a "guard" before what not everybody may do; or listen on 127.0.0.1`
  })

const written = (host: string) => (isIP(host) === 6 ? `[${host}]` : host)

const make = ({ routes }: Site.Site, limits: Limits.Limits): HttpServer => {
  const byPath = new Map(routes.map((route) => [route.path as string, route]))
  const { arrival } = limits
  const http = createServer({
    requestTimeout: arrival,
    headersTimeout: arrival,
    connectionsCheckingInterval: Math.ceil(arrival / 4)
  })
  http.on("request", (request, response) => {
    // A connection must not be kept for a server that is on its way out.
    if (!http.listening) response.shouldKeepAlive = false
    const url = request.url ?? ""
    const query = url.indexOf("?")
    const route = byPath.get(query === -1 ? url : url.slice(0, query))
    if (route === undefined) return NodeFace.send(response, nowhere)
    route.handle(NodeFace.incoming(request, response, limits.queueBytes))
  })
  http.on("clientError", ({ code = "" }: NodeJS.ErrnoException, socket) => {
    const status = unserved.get(code) ?? "400 Bad Request"
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
    else socket.destroy()
  })
  return http
}

/** What Node cannot make a request of, where it is not simply malformed. */
const unserved = new Map([
  ["ERR_HTTP_REQUEST_TIMEOUT", "408 Request Timeout"],
  ["HPE_HEADER_OVERFLOW", "431 Request Header Fields Too Large"]
])

const nowhere = Replies.refuse(404, "There is nothing at this path")

const bind = (http: HttpServer, host: string, port: number): Effect.Effect<AddressInfo, StartError> =>
  Effect.callback((resume) => {
    http.once("error", (cause: NodeJS.ErrnoException) => resume(Effect.fail(notFree(host, port, cause))))
    http.listen(port, host, () => resume(Effect.succeed(http.address() as AddressInfo)))
  })

const notFree = (host: string, port: number, cause: NodeJS.ErrnoException) =>
  new StartError({
    message:
      cause.code === "EADDRINUSE"
        ? `Port ${port} on ${host} is taken: stop what listens there, or choose another with the option "port"`
        : `Cannot listen on ${host}:${port}: ${cause.message}`,
    cause
  })

/** Stops to accept at once; connections end when their answers have left, or are cut. */
const close = (http: HttpServer, site: Site.Site): Effect.Effect<void> => {
  const closed = Effect.callback<void>((resume) => void http.close(() => resume(Effect.void)))
  return Effect.gen(function* () {
    const closing = yield* Effect.forkChild(closed, { startImmediately: true })
    yield* site.drain
    yield* Effect.sync(() => http.closeIdleConnections())
    yield* Effect.timeoutOption(Fiber.await(closing), "1 second")
    yield* Effect.sync(() => http.closeAllConnections())
    yield* Fiber.await(closing)
  })
}
