/**
 * The resources that clients in front watch. Each is watched once behind, for as long as somebody does, and by
 * whatever is behind at the time.
 */
import * as Effect from "effect/Effect"
import type * as Client from "../../client/Client.ts"

export interface Watched {
  readonly watch: (uri: string) => Effect.Effect<void>
  readonly unwatch: (uri: string) => Effect.Effect<void>
  /** Watches everything over another client, too, which is about to be behind. */
  readonly move: (to: Client.Service) => Effect.Effect<void>
}

export const make = (client: () => Client.Service): Watched => {
  const watchers = new Map<string, number>()
  return {
    // Asked behind each time: it may have refused before.
    watch: (uri) =>
      Effect.suspend(() => {
        watchers.set(uri, (watchers.get(uri) ?? 0) + 1)
        return Effect.ignore(client().subscribe(uri))
      }),
    unwatch: (uri) =>
      Effect.suspend(() => {
        const left = (watchers.get(uri) ?? 0) - 1
        if (left > 0) return Effect.asVoid(Effect.sync(() => watchers.set(uri, left)))
        watchers.delete(uri)
        return client().unsubscribe(uri)
      }),
    move: (to) =>
      Effect.forEach([...watchers.keys()], (uri) => Effect.ignore(to.subscribe(uri)), {
        concurrency: "unbounded",
        discard: true
      })
  }
}
