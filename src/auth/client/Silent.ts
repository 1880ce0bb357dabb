/** Flows that ask nobody: the client has something that proves what it may do. */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { GuardedHttp } from "../GuardedHttp.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import type { Client, Registered } from "./Client.ts"
import type { Flow, Wish } from "./Flow.ts"
import * as ScopeSet from "./ScopeSet.ts"
import type { SigningKey } from "./Signing.ts"
import * as ServerMetadata from "./ServerMetadata.ts"
import * as TokenEndpoint from "./TokenEndpoint.ts"

export interface Around {
  readonly guard: GuardedHttp["Service"]
  readonly near: string
}

/** The form of a token request, without client, resource and scope. */
type Grant = (
  wish: Wish
) => Effect.Effect<
  { readonly [name: string]: string | Redacted.Redacted },
  AuthorizationError.AuthorizationError
>

/** With an issuer, nothing of the client is shown to another one. */
const make = (
  { guard, near }: Around,
  client: Client & { readonly issuer?: string },
  grant: Grant
): Flow => ({
  silent: true,
  preferred: client.issuer === undefined ? [] : [client.issuer],
  obtain: Effect.fnUntraced(function* (wish) {
    const { metadata, resource } = wish.place
    if (client.issuer !== undefined && metadata.issuer !== client.issuer) {
      return yield* AuthorizationError.make(
        "IssuerChanged",
        `The server names the authorization server ${metadata.issuer}, and the client is registered with ${client.issuer}`
      )
    }
    const form = {
      ...(yield* grant(wish)),
      resource,
      scope: wish.scopes.length === 0 ? undefined : ScopeSet.format(wish.scopes)
    }
    const tokens = yield* TokenEndpoint.request({ guard, near, metadata, client, key: wish.key, form })
    return { client, tokens, requested: wish.scopes }
  }),
  foresee: () => Effect.void,
  kind: () => Effect.succeed(client.issuer === undefined ? "document" : "registered"),
  // What it gets it can get again, so nothing is refreshed.
  client: () => Effect.succeed(undefined)
})

/** The client acts on its own behalf. */
export const clientCredentials = (around: Around, client: Registered): Flow =>
  make(around, client, () => Effect.succeed({ grant_type: "client_credentials" }))

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

/** Somebody whom the authorization server trusts has signed for the client (RFC 7523, section 2.1). */
export const assertion = (
  around: Around,
  client: Registered,
  sign: (audience: string) => Effect.Effect<Redacted.Redacted, AuthorizationError.AuthorizationError>
): Flow =>
  make(around, client, ({ place }) =>
    Effect.map(sign(place.metadata.issuer), (assertion) => ({ grant_type: jwtBearer, assertion }))
  )

const exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
const idJag = "urn:ietf:params:oauth:token-type:id-jag"

export interface IdentityProvider {
  readonly issuer: string
  /** What the client is at the identity provider. */
  readonly client: Client
  /** What the user's sign-on left: an ID token, or what `subjectTokenType` says. */
  readonly subjectToken: Effect.Effect<Redacted.Redacted, AuthorizationError.AuthorizationError>
  readonly subjectTokenType: string
}

/** A client that is known by the URL of its description, at every authorization server that reads such. */
export interface Portable {
  readonly id: string
  readonly key?: SigningKey
}

/**
 * The user's organisation decides: what its identity provider signed at sign-on is exchanged there for a grant that
 * the authorization server of the resource redeems.
 */
export const enterprise = (around: Around, client: Registered | Portable, provider: IdentityProvider): Flow =>
  make(
    around,
    client,
    Effect.fnUntraced(function* ({ place, scopes }) {
      const { guard } = around
      const metadata = yield* ServerMetadata.fetch(guard, provider.issuer, provider.issuer)
      const grant = yield* TokenEndpoint.request({
        guard,
        near: provider.issuer,
        metadata,
        client: provider.client,
        form: {
          grant_type: exchange,
          requested_token_type: idJag,
          audience: place.metadata.issuer,
          resource: place.resource,
          scope: scopes.length === 0 ? undefined : ScopeSet.format(scopes),
          subject_token: yield* provider.subjectToken,
          subject_token_type: provider.subjectTokenType
        }
      })
      return grant.issuedType === idJag
        ? { grant_type: jwtBearer, assertion: grant.accessToken }
        : yield* AuthorizationError.make(
            "Token",
            `${provider.issuer} exchanged the token for something else than a grant`
          )
    })
  )
