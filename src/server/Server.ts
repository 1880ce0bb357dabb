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
import * as Effect from "effect/Effect"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Revisions from "../protocol/Revisions.ts"
import * as Capabilities from "./Capabilities.ts"
import * as Catalog from "./Catalog.ts"
import * as Events from "./Events.ts"
import * as Kernel from "./Kernel.ts"
import * as Listen from "./Listen.ts"
import * as Listing from "./Listing.ts"
import type { Part, Requirements, Result, Service } from "./Part.ts"

/** How a server introduces itself. Peers are told everything but `instructions` as `serverInfo`. */
export interface Info {
  readonly name: string
  readonly version: string
  readonly title?: string
  readonly description?: string
  readonly websiteUrl?: string
  readonly icons?: ReadonlyArray<JsonRpc.Params>
  /** Guidance for the model that will use the server. */
  readonly instructions?: string
}

export interface Options extends Info {
  /** How many items a page of a list holds. Default: 100. */
  readonly pageSize?: number
  /** How long, in milliseconds, and by whom lists may be kept. Default: not at all. */
  readonly cache?: Listing.CacheHint
  /** Whether clients may subscribe to single resources. Default: false; publish updates with `Events`. */
  readonly subscribe?: boolean
  /** What happens when two parts share a name. Default: the server refuses to be made. */
  readonly duplicates?: Catalog.Duplicates
  /** Whether results name the server. Default: true. */
  readonly anonymous?: boolean
}

export interface Server<out R = never> {
  readonly info: Info
  /** ServerCapabilities of the newest revision, derived from the parts. */
  readonly capabilities: JsonRpc.Params
  readonly parts: ReadonlyArray<Part<R>>
  readonly handle: Service<R>
  /** Hears a notification of the client that belongs to no request. */
  readonly hear: (method: string, params: JsonRpc.Params) => Effect.Effect<void, never, R>
  readonly events: Events.Hub
}

type Any = Part<unknown>

/**
 * Makes a server of parts. What the parts need, and the requests they answer do not bring along, is the server's R:
 * it must be provided before the server can be served.
 */
export const make = <const Parts extends ReadonlyArray<Any>>(
  options: Options,
  ...parts: Parts
): Server<Requirements<Parts[number]>> =>
  fromParts(options, parts as ReadonlyArray<Part<Requirements<Parts[number]>>>)

/** The same for a list of parts that is computed. */
export const fromParts = <R>(options: Options, parts: ReadonlyArray<Part<R>>): Server<R> => {
  const {
    anonymous = false,
    cache = stale,
    duplicates = "error",
    pageSize = 100,
    subscribe = false,
    ...info
  } = options
  const catalog = Catalog.make(parts, duplicates)
  const capabilities = Capabilities.derive(catalog(), parts, subscribe)
  const events = Events.make()
  const flat = Catalog.flatten(parts)
  for (const part of flat) {
    if (part._tag === "Dynamic")
      part.subscribe((kind) => Effect.runSync(events.publish(Events.changed[kind])))
  }

  const discovery = {
    supportedVersions: Revisions.versions,
    capabilities,
    ...(info.instructions === undefined ? {} : { instructions: info.instructions }),
    ...cache
  }
  const standard = new Map(
    Object.entries({
      ...Kernel.methods(catalog),
      ...Listing.methods(catalog, { cache, pageSize }),
      "server/discover": () => Effect.succeed(discovery),
      "subscriptions/listen": Listen.listen(capabilities, events)
    }).filter(([method]) => Capabilities.serves(capabilities, method))
  )
  const kernel = Kernel.service<R>(
    (method) => catalog().methods.get(method)?.handle ?? standard.get(method),
    anonymous ? complete : signed(info),
    events
  )
  return {
    info,
    capabilities,
    parts,
    events,
    handle: flat.reduceRight<Service<R>>(
      (next, part) => (part._tag === "Middleware" ? part.wrap(next) : next),
      kernel
    ),
    hear: (method, params) => catalog().notifications.get(method)?.handle(params) ?? Effect.void
  }
}

const stale: Listing.CacheHint = { ttlMs: 0, cacheScope: "private" }

const complete = (result: Result): Result => ({ resultType: "complete", ...result })

/** Names the server in every result. */
const signed = ({ instructions: _, ...serverInfo }: Info) => {
  const key = "io.modelcontextprotocol/serverInfo"
  const _meta = { [key]: serverInfo }
  return (result: Result): Result => ({
    resultType: "complete",
    ...result,
    _meta:
      result["_meta"] === undefined ? _meta : { ...(result["_meta"] as JsonRpc.Params), [key]: serverInfo }
  })
}
