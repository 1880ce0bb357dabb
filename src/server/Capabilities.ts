/** What a server can do, derived from what it is made of. A capability that is not declared is not served. */
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import { type Catalog, flatten } from "./Catalog.ts"
import type * as Part from "./Part.ts"

/**
 * ServerCapabilities of the newest revision. Where a dynamic part may bring a kind of thing later, its list is
 * declared from the start and said to change.
 */
export const derive = <R>(
  { methods, prompts, resources, templates, tools }: Catalog<R>,
  parts: ReadonlyArray<Part.Part<R>>,
  options: {
    readonly subscribe: boolean
    readonly logging: boolean
    readonly experimental: { readonly [name: string]: JsonRpc.Params }
  }
): JsonRpc.Params => {
  const changing = new Set(flatten(parts).flatMap((part) => (part._tag === "Dynamic" ? part.kinds : [])))
  const byHand = new Set(Array.from(methods.keys(), capabilityOf))
  const list = (kind: Part.Kind, present: boolean, more: JsonRpc.Params = {}) =>
    changing.has(kind)
      ? { [kind]: { listChanged: true, ...more } }
      : present || byHand.has(kind)
        ? { [kind]: more }
        : {}

  const completing =
    [...prompts.values(), ...templates.values()].some(
      (part) => Object.keys(part.complete ?? {}).length > 0
    ) ||
    changing.has("prompts") ||
    changing.has("resources") ||
    byHand.has("completions")
  const watching =
    options.subscribe ||
    parts.some((part) => part._tag === "Mount" && part.subscribe) ||
    [...resources.values(), ...templates.values()].some((part) => part.updates === true)
  const extensions = extensionsOf(parts)
  return {
    ...(options.logging ? { logging: {} } : {}),
    ...(completing ? { completions: {} } : {}),
    ...list("prompts", prompts.size > 0),
    ...list("resources", resources.size + templates.size > 0, watching ? { subscribe: true } : {}),
    ...list("tools", tools.size > 0),
    ...(Object.keys(extensions).length > 0 ? { extensions } : {}),
    ...(Object.keys(options.experimental).length > 0 ? { experimental: options.experimental } : {})
  }
}

const extensionsOf = <R>(parts: ReadonlyArray<Part.Part<R>>): JsonRpc.Params =>
  Object.fromEntries(
    parts.flatMap((part): ReadonlyArray<readonly [string, unknown]> => {
      if (part._tag === "Extension")
        return [[part.id, part.settings], ...Object.entries(extensionsOf(part.parts))]
      return part._tag === "Mount" ? Object.entries(extensionsOf(part.parts)) : []
    })
  )

/** The capability a method belongs to, if it belongs to one. */
const capabilityOf = (method: string): string | undefined => {
  if (method === "completion/complete") return "completions"
  const [area = ""] = method.split("/")
  return area === "tools" || area === "prompts" || area === "resources" ? area : undefined
}

/** Whether a standard method is served by a server with these capabilities. */
export const serves = (capabilities: JsonRpc.Params, method: string): boolean => {
  const capability = capabilityOf(method)
  return capability === undefined || Object.hasOwn(capabilities, capability)
}
