/**
 * All open streams of one endpoint, looked after by one sweep: a quiet one is kept alive, one whose client does not
 * read is cut.
 */
import * as Event from "./Event.ts"
import type { Sink } from "./Out.ts"

export interface Watched {
  readonly add: (sink: Sink) => void
  readonly forget: (sink: Sink) => void
  readonly size: () => number
  /** Looks at every stream; `now` in milliseconds. */
  readonly sweep: (now: number) => void
}

/** `stalled` is how long a client may be behind, in milliseconds. */
export const make = (stalled: number): Watched => {
  /** Since when each has been full. */
  const sinks = new Map<Sink, number | undefined>()
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
  return {
    add: (sink) => void sinks.set(sink, undefined),
    forget: (sink) => void sinks.delete(sink),
    size: () => sinks.size,
    sweep: (now) => {
      for (const [sink, since] of sinks) look(sink, since, now)
    }
  }
}
