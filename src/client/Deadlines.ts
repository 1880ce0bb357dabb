/**
 * Two deadlines for each request: one of silence, which whatever the server says about the request extends, and one
 * that nothing extends. Both stand still while a question of the server is being answered.
 *
 * One timer serves all requests: it sleeps until the earliest deadline and looks again. A request that is answered
 * in time costs an entry in a set, not a timer of its own.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/cancellation#timeouts
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { RequestTimeout } from "./ClientError.ts"

/** Milliseconds; `Infinity` switches a deadline off. */
export interface Limits {
  readonly idle: number
  readonly absolute: number
}

/** How an application writes limits: whatever it leaves out is taken from the next outer place. */
export interface Timeouts {
  /** The longest silence of the server about one request. Default: 60 seconds. */
  readonly idle?: Duration.Input
  /** The longest a request may take, whatever the server says. Default: 10 minutes. */
  readonly absolute?: Duration.Input
}

export const defaults: Limits = { idle: 60_000, absolute: 600_000 }

export const within = (timeouts: Timeouts | undefined, outer: Limits): Limits =>
  timeouts === undefined
    ? outer
    : {
        idle: timeouts.idle === undefined ? outer.idle : Duration.toMillis(timeouts.idle),
        absolute: timeouts.absolute === undefined ? outer.absolute : Duration.toMillis(timeouts.absolute)
      }

/** What the code that runs a request may do to its deadlines. */
export interface Watch {
  /** The server was heard: silence starts anew. */
  readonly touch: () => void
  /** Both deadlines stand still while this runs. */
  readonly paused: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

export interface Deadlines {
  /** Runs a request; past a deadline it is interrupted and the whole fails with `RequestTimeout`. */
  readonly run: <A, E, R>(
    method: string,
    limits: Limits,
    use: (watch: Watch) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | RequestTimeout, R>
  /** Stops the clocks of every request now running: the question could belong to any of them. */
  readonly pausedAll: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

class Entry implements Watch {
  expire: ((kind: RequestTimeout["kind"]) => void) | undefined
  private heard: number
  private latest: number
  private pauses = 0
  private pausedAt = 0
  readonly limits: Limits
  private readonly now: () => number
  private readonly reschedule: (at: number) => void

  constructor(limits: Limits, now: () => number, reschedule: (at: number) => void) {
    this.limits = limits
    this.now = now
    this.reschedule = reschedule
    this.heard = now()
    this.latest = this.heard + limits.absolute
  }

  get due(): number {
    return this.pauses > 0 ? Infinity : Math.min(this.heard + this.limits.idle, this.latest)
  }

  get kind(): RequestTimeout["kind"] {
    return this.latest <= this.heard + this.limits.idle ? "absolute" : "idle"
  }

  touch = () => {
    this.heard = this.now()
  }

  pause() {
    if (this.pauses++ === 0) this.pausedAt = this.now()
  }

  resume() {
    if (--this.pauses > 0) return
    this.heard = this.now()
    this.latest += this.heard - this.pausedAt
    if (this.expire !== undefined) this.reschedule(this.due)
  }

  paused = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      this.pause()
      return Effect.ensuring(
        effect,
        Effect.sync(() => this.resume())
      )
    })
}

const keep = (clock: Clock.Clock, fork: (effect: Effect.Effect<void>) => Fiber.Fiber<void>) => {
  const entries = new Set<Entry>()
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  let timer: Fiber.Fiber<void> | undefined
  let wakes = Infinity

  const schedule = (at: number) => {
    if (at >= wakes) return
    timer?.interruptUnsafe()
    wakes = at
    timer = fork(
      Effect.andThen(
        Effect.suspend(() => clock.sleep(Duration.millis(Math.max(0, at - now())))),
        Effect.sync(sweep)
      )
    )
  }
  const sweep = () => {
    timer = undefined
    wakes = Infinity
    const time = now()
    let next = Infinity
    for (const entry of entries) {
      if (entry.due <= time) entry.expire?.(entry.kind)
      else next = Math.min(next, entry.due)
    }
    schedule(next)
  }

  const run = <A, E, R>(method: string, limits: Limits, use: (watch: Watch) => Effect.Effect<A, E, R>) =>
    Effect.contextWith((context: Context.Context<R>) =>
      Effect.callback<A, E | RequestTimeout>((resume) => {
        const entry = new Entry(limits, now, schedule)
        const request = Effect.runForkWith(context)(use(entry))
        const settled = request.pollUnsafe()
        if (settled !== undefined) return resume(settled)
        const leave = () => {
          entry.expire = undefined
          entries.delete(entry)
        }
        const expire = (kind: RequestTimeout["kind"]) => {
          leave()
          resume(Effect.fail(new RequestTimeout({ method, kind, millis: limits[kind] })))
          request.interruptUnsafe()
        }
        entry.expire = expire
        entries.add(entry)
        schedule(entry.due)
        request.addObserver((exit) => {
          leave()
          resume(exit)
        })
        return Effect.suspend(() => {
          leave()
          return Fiber.interrupt(request)
        })
      })
    )

  const pausedAll: Deadlines["pausedAll"] = (effect) =>
    Effect.suspend(() => {
      const held = [...entries]
      for (const entry of held) entry.pause()
      return Effect.ensuring(
        effect,
        Effect.sync(() => {
          for (const entry of held) entry.resume()
        })
      )
    })

  return {
    deadlines: { run, pausedAll },
    stop: Effect.suspend(() => (timer ? Fiber.interrupt(timer) : Effect.void))
  }
}

/** One set of deadlines, kept by the clock of the fiber that makes it. */
export const make: Effect.Effect<Deadlines, never, Scope.Scope> = Effect.contextWith((context) => {
  const { deadlines, stop } = keep(Context.get(context, Clock.Clock), Effect.runForkWith(context))
  return Effect.as(
    Effect.addFinalizer(() => stop),
    deadlines
  )
})
