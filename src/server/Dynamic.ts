/**
 * Parts that come and go while the server runs. Clients that want to know are told that the lists changed.
 *
 * @example
 * ```ts
 * import * as Dynamic from "mcp-effect/Dynamic"
 * import * as Server from "mcp-effect/Server"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const plugins = Dynamic.make()
 * export const server = Server.make({ name: "demo", version: "1.0.0" }, plugins.part)
 *
 * plugins.add(Tool.handle(Tool.make("hello", {}), () => {}))
 * plugins.remove("tools", "hello")
 * ```
 */
import type { DynamicPart, Part } from "./Part.ts"

export type Kind = "tools" | "prompts" | "resources"

export interface Dynamic<R> {
  /** What to put into `Server.make`. */
  readonly part: Part<R>
  /** Adds a tool, prompt, resource or template; one of the same name is replaced. */
  readonly add: (part: Part<R>) => void
  /** Removes by name, or by URI or URI template. Says whether there was something to remove. */
  readonly remove: (kind: Kind, name: string) => boolean
}

/** An empty place for parts. Its R is what any part added later may need. */
export const make = <R = never>(): Dynamic<R> => {
  const parts = new Map<string, Part<R>>()
  const listeners = new Set<(kind: Kind) => void>()
  let version = 0
  const changed = (kind: Kind) => {
    version++
    for (const listener of listeners) listener(kind)
  }
  const part: DynamicPart<R> = {
    _tag: "Dynamic",
    version: () => version,
    parts: () => [...parts.values()],
    subscribe: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    }
  }
  return {
    part,
    add: (added) => {
      const [kind, name] = identify(added)
      parts.set(`${kind} ${name}`, added)
      changed(kind)
    },
    remove: (kind, name) => {
      const removed = parts.delete(`${kind} ${name}`)
      if (removed) changed(kind)
      return removed
    }
  }
}

const identify = <R>(part: Part<R>): readonly [Kind, string] => {
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
      throw new Error(
        `Only tools, prompts, resources and resource templates can be added at run time, not a ${part._tag}.`
      )
  }
}
