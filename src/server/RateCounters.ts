/** How often keys were used, in the memory of this process. A key whose window is over is forgotten. */

interface Counter {
  count: number
  expiresAt: number
}

/** No search for what is over is worth the while before there are so many. */
const fewest = 1000

export class RateCounters {
  private readonly counters = new Map<string, Counter>()
  private enough = fewest

  get size(): number {
    return this.counters.size
  }

  /**
   * Takes tokens, each of which comes back after `refill` milliseconds, unless that is more than `limit`. Gives how many
   * are taken with these, and when none will be.
   */
  take(
    key: string,
    tokens: number,
    refill: number,
    limit: number | undefined,
    now: number
  ): readonly [count: number, timeLeft: number] {
    const counter = this.of(key, now)
    const count = counter.count + tokens
    if (limit === undefined || count <= limit) {
      counter.count = count
      counter.expiresAt += refill * tokens
    }
    return [count, counter.expiresAt - now]
  }

  private of(key: string, now: number): Counter {
    const known = this.counters.get(key)
    if (known !== undefined && known.expiresAt > now) return known
    const fresh = { count: 0, expiresAt: now }
    this.counters.set(key, fresh)
    if (this.counters.size > this.enough) this.forget(now)
    return fresh
  }

  /** Looked for again once there are twice as many as were left, so that a key costs the same however many there are. */
  private forget(now: number): void {
    for (const [key, { expiresAt }] of this.counters) if (expiresAt < now) this.counters.delete(key)
    this.enough = Math.max(fewest, this.counters.size * 2)
  }
}
