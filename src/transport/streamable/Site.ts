/**
 * One server on HTTP, written once for every face: which paths there are, and what answers at each of them. There is
 * no way to an endpoint but through its door.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { Guard, Reply } from "../../http/Exchange.ts"
import type * as Origin from "../../http/Origin.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import type { Server } from "../../server/Server.ts"
import * as EventStore from "../EventStore.ts"
import * as Limits from "../Limits.ts"
import type { ResponseMode } from "./Answering.ts"
import * as Documents from "./Documents.ts"
import * as Door from "./Door.ts"
import * as Generation from "./Generation.ts"
import * as Legacy from "./Legacy.ts"
import * as Modern from "./Modern.ts"
import * as Replies from "./Replies.ts"
import * as Screens from "./Screens.ts"
import * as Sessionless from "./Sessionless.ts"
import { type Polling, Sessions } from "./Sessions.ts"
import type { Posted, Shared } from "./Shared.ts"
import * as SseEndpoint from "./SseEndpoint.ts"
import * as Watch from "./Watch.ts"

export interface Options<P = never, GR = never> extends Origin.OriginOptions {
  /** Where the MCP endpoint is; `false` for nowhere. Default: `/mcp`. */
  readonly path?: `/${string}` | false
  /**
   * Whether clients of 2024-11-05, which know only HTTP+SSE, are served as well: at `/sse` and `/messages/`, or where
   * it says. `prefix` is what a proxy in front takes off every path. Default: false.
   */
  readonly sse?: boolean | Partial<SseEndpoint.Paths>
  /** Whether `GET /health`, or another path, answers that the server is up. Default: false. */
  readonly health?: boolean | `/${string}`
  /** How requests are answered. Default: `auto`, JSON unless something is said on the way. */
  readonly responseMode?: ResponseMode
  /** Whether clients of 2025-03-26 … 2025-11-25 are served without sessions. Default: false. */
  readonly stateless?: boolean
  /** Who may call, and what is known of them. Default: anybody the origin checks let through. */
  readonly guard?: Guard<P, GR>
  /** How often quiet streams are kept alive, and sessions looked after. Default: every 15 seconds. */
  readonly keepAlive?: Duration.Input
  /** Whether sessions let go of the connection of a request after a while; clients of 2025-11-25 come back. */
  readonly polling?: Polling
  /** How long requests may go on when the server shuts down. Default: 5 seconds. */
  readonly grace?: Duration.Input
}

export interface Route {
  readonly path: `/${string}`
  readonly handle: (incoming: Door.Incoming) => void
}

export interface Site {
  readonly routes: ReadonlyArray<Route>
  /** Refuses new requests, ends streams gently, lets what runs finish for as long as `grace` allows, stops the rest. */
  readonly drain: Effect.Effect<void>
}

/** Opens a server, until the scope closes. */
export const make = Effect.fnUntraced(function* <R, P = never, GR = never>(
  server: Server<R>,
  options: Options<P, GR>
): Effect.fn.Return<Site, never, Exclude<R, P> | GR | Scope.Scope> {
  const services = yield* Effect.context<Exclude<R, P> | GR>()
  const clock = yield* Clock.Clock
  const crypto = yield* WebCrypto
  const limits = yield* Limits.Limits
  const closing = yield* Deferred.make<void>()
  const log = Effect.runForkWith(services)
  const shared: Shared<R> = {
    server,
    limits,
    mode: options.responseMode ?? "auto",
    watched: Watch.make(limits.stalled),
    clock,
    store: yield* EventStore.EventStore,
    closing: Deferred.await(closing),
    running: new Set(),
    log,
    lost: losing(log),
    secret: () => Base64Url.encode(crypto.getRandomValues(new Uint8Array(24)))
  }
  const sessions = new Sessions(shared)
  const endAll = Effect.suspend(() =>
    Effect.forEach(sessions.all, (session) => sessions.drop(session), { discard: true })
  )
  // Told, and not waited for: their clients are answered while there are connections, whoever takes long to stop.
  const stop = Effect.sync(() => {
    for (const fiber of shared.running) fiber.interruptUnsafe()
  })
  const drain = Effect.suspend(() => {
    if (!Deferred.doneUnsafe(closing, Exit.void)) return Effect.void
    for (const { standalone } of sessions.all) standalone.release(comeBack)
    const finished = Effect.forEach([...shared.running], Fiber.await, { discard: true })
    return Effect.andThen(Effect.timeoutOption(finished, options.grace ?? "5 seconds"), stop)
  })
  yield* Effect.addFinalizer(() =>
    drain.pipe(
      Effect.andThen(Effect.suspend(() => Fiber.interruptAll(shared.running))),
      Effect.andThen(endAll)
    )
  )
  const sweep = Effect.suspend(() => {
    const now = clock.currentTimeMillisUnsafe()
    shared.watched.sweep(now)
    if (options.polling !== undefined) sessions.release(now, options.polling)
    // Not waited for: a request that cannot be stopped must not keep the others from being looked after.
    return Effect.forkChild(sessions.sweep(now), { startImmediately: true })
  })
  yield* Effect.forkScoped(
    Effect.forever(Effect.andThen(Effect.sleep(options.keepAlive ?? "15 seconds"), sweep))
  )
  const isOpen = () => !Deferred.isDoneUnsafe(closing)
  const { guard, ...rest } = options
  const door = gate(Door.make<R, P, GR>(services, shared, options), isOpen)
  const anybody = gate(Door.make(Context.empty(), shared, rest), isOpen)
  return { routes: routes(shared, sessions, door, anybody, rest, guard?.documents), drain }
})

