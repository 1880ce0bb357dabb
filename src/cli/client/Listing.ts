/** Lists what a server has. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as Client from "../../client/Client.ts"
import * as McpError from "../../protocol/McpError.ts"
import type { Failure } from "../Failure.ts"
import * as Items from "../show/Items.ts"
import * as Page from "../show/Page.ts"
import * as Connect from "../target/Connect.ts"
import type { Row } from "../terminal/Table.ts"
import * as Session from "./Session.ts"
import * as Words from "./Words.ts"

const kinds = ["tools", "resources", "templates", "prompts"] as const
type Kind = (typeof kinds)[number]

export interface Input extends Session.Flags {
  readonly words: ReadonlyArray<string>
}

export const list = Effect.fnUntraced(function* (input: Input) {
  const [first, ...rest] = input.words
  const target = yield* Words.target(isKind(first) ? rest : input.words)
  yield* show(yield* Session.open(target, input), isKind(first) ? first : undefined, input.json)
}, Effect.scoped)

export const isKind = (word: string | undefined): word is Kind => kinds.some((kind) => kind === word)

/** Shows the lists of a server: one, or all that have something in them. */
export const show = Effect.fnUntraced(function* (
  { client }: Session.Session,
  wanted: Kind | undefined,
  json: boolean
) {
  const lists = yield* Effect.forEach(wanted === undefined ? kinds : [wanted], (kind) =>
    fetch(client, kind, wanted !== undefined)
  )
  if (json)
    return yield* Console.log(
      JSON.stringify(Object.fromEntries(lists.map(({ items, kind }) => [kind, items])))
    )
  const shown = wanted === undefined ? lists.filter(({ rows }) => rows.length > 0) : lists
  yield* Page.print(
    shown.map(({ kind, rows }) => ({
      title: wanted === undefined ? kind : undefined,
      rows,
      none: `no ${kind}`
    }))
  )
})

interface Listed {
  readonly kind: Kind
  readonly items: ReadonlyArray<unknown>
  readonly rows: ReadonlyArray<Row>
}

/** A server that declares nothing of a kind has none of it. */
const fetch = (client: Client.Service, kind: Kind, wanted: boolean): Effect.Effect<Listed, Failure> => {
  if (!Object.hasOwn(client.server.capabilities, kind === "templates" ? "resources" : kind))
    return Effect.succeed({ kind, items: [], rows: [] })
  const as =
    <A>(row: (item: A) => Row) =>
    (items: ReadonlyArray<A>): Listed => ({ kind, items, rows: items.map(row) })
  const fetched = {
    tools: Effect.map(client.tools, as(Items.tool)),
    resources: Effect.map(client.resources, as(Items.resource)),
    templates: Effect.map(client.resourceTemplates, as(Items.template)),
    prompts: Effect.map(client.prompts, as(Items.prompt))
  }
  return fetched[kind].pipe(
    // Many declare resources and know nothing of templates: that spoils no list of everything.
    Effect.catchIf(
      (error) => !wanted && error._tag === "McpError" && error.code === McpError.code.MethodNotFound,
      () => Effect.succeed<Listed>({ kind, items: [], rows: [] })
    ),
    Effect.mapError(Connect.failure)
  )
}
