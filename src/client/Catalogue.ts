/**
 * One list of a server: whole, as a stream, page by page, and alive.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/pagination
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as McpError from "../protocol/McpError.ts"
import type { Cache } from "./Cache.ts"
import type { ClientError } from "./ClientError.ts"
import type { Filter } from "./Filter.ts"
import * as Pages from "./Pages.ts"
import type { RequestOptions } from "./Requests.ts"
import type { Listen } from "./Subscriptions.ts"

export interface Catalogue<A, Result> {
  /** The whole list. */
  readonly all: Effect.Effect<ReadonlyArray<A>, ClientError>
  /** The list, a page at a time as it is consumed. */
  readonly stream: Stream.Stream<A, ClientError>
  /** One page; the first one without a cursor. */
  readonly page: <R = never>(
    cursor?: string,
    options?: RequestOptions<R>
  ) => Effect.Effect<Result, ClientError, R>
  /**
   * The list now, and again after every change the server tells about. Changes that come while one list is being
   * fetched lead to one more.
   */
  readonly live: Stream.Stream<ReadonlyArray<A>, ClientError>
}

export interface Paged {
  readonly nextCursor?: string
}

export interface Needs<A, Result extends Paged> {
  readonly method: string
  readonly fetch: <R>(
    params: { readonly cursor?: string },
    options: RequestOptions<R> | undefined
  ) => Effect.Effect<Result, ClientError, R>
  readonly items: (page: Result) => ReadonlyArray<A>
  /** The subscription that tells about changes of this list. */
  readonly changes: Filter
  readonly listen: Listen
  readonly cache: Cache
}

export const make = <A, Result extends Paged>(needs: Needs<A, Result>): Catalogue<A, Result> => {
  const { cache, changes, fetch, items, listen, method } = needs
  const page = <R = never>(cursor?: string, options?: RequestOptions<R>) =>
    fetch(cursor === undefined ? {} : { cursor }, options)
  const walk: Pages.Walk<A, ClientError, never> = {
    method,
    page: (cursor) =>
      Effect.map(page(cursor), (result) => ({ items: items(result), nextCursor: result.nextCursor }))
  }
  /** A cursor that was kept too long is refused: then the pages it came with are of no use either. */
  const all = Effect.catchTag(Pages.all(walk), "McpError", (error) =>
    error.code === McpError.code.InvalidParams
      ? Effect.andThen(
          Effect.sync(() => cache.drop(method)),
          Pages.all(walk)
        )
      : Effect.fail(error)
  )
  const live = Stream.callback<void, ClientError>(
    (queue) => {
      const look = () => {
        Queue.offerUnsafe(queue, undefined)
      }
      // What was kept may have changed before anybody listened.
      const onAcknowledged = () => {
        cache.drop(method)
        look()
      }
      return listen(changes, { onAcknowledged }).pipe(
        Stream.runForEach(() => Effect.sync(look)),
        Effect.matchCauseEffect({
          onFailure: (cause) => Queue.failCause(queue, cause),
          onSuccess: () => Queue.end(queue)
        }),
        Effect.forkScoped
      )
    },
    { bufferSize: 1, strategy: "sliding" }
  ).pipe(Stream.mapEffect(() => all))
  return { all, stream: Pages.stream(walk), page, live }
}
