/** Counts requests by address. Remembers only so many addresses: whoever has more has other means. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"

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

/**
 * Who has an address, as far as that can be counted: with IPv6 whoever has one has the 2⁶⁴ of its network. What is no
 * address is itself.
 */
export const whose = (address: string): string => {
  const found = Result.getOrUndefined(NetAddress.ipFromString(address.replace(/%.*$/, "")))
  if (found === undefined) return address
  const real = NetAddress.toCanonical(found)
  return NetAddress.isIpv6Address(real)
    ? NetAddress.ipv6ToOctets(real).slice(0, 8).join(":")
    : NetAddress.ipv4ToOctets(real).join(".")
}
