/** The tokens somebody else gave for a user, sealed, for as long as what they allow here lasts. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Turns from "../client/Turns.ts"
import type { OAuthStore } from "../OAuthStore.ts"
import type { Principal } from "../Principal.ts"
import { NoUpstreamToken } from "../UpstreamTokens.ts"
import type { Keyring } from "./Keyring.ts"
import type { Form, Kept, Redirect } from "./SignInMethod.ts"

export interface UpstreamFamilies {
  readonly keep: (family: string, tokens: Kept) => Effect.Effect<void>
  /** Whether whoever gave them still stands by them. */
  readonly alive: (family: string | undefined) => Effect.Effect<boolean>
  readonly of: (principal: Principal["Service"]) => Effect.Effect<Redacted.Redacted<string>, NoUpstreamToken>
}

const purpose = "upstream"
const keyOf = (family: string) => `upstream:${family}`

export const make = (
  store: OAuthStore["Service"],
  keyring: Keyring,
  signIn: Form | Redirect,
  issuer: string,
  longest: Duration.Duration
): UpstreamFamilies => {
  const entry = (family: string, tokens: Kept) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const value = yield* keyring.seal(purpose, tokens)
      return { value, group: family, expiresAt: now + Duration.toMillis(longest) }
    })

  const turns = Turns.make()

  /**
   * `undefined` if there are none any more, or never were. One at a time: a refresh token may be good for one use. Other
   * nodes may still do it at the same time.
   */
  const renewed = (family: string): Effect.Effect<Kept | undefined> =>
    Effect.gen(function* () {
      const text = yield* store.get(keyOf(family))
      if (text === undefined || signIn._tag === "Form") return undefined
      const tokens = (yield* keyring.open(purpose, text)) as Kept | undefined
      const good = tokens === undefined ? undefined : yield* signIn.renew(tokens)
      if (good === undefined || good === tokens) return good
      yield* store.swap(keyOf(family), text, yield* entry(family, good))
      return good
    }).pipe(Effect.orDie, (renewal) => turns(family, renewal))

  return {
    keep: (family, tokens) =>
      Effect.orDie(Effect.flatMap(entry(family, tokens), (made) => store.add(keyOf(family), made))),
    alive: (family) =>
      family === undefined
        ? Effect.succeed(false)
        : Effect.map(renewed(family), (tokens) => tokens !== undefined),
    of: ({ claims, issuer: from }) =>
      Effect.gen(function* () {
        const family = claims["sid"]
        const tokens = from === issuer && typeof family === "string" ? yield* renewed(family) : undefined
        return tokens === undefined ? yield* new NoUpstreamToken() : Redacted.make(tokens.accessToken)
      })
  }
}
