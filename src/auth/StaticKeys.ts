/** A fixed list of keys that somebody was given: for machines, and for servers without an authorization server. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Claims } from "./Principal.ts"
import * as Secrets from "./Secrets.ts"
import { InvalidToken, type Verified, Verifier } from "./TokenVerifier.ts"

export interface Key {
  /** At least 16 characters; 32 random bytes in hexadecimal are a good one. */
  readonly key: Redacted.Redacted<string>
  /** Who uses it. */
  readonly subject: string
  readonly scopes?: ReadonlyArray<string>
  readonly claims?: Claims
}

const shortest = 16

/**
 * Takes these keys as tokens. They are for whatever server has this layer, and do not expire. Dies when a key is too
 * short to be a secret.
 *
 * @example
 * ```ts
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as Verifier from "mcp-effect/Verifier"
 *
 * export const live = Layer.unwrap(
 *   Effect.map(Config.Redacted("CI_KEY"), (key) => Verifier.keys([{ key, subject: "ci", scopes: ["deploy"] }]))
 * )
 * ```
 */
export const layer = (keys: readonly [Key, ...ReadonlyArray<Key>]): Layer.Layer<Verifier> =>
  Layer.effect(
    Verifier,
    Effect.gen(function* () {
      for (const { key, subject } of keys) {
        if (Redacted.value(key).length < shortest) {
          return yield* Effect.die(
            new Error(`The key of "${subject}" is shorter than ${shortest} characters`)
          )
        }
      }
      const digest = yield* Secrets.digests
      const known = yield* Effect.forEach(keys, ({ key }) => digest(Redacted.value(key)))
      return Verifier.of({
        verify: (token, resource) =>
          Effect.flatMap(digest(Redacted.value(token)), (sent) => {
            const key = keys[Secrets.position(sent, known)]
            return key === undefined
              ? Effect.fail(new InvalidToken({ why: "not one of the keys" }))
              : Effect.succeed(verified(key, resource))
          })
      })
    })
  )

const verified = ({ claims = {}, scopes = [], subject }: Key, resource: string): Verified => ({
  issuer: resource,
  subject,
  client: undefined,
  audience: [resource],
  scopes,
  expiresAt: undefined,
  notBefore: undefined,
  claims
})
