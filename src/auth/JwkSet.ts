/**
 * The keys an issuer signs with, fetched when they are needed and kept while they are fresh. A key that is not among
 * them may be a new one, so it is looked for; but only so often, because anybody can make up the name of a key.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { CryptoKey, JSONWebKeySet, JWSHeaderParameters } from "jose"
import { JWKSMultipleMatchingKeys } from "jose/errors"
import { createLocalJWKSet, type LocalJWKSet } from "jose/jwks/local"
import { InvalidToken, VerifierUnavailable } from "./TokenVerifier.ts"

/** A set, and for how long its server says it is good; `undefined` if it does not say. */
export interface Fetched {
  readonly keys: JSONWebKeySet
  readonly maxAge: number | undefined
}

export interface JwkSet {
  /** The keys that may have signed this: one, unless the token does not name its key. */
  readonly find: (
    header: JWSHeaderParameters
  ) => Effect.Effect<ReadonlyArray<CryptoKey>, InvalidToken | VerifierUnavailable>
}

/** How often an issuer is asked at most, whatever tokens are sent. */
const cooldown = { cold: Duration.toMillis("1 second"), warm: Duration.toMillis("30 seconds") }
const freshness = {
  least: Duration.toMillis("1 minute"),
  usual: Duration.toMillis("10 minutes"),
  most: Duration.toMillis("1 day")
}
/** For how long an issuer that cannot be reached is remembered. */
const grace = Duration.toMillis("1 day")

interface Held {
  readonly resolve: LocalJWKSet
  readonly fetchedAt: number
  readonly freshUntil: number
}

/** What is fetched is fetched in the scope, so that nobody who waits for it can stop it by going away. */
export const make = (
  fetch: Effect.Effect<Fetched, VerifierUnavailable>
): Effect.Effect<JwkSet, never, Scope.Scope> => Effect.map(Effect.scope, (scope) => keeping(fetch, scope))

const keeping = (fetch: Effect.Effect<Fetched, VerifierUnavailable>, scope: Scope.Scope): JwkSet => {
  let held: Held | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  let running: Fiber.Fiber<void, VerifierUnavailable> | undefined

  const load = (now: number): Effect.Effect<void, VerifierUnavailable> =>
    Effect.ensuring(
      Effect.map(Effect.flatMap(fetch, resolver), ({ maxAge = freshness.usual, resolve }) => {
        const lifetime = Math.min(Math.max(maxAge, freshness.least), freshness.most)
        held = { resolve, fetchedAt: now, freshUntil: now + lifetime }
      }),
      Effect.sync(() => (running = undefined))
    )

  /** Asks the issuer, once for all who want to know, unless it was asked a moment ago. */
  const refresh = (now: number): Effect.Effect<void, VerifierUnavailable> =>
    Effect.suspend(() => {
      if (running !== undefined) return Fiber.join(running)
      if (now - askedAt < (held === undefined ? cooldown.cold : cooldown.warm)) return Effect.void
      askedAt = now
      return Effect.flatMap(Effect.forkIn(load(now), scope), (fiber) => {
        running = fiber
        return Fiber.join(fiber)
      })
    })

  /** What is held, however old it may be, is better than refusing everybody while the issuer cannot be reached. */
  const current = (now: number): Effect.Effect<Held, VerifierUnavailable> =>
    Effect.suspend(() => {
      if (held !== undefined && now < held.freshUntil) return Effect.succeed(held)
      return Effect.matchEffect(refresh(now), {
        onSuccess: () => usable(held, now),
        onFailure: (error) =>
          Effect.andThen(
            Effect.logWarning("The keys of the issuer cannot be fetched", error.why),
            usable(held, now)
          )
      })
    })

  return {
    find: (header) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.flatMap(current(now), (set) =>
          Effect.catch(lookUp(set, header), () =>
            Effect.flatMap(refresh(now), () =>
              Effect.flatMap(usable(held, now), (newer) => lookUp(newer, header))
            )
          )
        )
      )
  }
}

/** Without the fetching: for keys that are known beforehand. Throws when they are none. */
export const fixed = (keys: JSONWebKeySet): JwkSet => {
  const set = { resolve: createLocalJWKSet(keys) }
  return { find: (header) => lookUp(set, header) }
}

const resolver = ({
  keys,
  maxAge
}: Fetched): Effect.Effect<
  { readonly resolve: LocalJWKSet; readonly maxAge: number | undefined },
  VerifierUnavailable
> =>
  Effect.try({
    try: () => ({ resolve: createLocalJWKSet(keys), maxAge }),
    catch: () => new VerifierUnavailable({ why: "what the issuer gives for its keys are none" })
  })

const usable = (held: Held | undefined, now: number): Effect.Effect<Held, VerifierUnavailable> =>
  held !== undefined && now < held.fetchedAt + grace
    ? Effect.succeed(held)
    : Effect.fail(new VerifierUnavailable({ why: "the keys of the issuer are not known" }))

/** A token that does not name its key may be tried with this many. */
const tries = 4

const lookUp = (
  { resolve }: Pick<Held, "resolve">,
  header: JWSHeaderParameters
): Effect.Effect<ReadonlyArray<CryptoKey>, InvalidToken> =>
  Effect.tryPromise({
    try: async () => {
      try {
        return [await resolve(header)]
      } catch (error) {
        if (!(error instanceof JWKSMultipleMatchingKeys)) throw error
        const keys: Array<CryptoKey> = []
        for await (const key of error) if (keys.push(key) === tries) break
        return keys
      }
    },
    catch: () => new InvalidToken({ why: "signed with a key the issuer does not have" })
  })
