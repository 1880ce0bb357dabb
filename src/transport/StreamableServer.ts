/**
 * A server on HTTP: as routes of an Effect application, or as a web-standard function. Both eras of the protocol are
 * served at one path. For a listener of its own see `NodeServer`.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Server } from "../server/Server.ts"
import * as FetchFace from "./FetchFace.ts"
import * as Limits from "./Limits.ts"
import * as RouterFace from "./RouterFace.ts"
import * as ByHost from "./streamable/ByHost.ts"
import * as Site from "./streamable/Site.ts"

export type { ResponseMode } from "./streamable/Answering.ts"
export type { Options } from "./streamable/Site.ts"

/**
 * Adds a server to the `HttpRouter` of an application. Several servers live in one application, each at a path of its
 * own.
 *
 * **Details**
 *
 * By default only `Host` headers with a loopback name are answered: an application that is reached by another name
 * lists it in `hosts`, and pages of other origins that may call in `origins`. What a `guard` provides, the server need
 * not be given.
 *
 * **Gotchas**
 *
 * Resources the server needs are those of the layer: they live as long as the application, not as long as a session.
 *
 * @example
 * ```ts
 * import * as HttpRouter from "effect/http/HttpRouter"
 * import * as Layer from "effect/Layer"
 * import * as Server from "mcp-effect/Server"
 * import * as StreamableServer from "mcp-effect/StreamableServer"
 *
 * const echo = Server.make({ name: "echo", version: "1.0.0" })
 * const math = Server.make({ name: "math", version: "1.0.0" })
 *
 * const Routes = Layer.mergeAll(
 *   StreamableServer.layer(echo, { path: "/echo/mcp" }),
 *   StreamableServer.layer(math, { path: "/math/mcp", hosts: ["mcp.example.com"] })
 * )
 *
 * export const App = HttpRouter.serve(Routes)
 * ```
 */
export const layer = <R, P = never, GR = never>(
  server: Server<R>,
  options: Site.Options<P, GR> = {}
): Layer.Layer<never, never, Exclude<R, P> | GR | HttpRouter.HttpRouter> =>
  Layer.effectDiscard(Effect.flatMap(Site.make(server, options), serve))

/**
 * Adds several servers to the `HttpRouter` of an application at the same paths, each under a host name of its own.
 *
 * @example
 * ```ts
 * import * as HttpRouter from "effect/http/HttpRouter"
 * import * as Server from "mcp-effect/Server"
 * import * as StreamableServer from "mcp-effect/StreamableServer"
 *
 * const github = Server.make({ name: "github", version: "1.0.0" })
 * const search = Server.make({ name: "search", version: "1.0.0" })
 *
 * export const App = HttpRouter.serve(
 *   StreamableServer.layerHosts({ "github.example.com": github, "search.example.com": search })
 * )
 * ```
 */
export const layerHosts = <R, P = never, GR = never>(
  servers: { readonly [host: string]: Server<R> },
  options: Omit<Site.Options<P, GR>, "hosts"> = {}
): Layer.Layer<never, never, Exclude<R, P> | GR | HttpRouter.HttpRouter> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const opened = yield* Effect.forEach(Object.entries(servers), ([host, server]) =>
        Effect.map(
          Site.make<R, P, GR>(server, { ...options, hosts: [host] }),
          (site) => [host.toLowerCase(), site] as const
        )
      )
      yield* serve(ByHost.make(opened))
    })
  )

/** Serves a site for as long as the layer that opened it lives. */
const serve = Effect.fnUntraced(function* (site: Site.Site) {
  const router = yield* HttpRouter.HttpRouter
  const { queueBytes } = yield* Limits.Limits
  yield* RouterFace.add(router, site, queueBytes)
  const sites = yield* Sites
  sites?.add(site)
  yield* Effect.addFinalizer(() => Effect.sync(() => sites?.delete(site)))
})

/** The servers of an application that are to be shut down before it stops to listen. */
const Sites = Context.Reference<Set<Site.Site> | undefined>("mcp-effect/transport/StreamableServer/Sites", {
  defaultValue: () => undefined
})

