/**
 * What a connection is doing: exchanges in flight, each in a fiber of its own, so that all of them can be failed when
 * the connection ends. One timer watches for silence; an exchange costs it an entry in a set.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { TransportError } from "../../client/Transport.ts"

/** The peer was heard: silence starts anew. */
export type Touch = () => void

export interface Exchanges {
  /** Runs an exchange. It fails when the connection ends, and when the peer is silent for too long. */
  readonly run: <A>(
    what: string,
    exchange: (touch: Touch) => Effect.Effect<A, TransportError>,
    options?: RunOptions
  ) => Effect.Effect<A, TransportError>
  /** Waits until no exchange is left that ends by itself. */
  readonly settled: Effect.Effect<void>
  /** Runs something nobody waits for, for as long as the connection lasts. */
  readonly fork: (effect: Effect.Effect<unknown>) => void
  /** Fails everything in flight and everything from now on. */
  readonly shut: (reason: TransportError) => void
  readonly over: () => TransportError | undefined
}

export interface RunOptions {
  /** Runs when whoever waits for the exchange no longer does. */
  readonly abandoned?: () => void
  /** Whether it lasts as long as the connection does. */
  readonly standing?: boolean
}

interface Entry {
  heard: number
  readonly standing: boolean
  readonly fail: (error: TransportError) => void
  readonly what: string
}

/** Exchanges that end with the scope. `silence` is in milliseconds. */
export const make = (silence: number): Effect.Effect<Exchanges, never, Scope.Scope> =>
  Effect.flatMap(Effect.scope, (scope) =>
    Effect.contextWith((context: Context.Context<never>) => {
      const fork = (effect: Effect.Effect<unknown>) =>
        void Effect.runForkWith(context)(Effect.forkIn(effect, scope, { startImmediately: true }))
      const exchanges = keep(Context.get(context, Clock.Clock), silence, fork)
      return Effect.as(
        Effect.addFinalizer(() => Effect.sync(() => exchanges.shut(closed))),
        exchanges
      )
    })
  )

/** What everything pending fails with when the client closes the connection. */
export const closed = new TransportError({ message: "The connection was closed" })

const keep = (
  clock: Clock.Clock,
  silence: number,
  fork: (effect: Effect.Effect<unknown>) => void
): Exchanges => {
  const entries = new Set<Entry>()
  const waiting = new Set<() => void>()
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  let over: TransportError | undefined
  let watching = false

  const isSettled = () => [...entries].every(({ standing }) => standing)
  const leave = (entry: Entry): boolean => {
    const left = entries.delete(entry)
    if (waiting.size > 0 && isSettled()) for (const resume of waiting) resume()
    return left
  }
  const watch = (at: number) => {
    watching = true
    fork(
      Effect.andThen(
        Effect.suspend(() => clock.sleep(Duration.millis(Math.max(0, at - now())))),
        Effect.sync(sweep)
      )
    )
  }
  const sweep = () => {
    watching = false
    const time = now()
    let next = Infinity
    for (const entry of entries) {
      const due = entry.heard + silence
      if (due <= time) entry.fail(silent(entry.what, silence))
      else next = Math.min(next, due)
    }
    if (next < Infinity) watch(next)
  }

  return {
    run: <A>(
      what: string,
      exchange: (touch: Touch) => Effect.Effect<A, TransportError>,
      { abandoned, standing = false }: RunOptions = {}
    ) =>
      Effect.contextWith((context: Context.Context<never>) =>
        Effect.callback<A, TransportError>((resume) => {
          if (over !== undefined) return resume(Effect.fail(over))
          const entry: Entry = {
            what,
            standing,
            heard: now(),
            fail: (error) => {
              leave(entry)
              resume(Effect.fail(error))
              fiber.interruptUnsafe()
            }
          }
          const touch = () => {
            entry.heard = now()
          }
          const fiber = Effect.runForkWith(context)(exchange(touch))
          const settled = fiber.pollUnsafe()
          if (settled !== undefined) return resume(settled)
          entries.add(entry)
          if (!watching && silence < Infinity) watch(entry.heard + silence)
          fiber.addObserver((exit) => {
            leave(entry)
            resume(exit)
          })
          return Effect.suspend(() => {
            if (leave(entry)) abandoned?.()
            return Fiber.interrupt(fiber)
          })
        })
      ),
    settled: Effect.callback<void>((resume) => {
      if (isSettled()) return resume(Effect.void)
      const look = () => {
        waiting.delete(look)
        resume(Effect.void)
      }
      waiting.add(look)
      return Effect.sync(() => void waiting.delete(look))
    }),
    fork,
    shut: (reason) => {
      if (over !== undefined) return
      over = reason
      for (const entry of entries) entry.fail(reason)
    },
    over: () => over
  }
}

const silent = (what: string, millis: number) =>
  new TransportError({ message: `${what}: the server said nothing for ${millis} ms`, refused: true })
