/**
 * How long a result stays fresh and who may share it.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/caching
 */

export interface CacheHint {
  /** For how many milliseconds after receipt the result is fresh: 0 or more. */
  readonly ttlMs: number
  /** `public` lets an intermediary give the result to other callers, too. Default: `private`. */
  readonly scope?: "public" | "private"
}

/** Hints for what a server lists and for `server/discover`. */
export interface CacheHints {
  readonly discover?: CacheHint
  readonly tools?: CacheHint
  readonly prompts?: CacheHint
  readonly resources?: CacheHint
  readonly templates?: CacheHint
}

/** The hint as results carry it. */
export interface Fields {
  readonly ttlMs: number
  readonly cacheScope: "public" | "private"
}

/** Without a hint a result is stale at once and nobody else's. Throws when the time is none. */
export const fields = (hint: CacheHint | undefined): Fields => {
  if (hint === undefined) return { ttlMs: 0, cacheScope: "private" }
  if (!Number.isSafeInteger(hint.ttlMs) || hint.ttlMs < 0) {
    throw new Error(`A cache hint needs a ttlMs of 0 or more whole milliseconds, not ${hint.ttlMs}`)
  }
  return { ttlMs: hint.ttlMs, cacheScope: hint.scope ?? "private" }
}

/** The same for a result that depends on who asks. */
export const personal = (hint: Fields): Fields => ({ ...hint, cacheScope: "private" })
