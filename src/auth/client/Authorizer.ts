/**
 * The authorization of a client at one server: which token to send, and what to do when it is not accepted. However
 * many requests find out at once, one of them acts and the others wait for what comes of it.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AuthorizationError } from "./AuthorizationError.ts"
import * as Challenge from "./Challenge.ts"
import type { Credentials, Grant } from "./Credentials.ts"
import type { Discovery, Place } from "./Discovery.ts"
import type { Flow } from "./Flow.ts"
import * as Renewal from "./Renewal.ts"
import * as ScopeSet from "./ScopeSet.ts"
import type { ServerMetadata } from "./ServerMetadata.ts"

export interface Options {
  readonly credentials: Credentials
  readonly discovery: Discovery
  readonly flow: Flow
  readonly renewal: Renewal.Renewal
  /** Scopes the application wants in any case. */
  readonly scopes: ScopeSet.ScopeSet
}

/** A refusal of the server. */
export interface Rejection {
  /** What was sent; `undefined`: nothing. */
  readonly held: Renewal.Held | undefined
  readonly demand: Challenge.Demand
  /** Headers to send along when the server is asked about itself. */
  readonly headers: { readonly [name: string]: string }
  /** What was sent is fresh: refreshing it once more would not help. */
  readonly fresh: boolean
}

/** What came of it. */
export interface Renewed {
  readonly held: Renewal.Held
  /** `found`: somebody else had got it, so it may be rejected, too. */
  readonly how: "found" | "refreshed" | "authorized"
}

type Failing<A> = Effect.Effect<A, AuthorizationError>

export interface Authorizer {
  /** What to send. A token whose time is over is renewed first, where nobody has to be asked for that. */
  readonly current: Effect.Effect<Renewal.Held | undefined>
  /** Something better than what was rejected; `undefined` if there is nothing left to try. */
  readonly renew: (rejection: Rejection) => Failing<Renewed | undefined>
  /** The server was content: what it asked for before may be asked for again. */
  readonly accepted: (demand: Challenge.Demand) => void
  /** A new authorization, whatever there is. */
  readonly authorize: (rejection: Rejection) => Failing<Renewal.Held | undefined>
  /** Another value as soon as requests are authorized by somebody else, or for other things. */
  readonly authority: () => number
  /** Forgets what is in memory. */
  readonly forget: () => void
}

/** How often the same scopes are asked for in vain. */
const maxStepUps = 3
/** A token that is about to expire would do so on its way. */
const margin = 10_000

