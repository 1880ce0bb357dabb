/**
 * A server is an immutable value: what it is called, and one function from a request to its result. Transports
 * serve it; several of them may serve the same one.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Server from "mcp-effect/Server"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const Add = Tool.make("add", { input: { a: Schema.Finite, b: Schema.Finite }, output: Schema.Finite })
 *
 * export const server = Server.make(
 *   { name: "demo", version: "1.0.0" },
 *   Tool.handle(Add, ({ a, b }) => a + b)
 * )
 * ```
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { Outbox } from "../Connection.ts"
import type { Icon } from "../protocol/Icon.ts"
import type { HeaderField } from "../JsonSchema.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Kept from "../protocol/Kept.ts"
import type { McpError } from "../protocol/McpError.ts"
import * as Revisions from "../protocol/Revisions.ts"
import * as CacheHint from "./CacheHint.ts"
import * as Capabilities from "./Capabilities.ts"
import * as Catalog from "./Catalog.ts"
import * as Completion from "./Completion.ts"
import type * as Events from "./Events.ts"
import * as Hub from "./Hub.ts"
import type { CurrentServer, Meta, Request } from "./Invocation.ts"
import * as Kernel from "./Kernel.ts"
import * as Listen from "./Listen.ts"
import * as Listing from "./Listing.ts"
import * as Lookup from "./Lookup.ts"
import * as Names from "./Names.ts"
import type { Handle, NotificationPart, Part, Requirements, Result, Service } from "./Part.ts"
import * as Stamp from "./Stamp.ts"

export { mount } from "./Mount.ts"

/** How a server introduces itself. Peers are told everything but `instructions` as `serverInfo`. */
export interface Info {
  readonly name: string
  readonly version: string
  readonly title?: string
  readonly description?: string
  readonly websiteUrl?: string
  readonly icons?: ReadonlyArray<Icon>
  /** Guidance for the model that will use the server. */
  readonly instructions?: string
}

export interface Options extends Info {
  /** How many items a page of a list holds. Default: 100. */
  readonly pageSize?: number
  /** How long lists and `server/discover` stay fresh, and who may share them. Default: stale at once, private. */
  readonly cache?: CacheHint.CacheHints
  /** Whether peers may subscribe to any resource. Default: only if a resource says `updates`. */
  readonly subscribe?: boolean
  /** Whether peers may ask for log messages. Default: true. */
  readonly logging?: boolean
  /** What happens when two parts share a name. Default: `error`, the server refuses to be made. */
  readonly duplicates?: Catalog.Duplicates
  /** Capabilities outside the protocol, told to peers as they are: settings by name. */
  readonly experimental?: { readonly [name: string]: JsonRpc.Params }
  /** Whether results name the server, as `serverInfo` in their `_meta`. Default: true. */
  readonly named?: boolean
}

export interface Server<out R = never> {
  readonly info: Info
  /** ServerCapabilities of the newest revision, derived from the parts. */
  readonly capabilities: JsonRpc.Params
  readonly parts: ReadonlyArray<Part<R>>
  readonly handle: Service<R>
  /** The server's middleware around what somebody else answers for it: a session, what it is asked to remember. */
  readonly around: <S>(answer: Service<S>) => Service<R | S>
  /** Hears a notification of the client that belongs to no request. What goes wrong is logged. */
  readonly hear: (method: string, params: JsonRpc.Params) => Effect.Effect<void, never, R>
  readonly events: Events.Hub
  /** Whether the caller of a request may read what is at a URI, and so may hear that it changed. */
  readonly mayRead: (uri: string, request: Parameters<Service>[0]) => Effect.Effect<boolean, never, R>
  /**
   * The arguments that a client on HTTP must have repeated in headers to make this request; `undefined`, as a rule,
   * for none. Who may not see a tool learns nothing of its headers either.
   */
  readonly mirrored: (
    request: Request["Service"]
  ) => Effect.Effect<ReadonlyArray<HeaderField>, never, R> | undefined
}

/**
 * Makes a server of parts: tools, resources, prompts, methods, middleware, extensions, other servers. What they need
 * and no request brings along is the server's R: it must be provided before the server can be served.
 *
 * Throws when two parts claim the same name, when a name is malformed, and when an option makes no sense.
 */
export const make = <const Parts extends ReadonlyArray<Part<unknown>>>(
  options: Options,
  ...parts: Parts
): Server<Requirements<Parts[number]>> => fromParts(options, known<Requirements<Parts[number]>>(parts))

/** What a tuple of parts needs is what its members need: that is what `Requirements` computes. */
const known = <R>(parts: ReadonlyArray<Part<unknown>>) => parts as ReadonlyArray<Part<R>>

