/**
 * What waits to be told to somebody slower than us. Under one key only the newest value waits, so the memory of a
 * mailbox is bounded by the number of keys, not by the pace of what happens.
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"

export interface Pending<A> {
  readonly offer: (key: string, value: A) => void
  /** Everything that waits, oldest key first; waits for the first if there is nothing. One taker at a time. */
  readonly take: Effect.Effect<NonEmptyReadonlyArray<A>>
}

export const make = <A>(): Pending<A> => {
  const waiting = new Map<string, A>()
  let wake: (() => void) | undefined
  const drain = () => {
    const values = [...waiting.values()]
    waiting.clear()
    // Drained only when something waits.
    return values as unknown as NonEmptyReadonlyArray<A>
  }
  return {
    offer: (key, value) => {
      waiting.set(key, value)
      wake?.()
    },
    take: Effect.suspend(() =>
      waiting.size > 0
        ? Effect.succeed(drain())
        : Effect.callback<NonEmptyReadonlyArray<A>>((resume) => {
            wake = () => {
              wake = undefined
              // Not in the turn of the offer: what else happens in it is merged.
              resume(Effect.map(Effect.yieldNow, drain))
            }
            return Effect.sync(() => {
              wake = undefined
            })
          })
    )
  }
}
