/**
 * What an authorization server has to be able to do, without a word of HTTP: who its clients are, what it gave them,
 * and what that was worth. The routes around it check what can be checked without it: client authentication, redirect
 * URIs, PKCE, scopes, resources, expiry.
 *
 * `EmbeddedProvider` is a ready-made one. Write your own to put users, consent and tokens that you have already behind
 * the same routes.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { JSONWebKeySet } from "jose"
import type { Claims } from "./Principal.ts"
import { described } from "./server/Description.ts"

export type GrantType = "authorization_code" | "refresh_token" | "client_credentials"

export type AuthenticationMethod = "none" | "client_secret_basic" | "client_secret_post" | "private_key_jwt"

export interface Client {
  readonly id: string
  readonly authentication: AuthenticationMethod
  /** What `Clients.digest` makes of its secret. The secret itself is not kept. */
  readonly secretDigest?: string
  /** In milliseconds since 1970; without it the secret does not expire. */
  readonly secretExpiresAt?: number
  /** The public keys its assertions are signed with, for `private_key_jwt`. */
  readonly jwks?: JSONWebKeySet
  readonly redirectUris: ReadonlyArray<string>
  readonly grantTypes: ReadonlyArray<GrantType>
  /** What it may ask for; without it, everything that is valid. */
  readonly scopes?: ReadonlyArray<string>
  /** What it calls itself. Not to be believed, unless it was registered by hand. */
  readonly name?: string
  readonly uri?: string
  /** How it came here: by hand, by registering itself, or by a document that it publishes. */
  readonly origin: "configured" | "registered" | "document"
}

/** An authorization request that is in order. */
export interface AuthorizationRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string | undefined
  readonly scopes: ReadonlyArray<string>
  /** SHA-256 of the verifier, in Base64url: there is no other method. */
  readonly codeChallenge: string
  /** The server the tokens are for. */
  readonly resource: string
}

/** What somebody allowed a client to do. Times in milliseconds since 1970. */
export interface Granted {
  readonly clientId: string
  readonly subject: string
  readonly scopes: ReadonlyArray<string>
  readonly resource: string
  readonly expiresAt: number
}

export interface AuthorizationCode extends Granted {
  readonly code: Redacted.Redacted<string>
  readonly redirectUri: string
  readonly codeChallenge: string
}

export interface RefreshToken extends Granted {
  readonly _tag: "RefreshToken"
  readonly token: Redacted.Redacted<string>
}

export interface AccessToken extends Granted {
  readonly _tag: "AccessToken"
  readonly token: Redacted.Redacted<string>
  /** More that is to be said about it to whoever may ask. */
  readonly claims?: Claims
}

export interface Tokens {
  readonly accessToken: Redacted.Redacted<string>
  /** In seconds. */
  readonly expiresIn: number
  readonly scopes: ReadonlyArray<string>
  readonly refreshToken?: Redacted.Redacted<string>
}

/** The client cannot be registered like this. The description is for its developer. */
export class RegistrationError extends Schema.TaggedError<RegistrationError>()("RegistrationError", {
  error: Schema.Literals(["invalid_redirect_uri", "invalid_client_metadata", "temporarily_unavailable"]),
  description: Schema.String
}) {
  override get message(): string {
    return this.description
  }
}

/** The answer to an authorization request that leads nowhere. It reaches the client by a redirect. */
export class AuthorizeError extends Schema.TaggedError<AuthorizeError>()("AuthorizeError", {
  error: Schema.Literals([
    "invalid_request",
    "unauthorized_client",
    "access_denied",
    "unsupported_response_type",
    "invalid_scope",
    "invalid_target",
    "server_error",
    "temporarily_unavailable"
  ]),
  description: Schema.String
}) {
  override get message(): string {
    return this.description
  }
}

/** No tokens for this. */
export class TokenError extends Schema.TaggedError<TokenError>()("TokenError", {
  error: Schema.Literals([
    "invalid_request",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_target"
  ]),
  description: Schema.String
}) {
  override get message(): string {
    return this.description
  }
}

export class AuthorizationProvider extends Context.Service<
  AuthorizationProvider,
  {
    /** `undefined` for a client nobody knows. */
    readonly getClient: (id: string) => Effect.Effect<Client | undefined>
    readonly registerClient: (client: Client) => Effect.Effect<void, RegistrationError>
    /** Where the browser goes next. In the end it must come back to the client with what `answer` makes. */
    readonly authorize: (client: Client, request: AuthorizationRequest) => Effect.Effect<URL, AuthorizeError>
    readonly loadAuthorizationCode: (
      client: Client,
      code: Redacted.Redacted<string>
    ) => Effect.Effect<AuthorizationCode | undefined>
    /** Must succeed once for each code, whoever else tries at the same time. */
    readonly exchangeAuthorizationCode: (
      client: Client,
      code: AuthorizationCode
    ) => Effect.Effect<Tokens, TokenError>
    readonly loadRefreshToken: (
      client: Client,
      token: Redacted.Redacted<string>
    ) => Effect.Effect<RefreshToken | undefined>
    /** The scopes are those of the token or fewer. The token is not good for another exchange. */
    readonly exchangeRefreshToken: (
      client: Client,
      token: RefreshToken,
      scopes: ReadonlyArray<string>
    ) => Effect.Effect<Tokens, TokenError>
    readonly loadAccessToken: (token: Redacted.Redacted<string>) => Effect.Effect<AccessToken | undefined>
    /** Ends the token, and with a refresh token all that came from the same authorization. */
    readonly revokeToken: (token: AccessToken | RefreshToken) => Effect.Effect<void>

    /** For clients that act for themselves. Without it there is no such grant. */
    readonly clientCredentials?: (
      client: Client,
      scopes: ReadonlyArray<string>,
      resource: string
    ) => Effect.Effect<Tokens, TokenError>
    /** Whether `getClient` knows clients whose id is the URL of a document about them. */
    readonly clientDocuments?: boolean
    /** The public keys its access tokens are signed with, if they are. */
    readonly keys?: Effect.Effect<JSONWebKeySet>
  }
>()("mcp-effect/auth/AuthorizationProvider") {}

/**
 * The redirect back to the client: with a code or an error, and with what every answer must have, its state and the
 * issuer (RFC 9207).
 *
 * @example
 * ```ts
 * import * as AuthorizationProvider from "mcp-effect/AuthorizationProvider"
 *
 * const request = { redirectUri: "http://127.0.0.1:3000/callback?a=b", state: "s" }
 *
 * // http://127.0.0.1:3000/callback?a=b&code=c&state=s&iss=https%3A%2F%2Flogin.example.com
 * export const back = AuthorizationProvider.answer("https://login.example.com", request, { code: "c" })
 * ```
 */
export const answer = (
  issuer: string,
  { redirectUri, state }: Pick<AuthorizationRequest, "redirectUri" | "state">,
  parameters: { readonly [name: string]: string }
): URL => {
  const added = new URLSearchParams(parameters)
  const { error_description: description } = parameters
  if (description !== undefined) added.set("error_description", described(description))
  if (state !== undefined) added.append("state", state)
  added.append("iss", issuer)
  const url = new URL(redirectUri)
  // What is there already stays as it is written: `searchParams` would write it anew.
  url.search = url.search === "" ? `${added}` : `${url.search}&${added}`
  return url
}