/**
 * Lets an application shut down gracefully: its servers end their streams and finish their requests before the HTTP
 * server waits for its connections.
 *
 * **When to use**
 *
 * Around the layer that serves. Without it an HTTP server that is told to stop waits for streams that clients keep
 * open, as long as it has patience.
 *
 * @example
 * ```ts
 * import * as HttpRouter from "effect/http/HttpRouter"
 * import * as Server from "mcp-effect/Server"
 * import * as StreamableServer from "mcp-effect/StreamableServer"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const App = StreamableServer.graceful(HttpRouter.serve(StreamableServer.layer(server)))
 * ```
 */
export const graceful = <A, E, R>(app: Layer.Layer<A, E, R>): Layer.Layer<A, E, R> =>
  Layer.suspend(() => {
    const sites = new Set<Site.Site>()
    const drained = Effect.suspend(() =>
      Effect.forEach(sites, ({ drain }) => drain, { concurrency: "unbounded", discard: true })
    )
    // What is built last is released first.
    return Layer.effectDiscard(Effect.addFinalizer(() => drained)).pipe(
      Layer.provideMerge(Layer.provide(app, Layer.succeed(Sites, sites)))
    )
  })

/**
 * A server as a function from a web-standard Request to a Response, for as long as the scope lasts.
 *
 * **Gotchas**
 *
 * With one endpoint, which is the default, it answers at every path: where it is, the application decides that calls
 * it. With more, such as `health` or `sse`, each is at its path.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Server from "mcp-effect/Server"
 * import * as StreamableServer from "mcp-effect/StreamableServer"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const status = Effect.scoped(
 *   Effect.gen(function* () {
 *     const handler = yield* StreamableServer.handler(server)
 *     const response = yield* Effect.promise(() => handler(new Request("http://localhost/mcp")))
 *     return response.status
 *   })
 * )
 * ```
 */
export const handler = <R, P = never, GR = never>(
  server: Server<R>,
  options: Site.Options<P, GR> = {}
): Effect.Effect<FetchFace.Handler, never, Exclude<R, P> | GR | Scope.Scope> =>
  Effect.flatMap(Limits.Limits, ({ queueBytes }) =>
    Effect.map(Site.make(server, options), (site) => FetchFace.make(site, queueBytes))
  )

/** A function for runtimes that speak Fetch, and the way to release what it holds. */
export interface WebHandler {
  readonly handler: FetchFace.Handler
  readonly dispose: () => Promise<void>
}

/** Whether a server needs nothing; otherwise what to do, in words that end the compiler's message. */
export type Independent<R> = [R] extends [never]
  ? unknown
  : "This server needs services: give a layer of them as the third argument."

/**
 * The same as `handler` for programs that know nothing of Effect: `export default { fetch: handler }`. What the server
 * needs is given as a layer, which is built with the first request.
 *
 * @example
 * ```ts
 * import * as Server from "mcp-effect/Server"
 * import * as StreamableServer from "mcp-effect/StreamableServer"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const { dispose, handler } = StreamableServer.web(server, { hosts: ["mcp.example.com"] })
 *
 * export default { fetch: handler }
 * ```
 */
export const web: {
  <R>(server: Server<R> & Independent<R>, options?: Site.Options): WebHandler
  <R, E>(server: Server<R>, options: Site.Options, services: Layer.Layer<R, E>): WebHandler
} = <R, E>(server: Server<R>, options: Site.Options = {}, services?: Layer.Layer<R, E>): WebHandler => {
  const scope = Scope.makeUnsafe()
  // Without a layer nothing is needed: that is what `Independent` says.
  const built = Effect.flatMap(Layer.build(services ?? (Layer.empty as Layer.Layer<R>)), (context) =>
    Effect.provideContext(handler(server, options), context)
  )
  let made: Promise<FetchFace.Handler> | undefined
  return {
    handler: async (request) => {
      made ??= Effect.runPromise(Scope.provide(built, scope))
      return (await made)(request)
    },
    dispose: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
