/**
 * What an authorization server remembers: texts under keys, with an end, and in groups that end together. A store knows
 * nothing of what is in them. Secrets are in it as digests, or sealed.
 *
 * `layerMemory` forgets with the process; `NodeOAuthStore.layer` is a file. A store that nodes share makes them one
 * server: `add` and `swap` have to be atomic, everything else follows.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"

export interface Entry {
  readonly value: string
  /** In milliseconds since 1970. From then on the entry is not there. */
  readonly expiresAt?: number
  readonly group?: string
}

/** The store cannot be read or written. */
export class OAuthStoreError extends Schema.TaggedError<OAuthStoreError>()("OAuthStoreError", {
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Unknown)
}) {}

export class OAuthStore extends Context.Service<
  OAuthStore,
  {
    readonly get: (key: string) => Effect.Effect<string | undefined, OAuthStoreError>
    /** Creates an entry. Succeeds with false if there is one already. */
    readonly add: (key: string, entry: Entry) => Effect.Effect<boolean, OAuthStoreError>
    /** Replaces an entry that has this value. Succeeds with false if it has another one, or is not there. */
    readonly swap: (key: string, expected: string, entry: Entry) => Effect.Effect<boolean, OAuthStoreError>
    readonly remove: (key: string) => Effect.Effect<void, OAuthStoreError>
    readonly removeGroup: (group: string) => Effect.Effect<void, OAuthStoreError>
    /** How many keys begin like this. */
    readonly count: (prefix: string) => Effect.Effect<number, OAuthStoreError>
  }
>()("mcp-effect/auth/OAuthStore") {
  static readonly layerMemory: Layer.Layer<OAuthStore> = Layer.effect(
    OAuthStore,
    Effect.gen(function* () {
      const entries = new Map<string, Entry>()
      const at = (key: string, now: number) => {
        const entry = entries.get(key)
        return entry === undefined || isOver(entry, now) ? undefined : entry
      }
      const now = <A>(use: (now: number) => A) => Effect.map(Clock.currentTimeMillis, use)
      yield* sweeping(
        now((time) => {
          for (const [key, entry] of entries) if (isOver(entry, time)) entries.delete(key)
        })
      )
      return OAuthStore.of({
        get: (key) => now((time) => at(key, time)?.value),
        add: (key, entry) =>
          now((time) => {
            if (at(key, time) !== undefined) return false
            entries.set(key, entry)
            return true
          }),
        swap: (key, expected, entry) =>
          now((time) => {
            if (at(key, time)?.value !== expected) return false
            entries.set(key, entry)
            return true
          }),
        remove: (key) => Effect.sync(() => void entries.delete(key)),
        removeGroup: (group) =>
          Effect.sync(() => {
            for (const [key, entry] of entries) if (entry.group === group) entries.delete(key)
          }),
        count: (prefix) =>
          now((time) => {
            let count = 0
            for (const [key, entry] of entries) if (key.startsWith(prefix) && !isOver(entry, time)) count++
            return count
          })
      })
    })
  )
}

const isOver = ({ expiresAt }: Entry, now: number) => expiresAt !== undefined && expiresAt <= now

/** Makes room every minute, for as long as the layer lives. */
export const sweeping = <E, R>(sweep: Effect.Effect<void, E, R>) =>
  Effect.forkScoped(Effect.repeat(Effect.ignore(sweep), Schedule.spaced("1 minute")))
