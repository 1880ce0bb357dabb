/** Remembers what may be used once, until it is good for nothing anyway. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

export interface Seen {
  /** Whether this is the first time. When too much is remembered already, nothing is. */
  readonly first: (what: string, until: number) => Effect.Effect<boolean>
}

const capacity = 10_000

export const make = (): Seen => {
  const known = new Map<string, number>()
  return {
    first: (what, until) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        for (const [other, end] of known) if (end <= now) known.delete(other)
        if (known.has(what) || known.size >= capacity) return false
        known.set(what, until)
        return true
      })
  }
}
