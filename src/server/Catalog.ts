/**
 * What a server offers, by name. Built once; built again only when a dynamic part says that it has changed.
 */
import * as Effect from "effect/Effect"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type {
  DynamicPart,
  Listed,
  Part,
  PromptPart,
  ResourcePart,
  ResourceTemplatePart,
  ToolPart
} from "./Part.ts"
import type { Request } from "./Invocation.ts"

export interface Catalog<out R> {
  readonly tools: ReadonlyMap<string, ToolPart<R>>
  readonly prompts: ReadonlyMap<string, PromptPart<R>>
  readonly resources: ReadonlyMap<string, ResourcePart<R>>
  readonly templates: ReadonlyMap<string, ResourceTemplatePart<R>>
}

/**
 * What happens when two parts claim one name or URI: `error` refuses to make the server, `warn` keeps the first and
 * says so on standard error, `ignore` keeps the first, `replace` keeps the last.
 */
export type Duplicates = "error" | "warn" | "ignore" | "replace"

type Flat<R> = Exclude<Part<R>, { readonly _tag: "Extension" | "Mount" }>

/** The parts with what extensions and mounted servers bring in their place. */
export const flatten = <R>(parts: ReadonlyArray<Part<R>>): ReadonlyArray<Flat<R>> =>
  parts.flatMap((part) =>
    part._tag === "Extension" || part._tag === "Mount" ? flatten<R>(part.parts) : [part]
  )

/** Gives the catalog as it is now. Throws when names clash in the parts that are there from the start. */
export const make = <R>(parts: ReadonlyArray<Part<R>>, duplicates: Duplicates): (() => Catalog<R>) => {
  const flat = flatten(parts)
  const fixed = build(flat, duplicates)
  if (!flat.some((part) => part._tag === "Dynamic")) return () => fixed
  let current = expand(flat)
  let catalog = build(current.parts, onChange(duplicates))
  return () => {
    if (current.sources.every(([source, version]) => source.version() === version)) return catalog
    current = expand(flat)
    catalog = build(current.parts, onChange(duplicates))
    return catalog
  }
}

/** A clash that appears at run time must not fail the request that happens to notice it: the first stays. */
const onChange = (duplicates: Duplicates): Duplicates => (duplicates === "replace" ? "replace" : "ignore")

interface Expanded<R> {
  readonly parts: ReadonlyArray<Flat<R>>
  readonly sources: ReadonlyArray<readonly [DynamicPart<R>, number]>
}

const expand = <R>(parts: ReadonlyArray<Flat<R>>): Expanded<R> => {
  const sources: Array<readonly [DynamicPart<R>, number]> = []
  const enter = (inside: ReadonlyArray<Flat<R>>): ReadonlyArray<Flat<R>> =>
    inside.flatMap((part) => {
      if (part._tag !== "Dynamic") return [part]
      sources.push([part, part.version()])
      return enter(flatten<R>(part.parts()))
    })
  // What is there for good comes first, so that nothing added at run time can take its name.
  const fixed = parts.filter((part) => part._tag !== "Dynamic")
  return { parts: [...fixed, ...enter(parts.filter((part) => part._tag === "Dynamic"))], sources }
}

const build = <R>(parts: ReadonlyArray<Flat<R>>, duplicates: Duplicates): Catalog<R> => {
  const tools = new Map<string, ToolPart<R>>()
  const prompts = new Map<string, PromptPart<R>>()
  const resources = new Map<string, ResourcePart<R>>()
  const templates = new Map<string, ResourceTemplatePart<R>>()
  for (const part of parts) {
    if (part._tag === "Tool") put(tools, part.descriptor.name, part, duplicates)
    else if (part._tag === "Prompt") put(prompts, part.descriptor.name, part, duplicates)
    else if (part._tag === "Resource") put(resources, part.descriptor.uri, part, duplicates)
    else if (part._tag === "ResourceTemplate") put(templates, part.descriptor.uriTemplate, part, duplicates)
  }
  return { tools, prompts, resources, templates }
}

type Named = Listed<never, JsonRpc.Params & { readonly name: string }> & { readonly _tag: string }

const put = <P extends Named>(parts: Map<string, P>, key: string, part: P, duplicates: Duplicates): void => {
  const first = parts.get(key)
  if (first === undefined || duplicates === "replace") {
    parts.set(key, part)
    return
  }
  if (duplicates === "error") throw new Error(clash(key, first, part))
  if (duplicates === "warn") console.warn(clash(key, first, part))
}

const clash = (key: string, first: Named, second: Named) =>
  `Two parts of the server claim "${key}": the ${words(first)} and the ${words(second)}. ` +
  `Rename one, or choose with the option duplicates: "replace" | "ignore" | "warn".`

const words = ({ _tag, descriptor }: Named) => {
  const more = descriptor["title"] ?? descriptor["description"]
  return `${_tag} "${descriptor.name}"${typeof more === "string" ? ` (${more})` : ""}`
}

/** Whether the caller may see a part: the one answer that listing and using it share. */
export const isVisible = <R>(
  part: Listed<R>,
  request: Request["Service"]
): Effect.Effect<boolean, never, R> => {
  const visible = part.visible?.(request) ?? true
  return typeof visible === "boolean" ? Effect.succeed(visible) : visible
}

/** Those of the parts the caller may see, in their order. */
export const visible = <R, P extends Listed<R>>(
  parts: Iterable<P>,
  request: Request["Service"]
): Effect.Effect<ReadonlyArray<P>, never, R> => Effect.filter(parts, (part) => isVisible<R>(part, request))
