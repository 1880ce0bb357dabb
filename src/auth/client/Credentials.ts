/**
 * What a client was given, typed, in a `TokenStore`. Everything belongs to the issuer that gave it: what one
 * authorization server gave is not found when another one is asked.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#authorization-server-binding
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { TokenStore } from "../TokenStore.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import type { Client } from "./Client.ts"

/** A registration that was made by the client itself. */
export interface KeptClient {
  readonly client: Client
  readonly redirectUri: string
  readonly expiresAt: number | undefined
}

/** An authorization: what may be done at one server, as one client of one authorization server. */
export interface Grant {
  readonly issuer: string
  readonly clientId: string
  readonly resource: string
  readonly accessToken: Redacted.Redacted
  readonly refreshToken: Redacted.Redacted | undefined
  readonly expiresAt: number | undefined
  /** Scopes that were asked for, in all. */
  readonly requested: ReadonlyArray<string>
  readonly granted: ReadonlyArray<string>
  /** The key the tokens are bound to. */
  readonly key: Redacted.Redacted | undefined
}

type Failing<A> = Effect.Effect<A, AuthorizationError.AuthorizationError>

export interface Credentials {
  /** The client to be at an issuer, or one of this id that there was before: authorizations stay with theirs. */
  readonly client: (issuer: string, id?: string) => Failing<KeptClient | undefined>
  readonly keepClient: (issuer: string, kept: KeptClient) => Failing<void>
  readonly dropClient: (issuer: string, id?: string) => Failing<void>
  /** The authorization of an issuer for the server. */
  readonly grant: (issuer: string) => Failing<Grant | undefined>
  /** The authorization that was last used for the server. */
  readonly current: Failing<Grant | undefined>
  readonly keepGrant: (grant: Grant) => Failing<void>
  readonly dropGrant: (issuer: string) => Failing<void>
  /** Runs while nobody else who shares the store changes the authorization of an issuer for the server. */
  readonly exclusively: <A>(issuer: string, effect: Failing<A>) => Failing<A>
}

const text = Schema.optionalKey(Schema.String)

const ClientRecord = Schema.fromJsonString(
  Schema.Struct({
    id: Schema.String,
    secret: text,
    method: text,
    redirectUri: Schema.String,
    expiresAt: Schema.optionalKey(Schema.Finite)
  })
)
const GrantRecord = Schema.fromJsonString(
  Schema.Struct({
    issuer: Schema.String,
    clientId: Schema.String,
    resource: Schema.String,
    accessToken: Schema.String,
    refreshToken: text,
    expiresAt: Schema.optionalKey(Schema.Finite),
    requested: Schema.Array(Schema.String),
    granted: Schema.Array(Schema.String),
    key: text
  })
)

const decodeClient = Schema.decodeUnknownResult(ClientRecord)
const decodeGrant = Schema.decodeUnknownResult(GrantRecord)

/** The credentials of one server. */
export const make = (store: TokenStore["Service"], server: string): Credentials => {
  const keys = {
    client: (issuer: string) => `client ${issuer}`,
    earlier: (issuer: string, id: string) => `client ${issuer} ${id}`,
    grant: (issuer: string) => `grant ${server} ${issuer}`,
    issuer: `issuer ${server}`
  }
  const get = (key: string) => Effect.mapError(store.get(key), AuthorizationError.ofStore)
  const set = (key: string, value: string) =>
    Effect.mapError(store.set(key, Redacted.make(value)), AuthorizationError.ofStore)
  const remove = (key: string) => Effect.mapError(store.remove(key), AuthorizationError.ofStore)

  const grant: Credentials["grant"] = (issuer) =>
    Effect.map(get(keys.grant(issuer)), (kept) => {
      const record = decodeGrant(kept && Redacted.value(kept))
      if (Result.isFailure(record)) return undefined
      const { accessToken, expiresAt, key, refreshToken, ...rest } = record.success
      return {
        ...rest,
        accessToken: Redacted.make(accessToken),
        refreshToken: hidden(refreshToken),
        expiresAt,
        key: hidden(key)
      }
    })

  const clientAt = (key: string) =>
    Effect.map(get(key), (kept): KeptClient | undefined => {
      const record = decodeClient(kept && Redacted.value(kept))
      if (Result.isFailure(record)) return undefined
      const { expiresAt, id, method, redirectUri, secret } = record.success
      const client = {
        id,
        ...(secret !== undefined && { secret: Redacted.make(secret) }),
        ...(method !== undefined && { method })
      }
      return { client, redirectUri, expiresAt }
    })
  const setClient = (key: string, { client, expiresAt, redirectUri }: KeptClient) => {
    const { id, method, secret } = client
    return set(key, JSON.stringify({ id, secret: shown(secret), method, redirectUri, expiresAt }))
  }

  const client: Credentials["client"] = Effect.fnUntraced(function* (issuer, id) {
    const newest = yield* clientAt(keys.client(issuer))
    return id === undefined || newest?.client.id === id ? newest : yield* clientAt(keys.earlier(issuer, id))
  })

  return {
    client,
    keepClient: Effect.fnUntraced(function* (issuer, kept) {
      const before = yield* client(issuer)
      if (before !== undefined && before.client.id !== kept.client.id) {
        yield* setClient(keys.earlier(issuer, before.client.id), before)
      }
      yield* setClient(keys.client(issuer), kept)
    }),
    dropClient: Effect.fnUntraced(function* (issuer, id) {
      const newest = yield* client(issuer)
      if (id === undefined || newest?.client.id === id) yield* remove(keys.client(issuer))
      else yield* remove(keys.earlier(issuer, id))
    }),
    grant,
    current: Effect.flatMap(get(keys.issuer), (issuer) =>
      issuer === undefined ? Effect.succeed(undefined) : grant(Redacted.value(issuer))
    ),
    keepGrant: ({ accessToken, key, refreshToken, ...rest }) =>
      Effect.andThen(
        set(
          keys.grant(rest.issuer),
          JSON.stringify({
            ...rest,
            accessToken: shown(accessToken),
            refreshToken: shown(refreshToken),
            key: shown(key)
          })
        ),
        set(keys.issuer, rest.issuer)
      ),
    dropGrant: (issuer) => remove(keys.grant(issuer)),
    exclusively: (issuer, effect) =>
      Effect.mapError(store.exclusively(keys.grant(issuer), effect), (error) =>
        error._tag === "TokenStoreError" ? AuthorizationError.ofStore(error) : error
      )
  }
}

const hidden = (value: string | undefined) => (value === undefined ? undefined : Redacted.make(value))
const shown = (value: Redacted.Redacted | undefined) =>
  value === undefined ? undefined : Redacted.value(value)
