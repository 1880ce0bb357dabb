/** Makes tokens, and tells the store of them. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Client, Tokens } from "../AuthorizationProvider.ts"
import type { OAuthStore, OAuthStoreError } from "../OAuthStore.ts"
import * as Digests from "./Digests.ts"
import type { Keyring } from "./Keyring.ts"
import { type AccessRecord, type Family, keyOf, type Lifetimes, type RefreshRecord } from "./Records.ts"

export interface Issuing {
  /** A refresh token is among them if the client is registered for that. */
  readonly issue: (
    client: Pick<Client, "grantTypes">,
    family: Family,
    scopes: ReadonlyArray<string>
  ) => Effect.Effect<Tokens, OAuthStoreError>
  /** Takes back what nobody was given. */
  readonly discard: (tokens: Tokens) => Effect.Effect<void, OAuthStoreError>
}

/** Without a keyring access tokens are random texts that only the store understands. */
export const make = (
  store: OAuthStore["Service"],
  issuer: string,
  lifetimes: Lifetimes,
  keyring: Keyring | undefined
): Issuing => {
  const access = (family: Family, scopes: ReadonlyArray<string>, now: number) =>
    Effect.gen(function* () {
      const { claims, clientId, endsAt, family: group, resource, subject } = family
      const seconds = Math.floor(now / 1000)
      const lifetime = Math.min(Duration.toSeconds(lifetimes.accessToken), (endsAt - now) / 1000)
      const expiresIn = Math.max(1, Math.floor(lifetime))
      const id = yield* Digests.secret
      const signed = {
        ...claims,
        iss: issuer,
        sub: subject,
        aud: resource,
        client_id: clientId,
        scope: scopes.join(" "),
        iat: seconds,
        exp: seconds + expiresIn,
        jti: id,
        sid: group
      }
      const token = keyring === undefined ? id : yield* keyring.sign(signed)
      const expiresAt = (seconds + expiresIn) * 1000
      const record: AccessRecord = { clientId, subject, scopes, resource, expiresAt, family: group, claims }
      yield* store.add(yield* keyOf("access", token), { value: JSON.stringify(record), expiresAt, group })
      return { accessToken: Redacted.make(token), expiresIn, scopes }
    })

  const refresh = (family: Family, now: number) =>
    Effect.gen(function* () {
      const token = yield* Digests.secret
      const expiresAt = Math.min(now + Duration.toMillis(lifetimes.refreshToken), family.endsAt)
      const record: RefreshRecord = { ...family, expiresAt }
      yield* store.add(yield* keyOf("refresh", token), {
        value: JSON.stringify(record),
        expiresAt,
        group: family.family
      })
      return Redacted.make(token)
    })

  return {
    issue: ({ grantTypes }, family, scopes) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const tokens = yield* access(family, scopes, now)
        return grantTypes.includes("refresh_token")
          ? { ...tokens, refreshToken: yield* refresh(family, now) }
          : tokens
      }),
    discard: ({ accessToken, refreshToken }) =>
      Effect.gen(function* () {
        yield* store.remove(yield* keyOf("access", Redacted.value(accessToken)))
        if (refreshToken !== undefined) {
          yield* store.remove(yield* keyOf("refresh", Redacted.value(refreshToken)))
        }
      })
  }
}
