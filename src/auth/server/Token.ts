/** The token endpoint: codes, refresh tokens and client credentials become tokens. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Redacted from "effect/Redacted"
import {
  type AuthorizationProvider,
  type Client,
  type Granted,
  type GrantType,
  TokenError,
  type Tokens
} from "../AuthorizationProvider.ts"
import { scopesOf } from "./Authorize.ts"
import { authenticate } from "./ClientAuthentication.ts"
import * as Pkce from "./Pkce.ts"
import type { Seen } from "./Seen.ts"
import { type Resolved, resourceOf } from "./Settings.ts"
import * as Wire from "./Wire.ts"

type Provider = AuthorizationProvider["Service"]
type Exchange = Effect.Effect<Tokens, TokenError>

export const handle = (
  request: HttpServerRequest,
  provider: Provider,
  settings: Resolved,
  seen: Seen
): Effect.Effect<Wire.Response, Wire.Refusal> =>
  Effect.gen(function* () {
    const parameters = yield* Wire.form(request)
    const client = yield* authenticate(request, parameters, provider, settings, seen)
    const tokens = yield* Effect.mapError(
      exchange(parameters, client, provider, settings),
      ({ description, error }) => Wire.refuse(400, error, description)
    )
    return Wire.json(200, {
      access_token: Redacted.value(tokens.accessToken),
      token_type: "Bearer",
      expires_in: tokens.expiresIn,
      scope: tokens.scopes.join(" "),
      ...(tokens.refreshToken === undefined ? {} : { refresh_token: Redacted.value(tokens.refreshToken) })
    })
  })

const exchange = (
  parameters: Wire.Parameters,
  client: Client,
  provider: Provider,
  settings: Resolved
): Exchange => {
  const grant = parameters.get("grant_type")
  if (grant === undefined) return fail("invalid_request", "grant_type is missing")
  if (!isKnown(grant, provider)) return fail("unsupported_grant_type", "There is no such grant here")
  if (!client.grantTypes.includes(grant)) {
    return fail("unauthorized_client", "The client is not registered for this grant")
  }
  switch (grant) {
    case "authorization_code":
      return code(parameters, client, provider, settings)
    case "refresh_token":
      return refresh(parameters, client, provider, settings)
    case "client_credentials":
      return credentials(parameters, client, provider, settings)
  }
}

const isKnown = (grant: string, provider: Provider): grant is GrantType =>
  grant === "authorization_code" ||
  grant === "refresh_token" ||
  (grant === "client_credentials" && provider.clientCredentials !== undefined)

const code = (
  parameters: Wire.Parameters,
  client: Client,
  provider: Provider,
  settings: Resolved
): Exchange =>
  Effect.gen(function* () {
    const [sent, verifier] = [parameters.get("code"), parameters.get("code_verifier")]
    if (sent === undefined || verifier === undefined || !Pkce.isVerifier(verifier)) {
      return yield* fail("invalid_request", "code or code_verifier is missing or malformed")
    }
    const found = yield* provider.loadAuthorizationCode(client, Redacted.make(sent))
    if (found === undefined || !(yield* belongs(found, client))) return yield* spent
    const redirect = parameters.get("redirect_uri")
    if (redirect !== undefined && redirect !== found.redirectUri) {
      return yield* fail("invalid_grant", "redirect_uri is not the one of the authorization")
    }
    if (!(yield* Pkce.verify(verifier, found.codeChallenge))) {
      return yield* fail("invalid_grant", "code_verifier does not fit")
    }
    yield* sameResource(parameters, found, settings)
    return yield* provider.exchangeAuthorizationCode(client, found)
  })

const refresh = (
  parameters: Wire.Parameters,
  client: Client,
  provider: Provider,
  settings: Resolved
): Exchange =>
  Effect.gen(function* () {
    const sent = parameters.get("refresh_token")
    if (sent === undefined) return yield* fail("invalid_request", "refresh_token is missing")
    const found = yield* provider.loadRefreshToken(client, Redacted.make(sent))
    if (found === undefined || !(yield* belongs(found, client))) return yield* spent
    yield* sameResource(parameters, found, settings)
    const asked = parameters
      .get("scope")
      ?.split(" ")
      .filter((scope) => scope !== "")
    const scopes = asked ?? found.scopes
    if (!scopes.every((scope) => found.scopes.includes(scope))) {
      return yield* fail("invalid_scope", "More scopes need a new authorization")
    }
    return yield* provider.exchangeRefreshToken(client, found, scopes)
  })

const credentials = (
  parameters: Wire.Parameters,
  client: Client,
  provider: Provider,
  settings: Resolved
): Exchange => {
  const resource = resourceOf(settings, parameters.get("resource"))
  const { clientCredentials } = provider
  if (client.authentication === "none" || clientCredentials === undefined) {
    return fail("unauthorized_client", "Only a client that authenticates can act for itself")
  }
  if (resource === undefined) return fail("invalid_target", "resource is missing, or not one of this server")
  return scopesOf(parameters.get("scope"), client, settings).pipe(
    Effect.mapError(({ description }) => new TokenError({ error: "invalid_scope", description })),
    Effect.flatMap((scopes) => clientCredentials(client, scopes, resource))
  )
}

/** Said of whatever is unknown, of somebody else, or too old: these cannot be told apart. */
const spent = Effect.fail(
  new TokenError({ error: "invalid_grant", description: "It is not known, or not good any more" })
)

const belongs = (granted: Granted, client: Client): Effect.Effect<boolean> =>
  Effect.map(Clock.currentTimeMillis, (now) => granted.clientId === client.id && now < granted.expiresAt)

const sameResource = (parameters: Wire.Parameters, granted: Granted, settings: Resolved) => {
  const asked = parameters.get("resource")
  return asked === undefined || resourceOf(settings, asked) === granted.resource
    ? Effect.void
    : fail("invalid_target", "resource is not the one of the authorization")
}

const fail = (error: TokenError["error"], description: string) =>
  Effect.fail(new TokenError({ error, description }))
