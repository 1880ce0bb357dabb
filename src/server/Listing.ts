/** The four list methods: what the caller sees, a page at a time, with a hint for caches. */
import * as Effect from "effect/Effect"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { McpError } from "../protocol/McpError.ts"
import type { Catalog } from "./Catalog.ts"
import type { Invocation, Request } from "./Invocation.ts"
import { page } from "./Page.ts"
import type * as Part from "./Part.ts"
import { visible } from "./Visibility.ts"

/** How long, in milliseconds, and by whom a result may be kept. */
export interface CacheHint {
  readonly ttlMs: number
  readonly cacheScope: "public" | "private"
}

export interface Options {
  readonly pageSize: number
  readonly cache: CacheHint
}

type Listed = JsonRpc.Params

/** Answers one list method: `key` names the member of the result that holds the list. */
const list =
  <R>(
    key: string,
    items: (request: Request["Service"]) => Effect.Effect<ReadonlyArray<Listed>, McpError, R | Invocation>,
    identify: (item: Listed) => string,
    { cache, pageSize }: Options
  ): Part.MethodPart<R>["handle"] =>
  (request) =>
    Effect.flatMap(items(request), (all) =>
      Effect.map(
        Effect.fromResult(page(all, identify, request.params["cursor"], pageSize)),
        ({ items, nextCursor }) => ({
          [key]: items,
          ...cache,
          ...(nextCursor === undefined ? {} : { nextCursor })
        })
      )
    )

const by = (key: string) => (item: Listed) => String(item[key])

const descriptors =
  <R, P extends { readonly descriptor: Listed; readonly visible?: Part.Visible<R> }>(
    parts: () => ReadonlyMap<string, P>
  ) =>
  (request: Request["Service"]): Effect.Effect<ReadonlyArray<Listed>, never, R> =>
    Effect.map(visible<R, P>([...parts().values()], request), (seen) => seen.map((part) => part.descriptor))

/** What templates list of their own comes behind the static resources. */
const concrete =
  <R>(catalog: () => Catalog<R>) =>
  (request: Request["Service"]): Effect.Effect<ReadonlyArray<Listed>, McpError, R | Invocation> => {
    const templates = [...catalog().templates.values()].filter((template) => template.list !== undefined)
    const fixed = descriptors<R, Part.ResourcePart<R>>(() => catalog().resources)(request)
    if (templates.length === 0) return fixed
    const listed = Effect.flatMap(visible<R, Part.ResourceTemplatePart<R>>(templates, request), (seen) =>
      Effect.forEach(seen, (template) => template.list ?? Effect.succeed([]))
    )
    return Effect.zipWith(fixed, listed, (first, more) => [...first, ...more.flat()])
  }

/** The list methods of what a server can have at all, by method. */
export const methods = <R>(
  catalog: () => Catalog<R>,
  options: Options
): { readonly [method: string]: Part.MethodPart<R>["handle"] } => ({
  "tools/list": list(
    "tools",
    descriptors<R, Part.ToolPart<R>>(() => catalog().tools),
    by("name"),
    options
  ),
  "prompts/list": list(
    "prompts",
    descriptors<R, Part.PromptPart<R>>(() => catalog().prompts),
    by("name"),
    options
  ),
  "resources/list": list("resources", concrete(catalog), by("uri"), options),
  "resources/templates/list": list(
    "resourceTemplates",
    descriptors<R, Part.ResourceTemplatePart<R>>(() => catalog().templates),
    by("uriTemplate"),
    options
  )
})
