/**
 * Lists that come in pages. Only a missing cursor ends a list; the empty string is a cursor like any other. A list
 * that repeats a cursor, or does not end, is cut.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/pagination
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { InvalidResponse } from "./ClientError.ts"

export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly nextCursor: string | undefined
}

export interface Walk<A, E, R> {
  readonly method: string
  readonly page: (cursor: string | undefined) => Effect.Effect<Page<A>, E, R>
}

/** No honest list is longer. */
export const maxPages = 1000

interface Place {
  readonly cursor: string | undefined
  readonly seen: Set<string>
}

const start = (): Place => ({ cursor: undefined, seen: new Set() })

/** One page and the place after it. */
const step = <A, E, R>({ method, page }: Walk<A, E, R>, { cursor, seen }: Place) =>
  Effect.flatMap(
    page(cursor),
    ({
      items,
      nextCursor
    }): Effect.Effect<readonly [ReadonlyArray<A>, Option.Option<Place>], InvalidResponse> => {
      if (nextCursor === undefined) return Effect.succeed([items, Option.none()])
      if (seen.has(nextCursor)) return endless(method, "the server repeats a cursor")
      if (seen.size >= maxPages - 1) return endless(method, `the list has more than ${maxPages} pages`)
      seen.add(nextCursor)
      return Effect.succeed([items, Option.some({ cursor: nextCursor, seen })])
    }
  )

const endless = (method: string, what: string) =>
  Effect.fail(new InvalidResponse({ message: `${method}: ${what}`, method, path: ["nextCursor"] }))

/** The whole list. */
export const all = <A, E, R>(walk: Walk<A, E, R>): Effect.Effect<ReadonlyArray<A>, E | InvalidResponse, R> =>
  Effect.suspend(() => {
    const collected: Array<A> = []
    const from = (place: Place): Effect.Effect<ReadonlyArray<A>, E | InvalidResponse, R> =>
      Effect.flatMap(step(walk, place), ([items, next]) => {
        if (collected.length === 0 && Option.isNone(next)) return Effect.succeed(items)
        for (const item of items) collected.push(item)
        return Option.isNone(next) ? Effect.succeed(collected) : from(next.value)
      })
    return from(start())
  })

/** The list, page by page as it is consumed. */
export const stream = <A, E, R>(walk: Walk<A, E, R>): Stream.Stream<A, E | InvalidResponse, R> =>
  Stream.suspend(() => Stream.paginate(start(), (place: Place) => step(walk, place)))
