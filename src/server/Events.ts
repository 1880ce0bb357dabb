/**
 * Facts a server publishes. An event says only "this changed"; what to send, and to whom, is decided by those who
 * listen. Events are level-triggered: two of the same kind mean what one means, so a slow listener may merge them.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export type Event =
  | { readonly _tag: "ToolsChanged" }
  | { readonly _tag: "PromptsChanged" }
  | { readonly _tag: "ResourcesChanged" }
  | { readonly _tag: "ResourceUpdated"; readonly uri: string }

/** The list of tools is no longer what it was. */
export const ToolsChanged: Event = { _tag: "ToolsChanged" }
/** The list of prompts is no longer what it was. */
export const PromptsChanged: Event = { _tag: "PromptsChanged" }
/** The list of resources or of resource templates is no longer what it was. */
export const ResourcesChanged: Event = { _tag: "ResourcesChanged" }
/** Reading this resource would give something new. */
export const resourceUpdated = (uri: string): Event => ({ _tag: "ResourceUpdated", uri })

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
export const join = (hub: Hub, bus: Bus): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(Effect.context<never>(), (context) => {
    const run = Effect.runForkWith(context)
    // Listeners are called in the turn of `publish`, so this tells apart what came from elsewhere.
    let arriving = false
    const arrive = (event: Event) =>
      Effect.suspend(() => {
        arriving = true
        return Effect.ensuring(
          hub.publish(event),
          Effect.sync(() => {
            arriving = false
          })
        )
      })
    const leave = Effect.sync(() =>
      hub.subscribe((event) => {
        if (!arriving) run(bus.publish(event))
      })
    )
    return Effect.andThen(
      Effect.acquireRelease(leave, (stop) => Effect.sync(stop)),
      bus.subscribe(arrive)
    )
  })
