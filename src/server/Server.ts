/** A server is an immutable value: what it is called, and one function from a request to its result. */
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Hub } from "./Events.ts"
import type { Part, Service } from "./Part.ts"

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

export interface Server<out R = never> {
  readonly info: Info
  /** ServerCapabilities of the newest revision, derived from the parts. */
  readonly capabilities: JsonRpc.Params
  readonly parts: ReadonlyArray<Part<R>>
  readonly handle: Service<R>
  /** Hears a notification of the client that belongs to no request. */
  readonly hear: (method: string, params: JsonRpc.Params) => import("effect/Effect").Effect<void, never, R>
  readonly events: Hub
}
