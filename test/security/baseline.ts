/** What a test leaves behind: nothing. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { turn } from "./telling.ts"

const kinds = ["TCPServerWrap", "TCPSocketWrap", "PipeWrap", "ProcessWrap", "Timeout", "Immediate"]

/** What keeps this process alive, by kind. */
const held = () => {
  const counts = new Map(kinds.map((kind) => [kind, 0]))
  for (const kind of process.getActiveResourcesInfo()) {
    if (counts.has(kind)) counts.set(kind, counts.get(kind)! + 1)
  }
  return counts
}

/** Gives a test a scope, and holds it against what there was before: listeners, sockets, pipes, children, timers. */
export const baseline = <A, E, R>(
  test: Effect.Effect<A, E, R>
): Effect.Effect<void, E, Exclude<R, Scope.Scope>> =>
  Effect.suspend(() => {
    const before = held()
    const more = () => [...held()].filter(([kind, count]) => count > before.get(kind)!)
    return Effect.andThen(
      Effect.scoped(test),
      Effect.gen(function* () {
        // Sockets close a few turns after whoever had them.
        for (let turns = 0; turns < 5000 && more().length > 0; turns++) yield* turn
        assert.deepStrictEqual(more(), [], "more is held than before the test")
      })
    )
  })
