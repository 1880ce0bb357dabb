/** Gets an authorization, new or refreshed, checks what came, and keeps it. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { GuardedHttp } from "../GuardedHttp.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import * as BoundKey from "./BoundKey.ts"
import type { Client } from "./Client.ts"
import type { Credentials, Grant } from "./Credentials.ts"
import type { Place } from "./Discovery.ts"
import type { Flow } from "./Flow.ts"
import * as Secrets from "../Secrets.ts"
import * as ScopeSet from "./ScopeSet.ts"
import type { ServerMetadata } from "./ServerMetadata.ts"
import * as TokenEndpoint from "./TokenEndpoint.ts"

export interface Options {
  readonly guard: GuardedHttp["Service"]
  readonly near: string
  readonly credentials: Credentials
  readonly flow: Flow
  /** Whether scopes that nobody asked for are accepted. */
  readonly extraScopes: boolean
  /** Whether tokens are bound to a key; `undefined`: when the server wants it. */
  readonly bound: boolean | undefined
}

/** An authorization in use, with the key it is bound to. */
export interface Held {
  readonly grant: Grant
  readonly key: BoundKey.BoundKey | undefined
}

type Failing<A> = Effect.Effect<A, AuthorizationError.AuthorizationError>

export interface Renewal {
  /** A new authorization for these scopes. */
  readonly obtain: (place: Place, scopes: ScopeSet.ScopeSet) => Failing<Held>
  /** A refreshed one; `undefined` when the authorization server has to be asked anew. */
  readonly refresh: (held: Held, metadata: ServerMetadata) => Failing<Held | undefined>
  /** Makes what was kept ready for use; `undefined` if its key cannot be used any more. */
  readonly hold: (grant: Grant) => Effect.Effect<Held | undefined>
}

export const isSame = (one: Grant, other: Grant): boolean =>
  Secrets.same(Redacted.value(one.accessToken), Redacted.value(other.accessToken))

export const make = ({ bound, credentials, extraScopes, flow, guard, near }: Options): Renewal => {
  const wantsKey = ({ bound: demanded, metadata }: Place) =>
    bound === undefined
      ? demanded
      : bound && metadata.dpop_signing_alg_values_supported?.includes("ES256") === true

  /** A client that is unknown where it registered itself registers again next time. */
  const forgetClient = (issuer: string, id?: string) => (error: AuthorizationError.AuthorizationError) =>
    error.code === "invalid_client" ? credentials.dropClient(issuer, id) : Effect.void

  const accept = Effect.fnUntraced(function* (
    issuer: string,
    { tokens, ...known }: Accepting
  ): Effect.fn.Return<Held, AuthorizationError.AuthorizationError> {
    const granted = tokens.scope === undefined ? known.granted : ScopeSet.parse(tokens.scope)
    const extra = ScopeSet.without(granted, known.requested)
    if (known.requested.length > 0 && extra.length > 0 && !extraScopes) {
      return yield* AuthorizationError.make(
        "Scopes",
        `${issuer} granted more than was asked for: ${AuthorizationError.quoted(ScopeSet.format(extra))}`
      )
    }
    if (tokens.type !== "bearer" && !(tokens.type === "dpop" && known.key !== undefined)) {
      return yield* AuthorizationError.make(
        "Token",
        `${issuer} gave a token of a type that was not asked for: ${AuthorizationError.quoted(tokens.type)}`
      )
    }
    const key = tokens.type === "dpop" ? known.key : undefined
    const grant: Grant = {
      issuer,
      clientId: known.client.id,
      resource: known.resource,
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken ?? known.refreshToken,
      expiresAt: tokens.expiresAt,
      requested: known.requested,
      granted,
      key: key?.text
    }
    yield* credentials.keepGrant(grant)
    return { grant, key }
  })

  const obtain: Renewal["obtain"] = Effect.fnUntraced(function* (place, scopes) {
    const { issuer } = place.metadata
    const key = wantsKey(place) ? yield* BoundKey.generate : undefined
    const { client, requested, tokens } = yield* Effect.tapError(
      flow.obtain({ place, scopes, key }),
      forgetClient(issuer)
    )
    return yield* accept(issuer, {
      client,
      tokens,
      key,
      requested,
      granted: requested,
      resource: place.resource,
      refreshToken: undefined
    })
  })

  const hold: Renewal["hold"] = (grant) =>
    grant.key === undefined
      ? Effect.succeed({ grant, key: undefined })
      : Effect.map(BoundKey.restore(grant.key), (key) => (key === undefined ? undefined : { grant, key }))

  /** What somebody else who shares the store got in the meantime. */
  const newer = (grant: Grant) =>
    Effect.flatMap(credentials.grant(grant.issuer), (kept) =>
      kept === undefined || isSame(kept, grant) ? Effect.succeed(undefined) : hold(kept)
    )

  const redeem = (held: Held, metadata: ServerMetadata, client: Client, refreshToken: Redacted.Redacted) => {
    const { grant, key } = held
    return Effect.flatMap(newer(grant), (found) =>
      found === undefined
        ? Effect.flatMap(
            TokenEndpoint.request({
              guard,
              near,
              metadata,
              client,
              key,
              form: { grant_type: "refresh_token", refresh_token: refreshToken, resource: grant.resource }
            }),
            (tokens) => accept(grant.issuer, { ...grant, client, tokens, key, refreshToken })
          )
        : Effect.succeed(found)
    )
  }

  const refresh: Renewal["refresh"] = Effect.fnUntraced(function* (held, metadata) {
    const { grant } = held
    const { refreshToken } = grant
    const client = yield* flow.client(grant.issuer, grant.clientId)
    if (refreshToken === undefined || client === undefined) return undefined
    return yield* credentials.exclusively(grant.issuer, redeem(held, metadata, client, refreshToken)).pipe(
      Effect.tapError(forgetClient(grant.issuer, grant.clientId)),
      // Refused for good: whoever shares a store without turns may have been faster.
      Effect.catchIf(
        ({ reason }) => reason === "Token",
        () => newer(grant)
      )
    )
  })

  return { obtain, refresh, hold }
}

interface Accepting {
  readonly client: Client
  readonly tokens: TokenEndpoint.Tokens
  readonly key: BoundKey.BoundKey | undefined
  readonly requested: ScopeSet.ScopeSet
  /** What is granted if the authorization server does not say. */
  readonly granted: ScopeSet.ScopeSet
  readonly resource: string
  readonly refreshToken: Redacted.Redacted | undefined
}
