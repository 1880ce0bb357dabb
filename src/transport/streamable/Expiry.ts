/** The end of what a caller merely listens to: when the caller would not be let in any more. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Sink } from "./Out.ts"
import type { Caller } from "./Shared.ts"

/** Succeeds when it is time. */
export const wait = <R>({ until }: Caller<R>): Effect.Effect<void> =>
  until === undefined
    ? Effect.never
    : Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sleep(Math.max(1, until - now)))

/** A sink that is given up when it is time, unless it ended before. */
export const limit = <R>(caller: Caller<R>, sink: Sink, over: (sink: Sink) => void): Sink => {
  if (caller.until === undefined) return sink
  const waiting = caller.fork(
    Effect.andThen(
      wait(caller),
      Effect.sync(() => over(limited))
    )
  )
  const limited: Sink = {
    ...sink,
    end: () => {
      sink.end()
      waiting.interruptUnsafe()
    },
    cut: () => {
      sink.cut()
      waiting.interruptUnsafe()
    }
  }
  return limited
}