/** The same for a list of parts that is computed. */
export const fromParts = <R>(options: Options, parts: ReadonlyArray<Part<R>>): Server<R> => {
  const {
    cache = {},
    duplicates = "error",
    experimental = {},
    logging = true,
    pageSize = 100,
    named = true,
    subscribe = false
  } = options
  Names.check(parts)
  const info = introduce(options)
  const stamp = named ? Stamp.named(info) : Stamp.complete
  const events = Hub.make(parts)
  const catalog = Catalog.make(parts, duplicates)
  const mayRead = Lookup.mayRead(catalog)
  const capabilities = Capabilities.derive(catalog(), parts, { subscribe, logging, experimental })

  const discovery = Kept.keep(
    stamp({
      supportedVersions: Revisions.versions,
      capabilities,
      ...(info.instructions === undefined ? {} : { instructions: info.instructions }),
      ...CacheHint.fields(cache.discover)
    })
  )
  const standard: ReadonlyArray<readonly [string, Handle<R>]> = [
    ["tools/call", Lookup.callTool(catalog)],
    ["prompts/get", Lookup.getPrompt(catalog)],
    ["resources/read", Lookup.readResource(catalog)],
    ["completion/complete", (request) => Completion.complete(catalog(), request)],
    ...Listing.methods(catalog, { cache, pageSize, stamp }),
    ["server/discover", () => Effect.succeed(discovery)],
    ["ping", () => Effect.succeed({})],
    ["subscriptions/listen", (request) => Listen.listen<R>({ capabilities, events, mayRead }, request)]
  ]
  const served = new Map(standard.filter(([method]) => Capabilities.serves(capabilities, method)))

  const self: { -readonly [K in keyof CurrentServer["Service"]]: CurrentServer["Service"][K] } = {
    info: Stamp.serverInfo(info),
    capabilities,
    events,
    handle: (request) => within(handle)(request)
  }
  const kernel = Kernel.make<R>(
    (method) => catalog().methods.get(method)?.handle ?? served.get(method),
    stamp,
    self
  )
  const flattened = Catalog.flatten(parts)
  const handle = wrap<R>(flattened, logging ? kernel : (request) => kernel(deaf(request)), stamp)
  return {
    info,
    capabilities,
    parts,
    events,
    mayRead,
    handle,
    around: <S>(answer: Service<S>) => wrap<R | S>(flattened, answer, (result) => result),
    mirrored: (request) => Lookup.mirrored(catalog, request),
    hear: (method, params) =>
      Effect.forEach(catalog().notifications.get(method) ?? [], (part) => heard(part, params), {
        discard: true
      })
  }
}

/** There is nobody to answer: what goes wrong is logged, and others hear the notification all the same. */
const heard = <R>({ handle, method }: NotificationPart<R>, params: JsonRpc.Params) =>
  Effect.catchCause(
    Effect.suspend(() => handle(params)),
    (cause) =>
      Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : Effect.logError(`${method} failed`, cause)
  )

/** The kernel with its middleware around it. What a middleware answers by itself is completed like any result. */
const wrap = <R>(
  parts: ReadonlyArray<Part<R>>,
  kernel: Service<R>,
  stamp: (result: Result) => Result
): Service<R> => {
  const middleware = parts.filter((part) => part._tag === "Middleware")
  if (middleware.length === 0) return kernel
  const wrapped = middleware.reduceRight<Service<R>>((next, part) => part.wrap(next), kernel)
  // Suspended, so that a middleware that throws fails its own request and nothing else.
  return (request) =>
    Effect.map(
      Effect.suspend(() => wrapped(request)),
      stamp
    )
}

/** Inside a handler of the server everything the server needs is there already. */
const within = <R>(handle: Service<R>) => handle as Service

/** The request of a peer that may not ask for log messages. */
const deaf: (request: Parameters<Service>[0]) => Parameters<Service>[0] = (request) => {
  const { logLevel, ...meta } = request.meta
  return logLevel === undefined ? request : { ...request, meta }
}

/** Options without what is not told to peers. */
const introduce = ({
  cache: _c,
  duplicates: _d,
  experimental: _e,
  logging: _l,
  pageSize: _p,
  named: _n,
  subscribe: _u,
  ...info
}: Options): Info => info

/**
 * Asks a server directly, without a connection: a request goes in, its result comes out. What the server says
 * before it answers is dropped; questions a handler asks come back as an `input_required` result. For tests of a
 * server's parts, and for programs that use their own server.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Resource from "mcp-effect/Resource"
 * import * as Server from "mcp-effect/Server"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" }, Resource.text("config://app", { name: "config" }, "on"))
 *
 * export const contents = Effect.map(
 *   Server.request(server, "resources/read", { uri: "config://app" }),
 *   (result) => result["contents"]
 * )
 * ```
 */
export const request = <R>(
  server: Server<R>,
  method: string,
  params: JsonRpc.Params = {},
  meta: Partial<Meta> = {}
): Effect.Effect<Result, McpError, R> =>
  Effect.provideService(
    server.handle({
      id: "direct",
      method,
      params,
      meta: { protocolVersion: Revisions.newest.version, clientCapabilities: {}, all: {}, ...meta }
    }),
    Outbox,
    silent
  ) as Effect.Effect<Result, McpError, R>

const silent = Outbox.of({ say: () => Effect.void })
