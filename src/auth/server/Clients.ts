/** The clients of an embedded authorization server: those in its configuration, and those that registered. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { JSONWebKeySet } from "jose"
import {
  type AuthenticationMethod,
  type Client,
  type GrantType,
  RegistrationError
} from "../AuthorizationProvider.ts"
import type { OAuthStore } from "../OAuthStore.ts"
import * as Digests from "./Digests.ts"

/** A client that is known beforehand. */
export interface Configured {
  readonly id: string
  readonly name?: string
  /** Without a secret and without keys it is a public client. */
  readonly secret?: Redacted.Redacted<string>
  readonly jwks?: JSONWebKeySet
  /** How it sends its secret. Default: HTTP Basic. */
  readonly authentication?: "client_secret_basic" | "client_secret_post"
  /** For the authorization code grant. */
  readonly redirectUris?: ReadonlyArray<string>
  /** By default those that it can use with what it has. */
  readonly grantTypes?: readonly [GrantType, ...ReadonlyArray<GrantType>]
  readonly scopes?: ReadonlyArray<string>
}

export const configured = (given: Configured): Effect.Effect<Client> =>
  Effect.gen(function* () {
    const { authentication, grantTypes, id, jwks, name, redirectUris = [], scopes, secret } = given
    return {
      id,
      origin: "configured",
      authentication: methodOf(authentication, secret, jwks),
      redirectUris,
      grantTypes:
        grantTypes ??
        (redirectUris.length === 0 ? ["client_credentials"] : ["authorization_code", "refresh_token"]),
      ...(name === undefined ? {} : { name }),
      ...(scopes === undefined ? {} : { scopes }),
      ...(jwks === undefined ? {} : { jwks }),
      ...(secret === undefined ? {} : { secretDigest: yield* Digests.digest(Redacted.value(secret)) })
    }
  })

const methodOf = (
  authentication: Configured["authentication"],
  secret: Configured["secret"],
  jwks: Configured["jwks"]
): AuthenticationMethod => {
  if (jwks !== undefined) return "private_key_jwt"
  return secret === undefined ? "none" : (authentication ?? "client_secret_basic")
}

export interface Limits {
  /** Clients that registered themselves. Default: 10,000. */
  readonly most: number
  /** A client that nobody has agreed to is forgotten after this. Default: one day. */
  readonly unused: Duration.Duration
  /** One that was in use, after this since it was used last. Default: 180 days. */
  readonly idle: Duration.Duration
}

export interface Clients {
  readonly get: (id: string) => Effect.Effect<Client | undefined>
  readonly register: (client: Client) => Effect.Effect<void, RegistrationError>
  /** Somebody has agreed to it, or it came back. */
  readonly used: (client: Client) => Effect.Effect<void>
}

const prefix = "client:"

export const make = (
  known: ReadonlyArray<Client>,
  store: OAuthStore["Service"],
  limits: Limits,
  documented: (id: string) => Effect.Effect<Client | undefined>
): Clients => {
  const byId = new Map(known.map((client) => [client.id, client]))
  const until = (lifetime: Duration.Duration) =>
    Effect.map(Clock.currentTimeMillis, (now) => now + Duration.toMillis(lifetime))
  return {
    get: (id) =>
      Effect.gen(function* () {
        const given = byId.get(id)
        // Looked for in every case: else the time it takes says which ids there are.
        const text = yield* store.get(`${prefix}${id}`)
        if (given !== undefined) return given
        return text === undefined ? yield* documented(id) : (JSON.parse(text) as Client)
      }).pipe(Effect.orDie),
    register: (client) =>
      Effect.gen(function* () {
        if ((yield* Effect.orDie(store.count(prefix))) >= limits.most) {
          return yield* new RegistrationError({
            error: "temporarily_unavailable",
            description: "There are too many clients"
          })
        }
        const entry = { value: JSON.stringify(client), expiresAt: yield* until(limits.unused) }
        yield* Effect.orDie(store.add(`${prefix}${client.id}`, entry))
      }),
    used: (client) =>
      client.origin === "registered"
        ? Effect.gen(function* () {
            const value = JSON.stringify(client)
            yield* store.swap(`${prefix}${client.id}`, value, { value, expiresAt: yield* until(limits.idle) })
          }).pipe(Effect.orDie)
        : Effect.void
  }
}
