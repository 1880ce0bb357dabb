/**
 * All open streams of one endpoint, looked after by one sweep: a quiet one is kept alive, one whose client does not
 * read is cut. A request that is answered later begins its stream here, before anybody on the way gives it up.
 */
import * as Event from "./Event.ts"
import type { Sink } from "./Out.ts"

export interface Watched {
  readonly add: (sink: Sink) => void
  readonly forget: (sink: Sink) => void
  /** Calls back once, at the second sweep from now: a whole interval has passed by then. */
  readonly wait: (begin: () => void) => void
  /** The answer has begun, or nobody waits for it any more. */
  readonly begun: (begin: () => void) => void
  readonly size: () => number
  /** Looks at every stream; `now` in milliseconds. */
  readonly sweep: (now: number) => void
}

/** `stalled` is how long a client may be behind, in milliseconds. */
export const make = (stalled: number): Watched => {
  /** Since when each has been full. */
  const sinks = new Map<Sink, number | undefined>()
  /** Requests without an answer yet, and whether the last sweep saw them. */
  const waiting = new Map<() => void, boolean>()
  const look = (sink: Sink, since: number | undefined, now: number) => {
    if (!sink.full()) {
      if (since !== undefined) sinks.set(sink, undefined)
      sink.write(Event.keepAlive)
    } else if (since === undefined) sinks.set(sink, now)
    else if (now - since >= stalled) {
      sinks.delete(sink)
      sink.cut()
    }
  }
  const begin = (late: () => void, seen: boolean) => {
    if (!seen) return void waiting.set(late, true)
    waiting.delete(late)
    late()
  }
  return {
    add: (sink) => void sinks.set(sink, undefined),
    forget: (sink) => void sinks.delete(sink),
    wait: (late) => void waiting.set(late, false),
    begun: (late) => void waiting.delete(late),
    size: () => sinks.size + waiting.size,
    sweep: (now) => {
      for (const [sink, since] of sinks) look(sink, since, now)
      for (const [late, seen] of waiting) begin(late, seen)
    }
  }
}
