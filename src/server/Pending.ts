/**
 * What waits to be told to somebody slower than us. Under one key only the newest value waits, so the memory of a
 * mailbox is bounded by the number of keys, not by the pace of what happens.
 */
import * as Effect from "effect/Effect"

export interface Pending<A> {
  readonly offer: (key: string, value: A) => void
  /**
   * What waits for longest; waits for it if there is nothing. One taker at a time, who has one value in hand: what a
   * taker that is interrupted has not come to waits for the next.
   */
  readonly take: Effect.Effect<A>
}

export const make = <A>(): Pending<A> => new Mailbox()

/** Most mailboxes are empty, of most sessions for ever: then they are hardly anything. */
class Mailbox<A> implements Pending<A> {
  private waiting: Map<string, A> | undefined
  private wake: (() => void) | undefined

  offer(key: string, value: A): void {
    this.waiting ??= new Map()
    this.waiting.set(key, value)
    this.wake?.()
  }

  get take(): Pending<A>["take"] {
    return Effect.suspend(() => (this.waiting === undefined ? this.first : Effect.sync(() => this.next())))
  }

  private get first(): Pending<A>["take"] {
    return Effect.callback((resume) => {
      const wake = () => {
        this.wake = undefined
        // Not in the turn of the offer: what else happens in it is merged.
        resume(Effect.map(Effect.yieldNow, () => this.next()))
      }
      this.wake = wake
      return Effect.sync(() => {
        this.wake = undefined
      })
    })
  }

  private next(): A {
    // Called only when something waits.
    const waiting = this.waiting!
    const [[key, value]] = waiting as unknown as readonly [[string, A]]
    waiting.delete(key)
    if (waiting.size === 0) this.waiting = undefined
    return value
  }
}
