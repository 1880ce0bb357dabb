/**
 * What a server offers, by name. Built once; built again only when a dynamic part says that it has changed.
 */
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type {
  DynamicPart,
  MethodPart,
  NotificationPart,
  Part,
  PromptPart,
  ResourcePart,
  ResourceTemplatePart,
  ToolPart
} from "./Part.ts"

export interface Catalog<out R> {
  readonly tools: ReadonlyMap<string, ToolPart<R>>
  readonly prompts: ReadonlyMap<string, PromptPart<R>>
  readonly resources: ReadonlyMap<string, ResourcePart<R>>
  readonly templates: ReadonlyMap<string, ResourceTemplatePart<R>>
  readonly methods: ReadonlyMap<string, MethodPart<R>>
  readonly notifications: ReadonlyMap<string, ReadonlyArray<NotificationPart<R>>>
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
const onChange = (duplicates: Duplicates): Duplicates => (duplicates === "error" ? "warn" : duplicates)

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
  const methods = new Map<string, MethodPart<R>>()
  const notifications = new Map<string, Array<NotificationPart<R>>>()
  for (const part of parts) {
    switch (part._tag) {
      case "Tool":
        put(tools, part.descriptor.name, part, words, duplicates)
        break
      case "Prompt":
        put(prompts, part.descriptor.name, part, words, duplicates)
        break
      case "Resource":
        put(resources, part.descriptor.uri, part, words, duplicates)
        break
      case "ResourceTemplate":
        put(templates, part.descriptor.uriTemplate, part, words, duplicates)
        break
      case "Method":
        put(methods, part.method, part, ({ method }) => `Method "${method}"`, duplicates)
        break
      case "Notification":
        notifications.set(part.method, [...(notifications.get(part.method) ?? []), part])
    }
  }
  return { tools, prompts, resources, templates, methods, notifications }
}

const put = <P>(
  parts: Map<string, P>,
  key: string,
  part: P,
  describe: (part: P) => string,
  duplicates: Duplicates
): void => {
  const first = parts.get(key)
  if (first === undefined || duplicates === "replace") {
    parts.set(key, part)
    return
  }
  const clash =
    `Two parts of the server claim "${key}": the ${describe(first)} and the ${describe(part)}. ` +
    `Rename one, or choose with the option duplicates: "replace" | "ignore" | "warn".`
  if (duplicates === "error") throw new Error(clash)
  if (duplicates === "warn") console.warn(clash)
}

interface Named {
  readonly _tag: string
  readonly descriptor: JsonRpc.Params & { readonly name: string }
}

const words = ({ _tag, descriptor }: Named) => {
  const more = descriptor["title"] ?? descriptor["description"]
  return `${_tag} "${descriptor.name}"${typeof more === "string" ? ` (${more})` : ""}`
}
