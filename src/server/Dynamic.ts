/**
 * Parts that come and go while the server runs. Peers that want to know are told that a list changed; a burst of
 * changes is told once.
 */
import * as Effect from "effect/Effect"
import type { DynamicPart, Kind, Part } from "./Part.ts"

export interface Dynamic<in out R> {
  /** What to put into `Server.make`. */
  readonly part: Part<R>
  /**
   * Adds tools, prompts, resources or templates; one of the same name or URI that was added before is replaced. What
   * the server was made with keeps its name: then what is added here stays hidden, and standard error says so.
   */
  readonly add: (...parts: ReadonlyArray<Part<R>>) => Effect.Effect<void>
  /** Removes by name, or by URI or URI template. Says whether there was something to remove. */
  readonly remove: (kind: Kind, name: string) => Effect.Effect<boolean>
}

export interface Options {
  /** What may be added. Each kind is declared with `listChanged` from the start. Default: all three. */
  readonly kinds?: ReadonlyArray<Kind>
}

/**
 * An empty place for parts. Its R is what any part added later may need, so that the server says from the start
 * what it needs. Adding a part of another kind than the options allow is a defect.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Dynamic from "mcp-effect/Dynamic"
 * import * as Resource from "mcp-effect/Resource"
 * import * as Server from "mcp-effect/Server"
 *
 * const plugins = Dynamic.make()
 * export const server = Server.make({ name: "demo", version: "1.0.0" }, plugins.part)
 *
 * export const change = Effect.andThen(
 *   plugins.add(Resource.text("note://today", { name: "today" }, "Buy milk")),
 *   plugins.remove("resources", "note://today")
 * )
 * ```
 */
export const make = <R = never>({ kinds = ["tools", "prompts", "resources"] }: Options = {}): Dynamic<R> => {
  const parts = new Map<string, Part<R>>()
  const listeners = new Set<(kind: Kind) => void>()
  const untold = new Set<Kind>()
  let version = 0

  const tell = () => {
    const told = [...untold]
    untold.clear()
    for (const kind of told) for (const listener of listeners) listener(kind)
  }
  const changed = (kind: Kind) => {
    version++
    if (untold.size === 0) queueMicrotask(tell)
    untold.add(kind)
  }

  const part: DynamicPart<R> = {
    _tag: "Dynamic",
    kinds,
    version: () => version,
    parts: () => [...parts.values()],
    subscribe: (listener) => {
      const own = (kind: Kind) => listener(kind)
      listeners.add(own)
      return () => void listeners.delete(own)
    }
  }
  return {
    part,
    add: (...added) =>
      Effect.sync(() => {
        const identified = added.map((each) => [each, ...identify(each, kinds)] as const)
        for (const [each, kind, name] of identified) {
          parts.set(`${kind} ${name}`, each)
          changed(kind)
        }
      }),
    remove: (kind, name) =>
      Effect.sync(() => {
        const removed = parts.delete(`${kind} ${name}`)
        if (removed) changed(kind)
        return removed
      })
  }
}

/** Throws for what has no place here, before anything is added. */
const identify = <R>(part: Part<R>, kinds: ReadonlyArray<Kind>): readonly [Kind, string] => {
  const identity = identityOf(part)
  if (identity === undefined) {
    throw new Error(
      `Only tools, prompts, resources and templates can be added at run time, not a ${part._tag}`
    )
  }
  const [kind, name] = identity
  if (!kinds.includes(kind))
    throw new Error(`This place is for ${kinds.join(", ")}, not for ${kind}: "${name}"`)
  return identity
}

const identityOf = <R>(part: Part<R>): readonly [Kind, string] | undefined => {
  switch (part._tag) {
    case "Tool":
      return ["tools", part.descriptor.name]
    case "Prompt":
      return ["prompts", part.descriptor.name]
    case "Resource":
      return ["resources", part.descriptor.uri]
    case "ResourceTemplate":
      return ["resources", part.descriptor.uriTemplate]
    default:
      return undefined
  }
}