export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Authorizer, never, Scope.Scope> {
  const { credentials, discovery, flow, renewal, scopes } = options
  const scope = yield* Effect.scope
  let held: Renewal.Held | undefined
  let loaded = false
  let flight: Deferred.Deferred<Renewed | undefined, AuthorizationError> | undefined
  let authority = 0
  const stepUps = new Map<string, number>()

  /** A refresh is of the same authorization; whoever is asked anew may be somebody else. */
  const isSame = ({ held: next, how }: Renewed) =>
    held !== undefined &&
    (how === "refreshed" || (how === "authorized" && flow.silent)) &&
    ScopeSet.format(held.grant.granted) === ScopeSet.format(next.grant.granted)

  const keep = (next: Renewed | undefined) => {
    loaded = true
    if (next !== undefined && !isSame(next)) authority++
    held = next?.held ?? held
    return next
  }

  /**
   * Whoever comes first starts it, and it goes on if they leave: a user who is signing in is not interrupted because
   * the request that made them do it was given up.
   */
  const together = (act: Failing<Renewed | undefined>): Failing<Renewed | undefined> =>
    Effect.uninterruptibleMask((restore) => {
      if (flight !== undefined) return restore(Deferred.await(flight))
      const arrival = Deferred.makeUnsafe<Renewed | undefined, AuthorizationError>()
      flight = arrival
      return Effect.flatMap(Effect.forkIn(Effect.interruptible(Effect.map(act, keep)), scope), (fiber) => {
        fiber.addObserver((exit) => {
          flight = undefined
          Deferred.doneUnsafe(arrival, exit)
        })
        return restore(Deferred.await(arrival))
      })
    })

  const found = (kept: Grant): Effect.Effect<Renewed | undefined> =>
    Effect.map(renewal.hold(kept), (held) => (held === undefined ? undefined : { held, how: "found" }))

  const load = Effect.gen(function* () {
    const kept = yield* credentials.current
    return keep(kept === undefined ? undefined : yield* found(kept))?.held
  })

  /** What others got, if it may be better than what was rejected. */
  const other = Effect.fnUntraced(function* (rejection: Rejection, issuer?: string) {
    const kept = yield* issuer === undefined ? credentials.current : credentials.grant(issuer)
    const better =
      kept !== undefined &&
      (rejection.held === undefined || !Renewal.isSame(kept, rejection.held.grant)) &&
      ScopeSet.covers(kept.granted, ScopeSet.parse(rejection.demand.scope))
    if (!better) return undefined
    if (issuer !== undefined) yield* credentials.keepGrant(kept)
    return yield* found(kept)
  })

  const locate = ({ demand, headers }: Rejection) =>
    discovery.locate(demand, headers, [...(held === undefined ? [] : [held.grant.issuer]), ...flow.preferred])

  /** Least first: what the server asks for now, what the application wants, what was asked for before. */
  const wanted = (demand: Challenge.Demand, place: Place, before: ScopeSet.ScopeSet) => {
    const known = ScopeSet.union(before, scopes, ScopeSet.parse(demand.scope))
    return known.length > 0 ? known : ScopeSet.union(place.scopes ?? [])
  }

  const ask = Effect.fnUntraced(function* (rejection: Rejection, place: Place) {
    const before = yield* credentials.grant(place.metadata.issuer)
    const held = yield* renewal.obtain(place, wanted(rejection.demand, place, before?.requested ?? []))
    return { held, how: "authorized" } satisfies Renewed
  })

  const refresh = (stale: Renewal.Held, metadata: ServerMetadata): Failing<Renewed | undefined> =>
    Effect.map(renewal.refresh(stale, metadata), (held) =>
      held === undefined ? undefined : { held, how: "refreshed" }
    )

  const replace = Effect.fnUntraced(function* (rejection: Rejection) {
    const better = yield* other(rejection)
    if (better !== undefined) return better
    const place = yield* locate(rejection)
    const { issuer } = place.metadata
    if (rejection.held?.grant.issuer !== issuer) {
      const earlier = yield* other(rejection, issuer)
      if (earlier !== undefined) return earlier
    } else if (!rejection.fresh) {
      const refreshed = yield* refresh(rejection.held, place.metadata)
      if (refreshed !== undefined) return refreshed
    }
    return yield* ask(rejection, place)
  })

  const stepUp = Effect.fnUntraced(function* (rejection: Rejection) {
    const better = yield* other(rejection)
    if (better !== undefined) return better
    const key = stepUpKey(rejection.demand)
    const count = (stepUps.get(key) ?? 0) + 1
    if (count > maxStepUps) return undefined
    stepUps.set(key, count)
    return yield* ask(rejection, yield* locate(rejection))
  })

  const renew: Authorizer["renew"] = (rejection) => {
    const more = rejection.demand.error === "insufficient_scope"
    const granted = rejection.held?.grant.granted ?? []
    // The server wants what has just been granted: asking again would change nothing.
    if (more && rejection.fresh && ScopeSet.covers(granted, ScopeSet.parse(rejection.demand.scope))) {
      return Effect.succeed(undefined)
    }
    return Effect.tapError(together(more ? stepUp(rejection) : replace(rejection)), () => discovery.forget)
  }

  /** A new token where nobody has to be asked for it. */
  const silently = Effect.fnUntraced(function* (stale: Renewal.Held) {
    const { issuer, key, requested, resource } = stale.grant
    const metadata = yield* discovery.metadata(issuer)
    if (!flow.silent) return yield* refresh(stale, metadata)
    const place = { metadata, described: true, resource, scopes: undefined, bound: key !== undefined }
    return { held: yield* renewal.obtain(place, requested), how: "authorized" } satisfies Renewed
  })

  const current = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const known = loaded ? held : yield* load
    const expired = known?.grant.expiresAt !== undefined && known.grant.expiresAt - margin <= now
    if (!expired || (!flow.silent && known.grant.refreshToken === undefined)) return known
    return (yield* together(silently(known)))?.held ?? known
  })

  return {
    // Whatever is wrong will be found out, and said, when the server wants more than we have.
    current: Effect.catch(current, () => Effect.sync(() => held)),
    renew,
    accepted: (demand) => void stepUps.delete(stepUpKey(demand)),
    authorize: (rejection) =>
      Effect.map(
        together(Effect.flatMap(locate(rejection), (place) => ask(rejection, place))),
        (renewed) => renewed?.held
      ),
    authority: () => authority,
    forget: () => {
      authority++
      held = undefined
      loaded = false
    }
  }
})

const stepUpKey = ({ scope }: Challenge.Demand) => ScopeSet.format(ScopeSet.parse(scope).toSorted())