/** In JSON mode there is no place for what is said on the way. Whoever runs the server is told, and not every time. */
const losing = (log: Shared<never>["log"]): Shared<never>["lost"] => {
  const known = new Set<string>()
  return ({ method }) =>
    Effect.sync(() => {
      if (known.has(method)) return
      known.add(method)
      log(Effect.logWarning(`${method} is not sent: in the response mode "json" nothing is said on the way`))
    })
}

/** When clients are to try again after a shutdown, in milliseconds. */
const comeBack = 1000

const gate =
  <R>(door: Door.Door<R>, isOpen: () => boolean): Door.Door<R> =>
  (incoming, screen, admitted) =>
    isOpen()
      ? door(incoming, screen, admitted)
      : incoming.out.reply(Replies.busy("The server is shutting down"))

const routes = <R>(
  shared: Shared<R>,
  sessions: Sessions<R>,
  door: Door.Door<R>,
  anybody: Door.Door<never>,
  { health = false, path = "/mcp", sse = false, stateless = false }: Options,
  documents: Guard["documents"]
): ReadonlyArray<Route> => {
  const screen = Screens.mcp(shared.mode, stateless)
  const all: Array<Route> = []
  const add = (at: string, handle: Route["handle"]) => void all.push({ path: absolute(at), handle })
  if (path !== false) {
    add(path.replace(/(.)\/+$/, "$1"), (incoming) =>
      door(incoming, screen, (request) => endpoint(shared, sessions, stateless, request))
    )
  }
  if (sse !== false) {
    const paths = { ...standardPaths, ...(sse === true ? {} : sse) }
    const old = new SseEndpoint.SseEndpoint(shared, paths)
    add(paths.sse, (incoming) =>
      door(incoming, Screens.stream, ({ caller, head, out }) => old.open(caller, head, out))
    )
    add(paths.messages, (incoming) =>
      door(incoming, Screens.message, ({ caller, head, json, out }) =>
        json((value) => old.post(caller, SseEndpoint.sessionOf(head), value, out))
      )
    )
  }
  if (health !== false) add(health === true ? "/health" : health, Documents.serve(anybody, up))
  for (const [at, document] of documents ?? []) add(at, Documents.serve(anybody, document))
  return all
}

const standardPaths: SseEndpoint.Paths = { sse: "/sse", messages: "/messages/", prefix: "" }

const up: Reply = { status: 200, headers: { "content-type": "application/json" }, body: '{"status":"ok"}' }

/** A path as requests have it: one slash in front. */
const absolute = (path: string): `/${string}` => `/${path.replace(/^\/+/, "")}`

const endpoint = <R>(
  shared: Shared<R>,
  sessions: Sessions<R>,
  stateless: boolean,
  { caller, head, json, out }: Door.Admitted<R>
): void => {
  const exchange = { shared, sessions, caller, head, out }
  if (head.method === "GET") return Legacy.get(exchange)
  if (head.method === "DELETE") return Legacy.remove(exchange)
  json((value) => {
    const posted = read(value)
    if ("invalid" in posted) return out.reply(Replies.of(400, posted.invalid))
    if (Generation.isStateless(head, posted)) {
      return Array.isArray(posted)
        ? out.reply(Replies.refuse(400, "2026-07-28 has no batches"))
        : Modern.post(shared, caller, head, posted as JsonRpc.Message, out)
    }
    return stateless ? Sessionless.post(shared, caller, head, posted, out) : Legacy.post(exchange, posted)
  })
}

/** One message, or a batch whose messages are read one by one. */
const read = (value: unknown): Posted | JsonRpc.Invalid =>
  Array.isArray(value) ? (value as ReadonlyArray<unknown>) : JsonRpc.decode(value)
