/**
 * Lists in pages: opaque cursors into a deterministic order.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/pagination
 */
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import * as McpError from "../protocol/McpError.ts"

export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly nextCursor?: string
}

/**
 * The page that starts behind the item a cursor names. A cursor holds the key of the last item of its page, so that
 * it stays good while other items come and go; once its own item is gone it is refused.
 */
export const page = <A>(
  items: ReadonlyArray<A>,
  keyOf: (item: A) => string,
  cursor: unknown,
  size: number
): Result.Result<Page<A>, McpError.McpError> => {
  if (cursor === undefined && items.length <= size) return Result.succeed({ items })
  const start = cursor === undefined ? 0 : startBehind(items, keyOf, cursor)
  if (start === undefined) return Result.fail(badCursor())
  const slice = items.slice(start, start + size)
  const last = slice.at(-1)
  return Result.succeed(
    last === undefined || start + size >= items.length
      ? { items: slice }
      : { items: slice, nextCursor: Base64Url.encode(prefix + keyOf(last)) }
  )
}

/** Marks a cursor as ours: anything else a client sends is not mistaken for one. */
const prefix = "after:"

const startBehind = <A>(items: ReadonlyArray<A>, keyOf: (item: A) => string, cursor: unknown) => {
  const text = typeof cursor === "string" ? Result.getOrUndefined(Base64Url.decodeString(cursor)) : undefined
  if (text?.startsWith(prefix) !== true) return undefined
  const key = text.slice(prefix.length)
  const index = items.findIndex((item) => keyOf(item) === key)
  return index === -1 ? undefined : index + 1
}

const badCursor = () =>
  McpError.invalidParams(
    "Invalid cursor: it is not one this list returned, or what it pointed at is gone. Start again without a cursor."
  )
