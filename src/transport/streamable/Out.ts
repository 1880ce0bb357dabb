/**
 * How one HTTP request is answered: whole, in one write, or as a stream of server-sent events. Each face has its own;
 * everything above is the same for all of them.
 */
import type * as Effect from "effect/Effect"
import type { Reply } from "../../http/Exchange.ts"

export interface Out {
  /** Answers in one write. Called at most once, and not after `open`. */
  reply(reply: Reply): void
  /** Begins a stream. Called at most once, and not after `reply`. */
  open(status: number, headers: Reply["headers"]): Sink
  /** Calls back when the client goes away before the answer is complete; at once if it is gone already. */
  onGone(listener: () => void): void
}

/** Where events go. After its end, and after the client went away, it does nothing. */
export interface Sink {
  /** Takes text. What is written in one turn leaves in one write. */
  readonly write: (text: string) => void
  /** Whether the client has fallen so far behind that nothing should be added before there is `room`. */
  readonly full: () => boolean
  /** Waits until the sink is not full; a sink that ended has room. */
  readonly room: Effect.Effect<void>
  readonly end: () => void
  /** Gives up a client that does not read: drops what waits for it. */
  readonly cut: () => void
}
