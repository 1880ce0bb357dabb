/**
 * Facts a server publishes. An event says only "this changed"; what to send, and to whom, is decided by those who
 * listen. Events are level-triggered: two of the same kind mean what one means, so a slow listener may merge them.
 *
 * Lists of dynamic parts tell by themselves that they changed. Updates of a resource are yours to publish: in a
 * handler with `publish`, elsewhere with `server.events.publish`. Peers hear of resources made with `updates: true`.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Pending from "./Pending.ts"

export type Event =
  | { readonly _tag: "ToolsChanged" }
  | { readonly _tag: "PromptsChanged" }
  | { readonly _tag: "ResourcesChanged" }
  | { readonly _tag: "ResourceUpdated"; readonly uri: string }
  | { readonly _tag: "ElicitationCompleted"; readonly elicitationId: string }

/** The list of tools is no longer what it was. */
export const ToolsChanged: Event = { _tag: "ToolsChanged" }
/** The list of prompts is no longer what it was. */
export const PromptsChanged: Event = { _tag: "PromptsChanged" }
/** The list of resources or of resource templates is no longer what it was. */
export const ResourcesChanged: Event = { _tag: "ResourcesChanged" }
/** The event that says one kind of list has changed. */
export const changed: { readonly [kind in "tools" | "prompts" | "resources"]: Event } = {
  tools: ToolsChanged,
  prompts: PromptsChanged,
  resources: ResourcesChanged
}

/** Reading this resource would give something new. */
export const resourceUpdated = (uri: string): Event => ({ _tag: "ResourceUpdated", uri })

/**
 * The user has finished what a URL asked of them: see `Ask.elicitationId`. Only the client that was sent there is
 * told, and only in 2025-11-25, the one revision with a word for it.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#completion-notifications-for-url-mode-elicitation
 */
export const elicitationCompleted = (elicitationId: string): Event => ({
  _tag: "ElicitationCompleted",
  elicitationId
})

/** The bus of one server. Subscribers are called in the same turn and must not block. */
export interface Hub {
  readonly publish: (event: Event) => Effect.Effect<void>
  /** Returns how to stop. */
  readonly subscribe: (listener: (event: Event) => void) => () => void
}

/** The bus of the server whose request is being answered. */
export class Events extends Context.Service<Events, Hub>()("mcp-effect/server/Events") {}

/**
 * Publishes a fact from inside a handler.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Events from "mcp-effect/Events"
 *
 * const save = (note: string) =>
 *   Effect.andThen(Effect.log(`saved ${note}`), Events.publish(Events.resourceUpdated("notes://today")))
 *
 * export const handler = save("buy milk")
 * ```
 */
export const publish = (event: Event): Effect.Effect<void, never, Events> =>
  Effect.flatMap(Events, (hub) => hub.publish(event))

/** A bus within this process. */
export const make = (): Hub => {
  const listeners = new Set<(event: Event) => void>()
  return {
    publish: (event) =>
      Effect.sync(() => {
        for (const listener of listeners) listener(event)
      }),
    subscribe: (listener) => {
      // A wrapper of its own, so that the same function may subscribe twice.
      const own = (event: Event) => listener(event)
      listeners.add(own)
      return () => void listeners.delete(own)
    }
  }
}

/** A bus that other nodes share. It carries facts, never messages, and may deliver them late or merged. */
export interface Bus {
  readonly publish: (event: Event) => Effect.Effect<void>
  /** Calls back with what other nodes published until the scope closes. */
  readonly subscribe: (
    listener: (event: Event) => Effect.Effect<void>
  ) => Effect.Effect<void, never, Scope.Scope>
}

/**
 * Joins the bus of a server to one that other nodes share, as long as the scope lives: what happens here is told
 * there, what happens there is told here.
 */
export const join = Effect.fnUntraced(function* (
  hub: Hub,
  bus: Bus
): Effect.fn.Return<void, never, Scope.Scope> {
  const outgoing = Pending.make<Event>()
  // What came from elsewhere is told apart by what it is, not by when: others publish at the same time.
  const arrived = new WeakSet<Event>()
  const arrive = (event: Event) =>
    Effect.suspend(() => {
      const own = { ...event }
      arrived.add(own)
      return hub.publish(own)
    })
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      hub.subscribe((event) => void (arrived.has(event) || outgoing.offer(key(event), event)))
    ),
    (stop) => Effect.sync(stop)
  )
  const tell = (event: Event) =>
    Effect.catchDefect(
      Effect.suspend(() => bus.publish(event)),
      (defect) => Effect.logError("An event was not told to other nodes", defect)
    )
  yield* Effect.forkScoped(Effect.forever(Effect.flatMap(outgoing.take, tell)))
  yield* bus.subscribe(arrive)
})

/** Events with the same key say the same. */
export const key = (event: Event): string => {
  switch (event._tag) {
    case "ResourceUpdated":
      return `uri ${event.uri}`
    case "ElicitationCompleted":
      return `elicitation ${event.elicitationId}`
    default:
      return event._tag
  }
}

/** What a peer is told about an event. */
export const notification = (event: Event): { readonly method: string; readonly params: JsonRpc.Params } => {
  switch (event._tag) {
    case "ToolsChanged":
      return { method: "notifications/tools/list_changed", params: {} }
    case "PromptsChanged":
      return { method: "notifications/prompts/list_changed", params: {} }
    case "ResourcesChanged":
      return { method: "notifications/resources/list_changed", params: {} }
    case "ResourceUpdated":
      return { method: "notifications/resources/updated", params: { uri: event.uri } }
    case "ElicitationCompleted":
      return { method: "notifications/elicitation/complete", params: { elicitationId: event.elicitationId } }
  }
}

/** What is told only where a server declared that it would. */
type Declared = Exclude<Event["_tag"], "ElicitationCompleted">

/** Whether a server with these capabilities told its peers that it would say so. */
export const isDeclared = (capabilities: JsonRpc.Params, event: Declared): boolean => {
  const [area, what] = declaration[event]
  const declared = capabilities[area]
  return JsonRpc.isObject(declared) && declared[what] === true
}

const declaration: { readonly [event in Declared]: readonly [area: string, what: string] } = {
  ToolsChanged: ["tools", "listChanged"],
  PromptsChanged: ["prompts", "listChanged"],
  ResourcesChanged: ["resources", "listChanged"],
  ResourceUpdated: ["resources", "subscribe"]
}
