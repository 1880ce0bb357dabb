/** Counts requests by address. Remembers only so many addresses: whoever has more has other means. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

interface Window {
  count: number
  readonly endsAt: number
}

export interface Rate {
  /** How many seconds to wait, if this is one request too many. */
  readonly take: (address: string) => Effect.Effect<number | undefined>
}

const minute = 60_000
const capacity = 10_000

export const perMinute = (limit: number): Rate => {
  const windows = new Map<string, Window>()
  return {
    take: (address) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const known = windows.get(address)
        if (known !== undefined && now < known.endsAt) {
          known.count++
          return known.count <= limit ? undefined : Math.ceil((known.endsAt - now) / 1000)
        }
        // Deleted first, so that the order of the map is the order in which windows end.
        windows.delete(address)
        for (const [other, { endsAt }] of windows) {
          if (endsAt > now && windows.size < capacity) break
          windows.delete(other)
        }
        windows.set(address, { count: 1, endsAt: now + minute })
        return undefined
      })
  }
}
