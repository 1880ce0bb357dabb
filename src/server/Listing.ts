/**
 * The four lists: who asks sees what is visible to them, page by page. A list that is the same for every caller is
 * made once, page by page, and handed out as it is until the catalog changes.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/pagination
 */
import * as Effect from "effect/Effect"
import * as Outcome from "effect/Result"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Kept from "../protocol/Kept.ts"
import type * as McpError from "../protocol/McpError.ts"
import * as CacheHint from "./CacheHint.ts"
import type { Catalog } from "./Catalog.ts"
import type { Invocation, Request } from "./Invocation.ts"
import * as Page from "./Page.ts"
import type { Handle, Listed, ResourceTemplatePart, Result } from "./Part.ts"
import { visible } from "./Visibility.ts"

export interface Options {
  readonly pageSize: number
  readonly cache: CacheHint.CacheHints
  /** Completes a result; what is completed already it leaves as it is. */
  readonly stamp: (result: Result) => Result
}

/** One list: the method that asks for it, the member of the result that holds it, and what identifies an item. */
interface List<R> {
  readonly member: string
  readonly key: string
  readonly parts: (catalog: Catalog<R>) => Iterable<Listed<R>>
  /** Templates that add what they list themselves. */
  readonly more: (catalog: Catalog<R>) => ReadonlyArray<ResourceTemplatePart<R>>
  readonly hint: CacheHint.Fields
}

/** `tools/list`, `prompts/list`, `resources/list` and `resources/templates/list`. */
export const methods = <R>(
  catalog: () => Catalog<R>,
  { cache, pageSize, stamp }: Options
): ReadonlyMap<string, Handle<R>> => {
  if (!Number.isSafeInteger(pageSize) || pageSize < 1)
    throw new Error(`pageSize must be 1 or more, not ${pageSize}`)
  const handle = (list: List<R>) => lister(list, catalog, pageSize, stamp)
  const hint = (list: keyof CacheHint.CacheHints) => CacheHint.fields(cache[list])
  const none = () => []
  return new Map([
    [
      "tools/list",
      handle({
        member: "tools",
        key: "name",
        parts: ({ tools }) => tools.values(),
        more: none,
        hint: hint("tools")
      })
    ],
    [
      "prompts/list",
      handle({
        member: "prompts",
        key: "name",
        parts: (all) => all.prompts.values(),
        more: none,
        hint: hint("prompts")
      })
    ],
    [
      "resources/list",
      handle({
        member: "resources",
        key: "uri",
        parts: ({ resources }) => resources.values(),
        more: listers,
        hint: hint("resources")
      })
    ],
    [
      "resources/templates/list",
      handle({
        member: "resourceTemplates",
        key: "uriTemplate",
        parts: ({ templates }) => templates.values(),
        more: none,
        hint: hint("templates")
      })
    ]
  ])
}

const lister = <R>(
  list: List<R>,
  catalog: () => Catalog<R>,
  pageSize: number,
  stamp: (result: Result) => Result
): Handle<R> => {
  const { hint, key, member, parts } = list
  const keyOf = (item: JsonRpc.Params) => String(item[key])
  const pageOf = (items: ReadonlyArray<JsonRpc.Params>, cursor: unknown, fields: CacheHint.Fields) =>
    Outcome.map(Page.page(items, keyOf, cursor, pageSize), ({ items: shown, ...next }): Result => ({
      [member]: shown,
      ...next,
      ...fields
    }))
  // What different callers see differently must not be shared between them.
  const personal = CacheHint.personal(hint)

  /** The list of a catalog that is the same for everybody, its pages ready to go out. */
  const prepare = (of: Catalog<R>): Ready<R> => {
    const all = [...parts(of)]
    const varies = all.some((part) => part.visible !== undefined) || list.more(of).length > 0
    if (varies) return { of }
    const items = all.map((part) => part.descriptor)
    const pages = new Map<unknown, Result>()
    let cursor: unknown
    do {
      const page = Kept.keep(stamp(Outcome.getOrThrow(pageOf(items, cursor, hint))))
      pages.set(cursor, page)
      cursor = page["nextCursor"]
    } while (cursor !== undefined)
    return { of, items, pages }
  }
  let ready: Ready<R> | undefined

  return (request) => {
    const now = catalog()
    if (ready?.of !== now) ready = prepare(now)
    const cursor = request.params["cursor"]
    const page = ready.pages?.get(cursor)
    if (page !== undefined) return Effect.succeed(page)
    if (ready.items !== undefined) return Effect.fromResult(pageOf(ready.items, cursor, hint))
    return Effect.flatMap(visible<R, Listed<R>>([...parts(now)], request), (seen) =>
      Effect.flatMap(concrete(list.more(now), request), (more) =>
        Effect.fromResult(
          pageOf(distinct([...seen.map((part) => part.descriptor), ...more], keyOf), cursor, personal)
        )
      )
    )
  }
}

interface Ready<R> {
  readonly of: Catalog<R>
  readonly items?: ReadonlyArray<JsonRpc.Params>
  /** By the cursors that lead from one to the next. */
  readonly pages?: ReadonlyMap<unknown, Result>
}

const listers = <R>({ templates }: Catalog<R>) =>
  [...templates.values()].filter((part) => part.list !== undefined)

/** The resources that templates name by themselves. */
const concrete = <R>(
  templates: ReadonlyArray<ResourceTemplatePart<R>>,
  request: Request["Service"]
): Effect.Effect<ReadonlyArray<JsonRpc.Params>, McpError.McpError, R | Invocation> =>
  Effect.flatMap(visible<R, ResourceTemplatePart<R>>(templates, request), (seen) =>
    Effect.map(
      Effect.forEach(seen, (part) => part.list ?? Effect.succeed([])),
      (lists) => lists.flat()
    )
  )

const distinct = (items: ReadonlyArray<JsonRpc.Params>, keyOf: (item: JsonRpc.Params) => string) => {
  const found = new Map<string, JsonRpc.Params>()
  for (const item of items) if (!found.has(keyOf(item))) found.set(keyOf(item), item)
  return [...found.values()]
}
