/**
 * Where an OAuth client keeps what it was given: tokens, and what it was registered as. A store knows texts under keys
 * and nothing of what is in them.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/security-considerations#token-theft
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Turns from "./client/Turns.ts"

/** The store cannot be read or written. Whatever is in it is left as it is. */
export class TokenStoreError extends Schema.TaggedError<TokenStoreError>()("TokenStoreError", {
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Unknown)
}) {}

export class TokenStore extends Context.Service<
  TokenStore,
  {
    readonly get: (key: string) => Effect.Effect<Redacted.Redacted | undefined, TokenStoreError>
    readonly set: (key: string, value: Redacted.Redacted) => Effect.Effect<void, TokenStoreError>
    readonly remove: (key: string) => Effect.Effect<void, TokenStoreError>
    /**
     * Runs an effect while nobody else who shares the store runs one for the same key. A refresh token is good for
     * one use: two who use it at once lose both.
     */
    readonly exclusively: <A, E, R>(
      key: string,
      effect: Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | TokenStoreError, R>
  }
>()("mcp-effect/auth/TokenStore") {
  /** Forgets everything when the layer is released. */
  static readonly layerMemory: Layer.Layer<TokenStore> = Layer.sync(TokenStore, () => {
    const entries = new Map<string, Redacted.Redacted>()
    return TokenStore.of({
      get: (key) => Effect.sync(() => entries.get(key)),
      set: (key, value) => Effect.sync(() => void entries.set(key, value)),
      remove: (key) => Effect.sync(() => void entries.delete(key)),
      exclusively: Turns.make()
    })
  })

  /**
   * Keeps them in a `KeyValueStore`, as clear text.
   *
   * **Gotchas**
   *
   * Turns are taken within this process only: a key-value store cannot be locked. Of two processes that refresh at
   * once one may have to adopt what the other got, or sign in again.
   */
  static readonly layerKeyValueStore: Layer.Layer<TokenStore, never, KeyValueStore.KeyValueStore> =
    Layer.effect(
      TokenStore,
      Effect.map(KeyValueStore.KeyValueStore, (whole) => {
        const store = KeyValueStore.prefix(whole, "mcp-effect/oauth/")
        return TokenStore.of({
          get: (key) =>
            Effect.mapBoth(store.get(key), {
              onSuccess: (value) => (value === undefined ? undefined : Redacted.make(value)),
              onFailure: failed("read")
            }),
          set: (key, value) => Effect.mapError(store.set(key, Redacted.value(value)), failed("written")),
          remove: (key) => Effect.mapError(store.remove(key), failed("written")),
          exclusively: Turns.make()
        })
      })
    )
}

const failed = (done: string) => (cause: unknown) =>
  new TokenStoreError({ message: `The token store cannot be ${done}`, cause })
