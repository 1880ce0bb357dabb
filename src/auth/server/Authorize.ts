/**
 * The authorization endpoint. Until client and redirect URI are known to belong together nobody is redirected
 * anywhere; from there on every answer goes to the client, with its state and the issuer.
 */
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import {
  answer,
  AuthorizeError,
  type AuthorizationProvider,
  type AuthorizationRequest,
  type Client
} from "../AuthorizationProvider.ts"
import * as Scopes from "../Scopes.ts"
import * as Notice from "./Notice.ts"
import * as Pkce from "./Pkce.ts"
import * as RedirectUri from "./RedirectUri.ts"
import { type Resolved, resourceOf } from "./Settings.ts"
import * as Wire from "./Wire.ts"

export const handle = (
  request: HttpServerRequest,
  provider: AuthorizationProvider["Service"],
  settings: Resolved
): Effect.Effect<Wire.Response, Wire.Refusal> =>
  Effect.gen(function* () {
    const parameters = yield* request.method === "POST" ? Wire.form(request) : Wire.query(request)
    const client = yield* clientOf(parameters, provider)
    const redirectUri = yield* redirectOf(parameters, client)
    const back = { redirectUri, state: parameters.get("state") }
    return yield* read(parameters, client, back, settings).pipe(
      Effect.flatMap((asked) => Effect.map(provider.authorize(client, asked), Wire.redirect)),
      Effect.catch(({ description, error }) => {
        const target = answer(settings.issuer, back, { error, error_description: description })
        return isTrusted(client, redirectUri)
          ? Effect.succeed(Wire.redirect(target))
          : Notice.failed(400, description, target)
      })
    )
  })

/**
 * Whether a browser may be sent there without anybody having agreed to anything. Whoever registers a client chooses
 * where it is: a link to this server must not become a link to there. What is on the user's machine is no such place.
 */
const isTrusted = ({ origin }: Client, redirectUri: string): boolean =>
  origin === "configured" || RedirectUri.isLocal(redirectUri)

const clientOf = (parameters: Wire.Parameters, provider: AuthorizationProvider["Service"]) =>
  Effect.gen(function* () {
    const id = parameters.get("client_id")
    if (id === undefined) return yield* Wire.refuse(400, "invalid_request", "client_id is missing")
    const client = yield* provider.getClient(id)
    return client ?? (yield* Wire.refuse(400, "invalid_request", "The client is not known"))
  })

const redirectOf = (parameters: Wire.Parameters, client: Client): Effect.Effect<string, Wire.Refusal> => {
  const asked = parameters.get("redirect_uri")
  const [only, ...others] = client.redirectUris
  if (asked === undefined) {
    return only !== undefined && others.length === 0
      ? Effect.succeed(only)
      : Effect.fail(Wire.refuse(400, "invalid_request", "redirect_uri is missing"))
  }
  return client.redirectUris.some((registered) => RedirectUri.matches(registered, asked))
    ? Effect.succeed(asked)
    : Effect.fail(Wire.refuse(400, "invalid_request", "redirect_uri is not one of the client's"))
}

const longestState = 2048

const read = (
  parameters: Wire.Parameters,
  client: Client,
  { redirectUri, state }: Pick<AuthorizationRequest, "redirectUri" | "state">,
  settings: Resolved
): Effect.Effect<AuthorizationRequest, AuthorizeError> => {
  const challenge = parameters.get("code_challenge")
  const resource = resourceOf(settings, parameters.get("resource"))
  if (parameters.get("response_type") !== "code") {
    return fail("unsupported_response_type", 'response_type must be "code"')
  }
  if (!client.grantTypes.includes("authorization_code")) {
    return fail("unauthorized_client", "The client is not registered for the authorization code grant")
  }
  if (state !== undefined && state.length > longestState) return fail("invalid_request", "state is too long")
  if (challenge === undefined || !Pkce.isChallenge(challenge)) {
    return fail("invalid_request", "code_challenge is missing or malformed")
  }
  if (parameters.get("code_challenge_method") !== "S256") {
    return fail("invalid_request", 'code_challenge_method must be "S256"')
  }
  if (resource === undefined) return fail("invalid_target", "resource is missing, or not one of this server")
  return Effect.map(scopesOf(parameters.get("scope"), client, settings), (scopes) => ({
    clientId: client.id,
    redirectUri,
    state,
    scopes,
    codeChallenge: challenge,
    resource
  }))
}

/**
 * What is asked for and no more, because clients refuse what they did not ask for. Who asks for nothing gets what the
 * client is registered for, or else the default, and what is required.
 */
export const scopesOf = (
  asked: string | undefined,
  client: Client,
  { defaultScopes, requiredScopes, validScopes }: Resolved
): Effect.Effect<ReadonlyArray<string>, AuthorizeError> => {
  const wanted =
    asked === undefined
      ? [...(client.scopes ?? defaultScopes), ...requiredScopes]
      : asked.split(" ").filter((scope) => scope !== "")
  const isFor = (scope: string) => client.scopes?.includes(scope) ?? true
  const known = (scope: string) =>
    Scopes.isScope(scope) && validScopes.has(scope) && (requiredScopes.includes(scope) || isFor(scope))
  return wanted.every(known)
    ? Effect.succeed([...new Set(wanted)])
    : fail("invalid_scope", "A scope is not known, or not for this client")
}

const fail = (error: AuthorizeError["error"], description: string) =>
  Effect.fail(new AuthorizeError({ error, description }))
