/** One at a time, by key: whoever comes while another is at it waits for its turn. */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

export type Turns = <A, E, R>(key: string, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

export const make = (): Turns => {
  const queues = new Map<string, { readonly semaphore: Semaphore.Semaphore; users: number }>()

  const enter = (key: string) => {
    const queue = queues.get(key) ?? { semaphore: Semaphore.makeUnsafe(1), users: 0 }
    queues.set(key, queue)
    queue.users += 1
    return queue
  }
  const leave = (key: string) => {
    const queue = queues.get(key)
    if (queue !== undefined && --queue.users === 0) queues.delete(key)
  }

  return (key, effect) =>
    Effect.acquireUseRelease(
      Effect.sync(() => enter(key)),
      ({ semaphore }) => semaphore.withPermits(1)(effect),
      () => Effect.sync(() => leave(key))
    )
}
