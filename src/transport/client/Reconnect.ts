/** When to connect again, and how often. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

export interface ReconnectOptions {
  /** How often in a row connecting may fail before a stream is given up; 0 for never again. Default: 10. */
  readonly maxRetries?: number
  /** How long to wait where the server does not say; doubles with every failure. Default: 1 second. */
  readonly firstDelay?: Duration.Input
  /** The longest wait between two attempts. Default: 30 seconds. */
  readonly maxDelay?: Duration.Input
}

export interface Policy {
  readonly maxRetries: number
  /** Waits before the next attempt, after so many in a row have led to nothing. */
  readonly wait: (failures: number, retry: number | undefined) => Effect.Effect<void>
}

/** What a server may ask for with `retry`, in milliseconds: neither a storm nor a silence. */
const shortest = 100
const longest = 60_000

export const policy = ({
  firstDelay = "1 second",
  maxDelay = "30 seconds",
  maxRetries = 10
}: ReconnectOptions = {}): Policy => {
  const first = Duration.toMillis(firstDelay)
  const most = Duration.toMillis(maxDelay)
  const backOff = (failures: number) =>
    Effect.map(Random.next, (random) => Math.min(most, first * 2 ** failures) * (0.8 + 0.4 * random))
  return {
    maxRetries,
    wait: (failures, retry) => {
      const asked = retry === undefined ? undefined : Math.min(longest, Math.max(shortest, retry))
      // What the server asked for is kept exactly as long as that works.
      if (asked !== undefined && failures === 0) return Effect.sleep(asked)
      return Effect.flatMap(backOff(failures), (millis) => Effect.sleep(Math.max(millis, asked ?? 0)))
    }
  }
}
