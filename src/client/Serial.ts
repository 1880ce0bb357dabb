/**
 * Runs what an application wants done about notifications: one after another, in the order they came, without making
 * the connection wait. A handler may therefore call the client again. What piles up is bounded: the oldest goes.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"

export interface Serial {
  readonly push: (task: Effect.Effect<void>) => void
  /** Waits until everything pushed so far has run. */
  readonly drained: Effect.Effect<void>
}

const bound = 1024

/** The tasks run in fibers of their own, which end with the scope. */
export const make = Effect.fnUntraced(function* (): Effect.fn.Return<Serial, never, Scope.Scope> {
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const waiting: Array<Effect.Effect<void>> = []
  let worker: Fiber.Fiber<void> | undefined
  let running = false
  let closed = false

  const work = Effect.whileLoop({
    while: () => waiting.length > 0 || (running = false),
    body: () => Effect.ignoreCause(waiting.shift() ?? Effect.void, { log: "Error" }),
    step: () => undefined
  })
  const push = (task: Effect.Effect<void>) => {
    if (closed) return
    waiting.push(task)
    if (waiting.length > bound) waiting.shift()
    if (running) return
    running = true
    worker = fork(work)
  }
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      closed = true
      waiting.length = 0
      return worker === undefined ? Effect.void : Fiber.interrupt(worker)
    })
  )
  return {
    push,
    drained: Effect.suspend(() => (running && worker ? Effect.asVoid(Fiber.await(worker)) : Effect.void))
  }
})
