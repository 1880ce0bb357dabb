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
    return Effect.suspend(() => (this.waiting === undefined ? this.first : Effect.succeed(this.drain())))
  }

  private get first(): Pending<A>["take"] {
    return Effect.callback((resume) => {
      const wake = () => {
        this.wake = undefined
        // Not in the turn of the offer: what else happens in it is merged.
        resume(Effect.map(Effect.yieldNow, () => this.drain()))
      }
      this.wake = wake
      return Effect.sync(() => {
        this.wake = undefined
      })
    })
  }

  private drain(): NonEmptyReadonlyArray<A> {
    const values = [...(this.waiting?.values() ?? [])]
    this.waiting = undefined
    // Drained only when something waits.
    return values as unknown as NonEmptyReadonlyArray<A>
  }
}
