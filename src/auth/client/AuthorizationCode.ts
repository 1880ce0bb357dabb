/**
 * The user gives permission: authorization code with PKCE.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#authorization-flow-steps
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { GuardedHttp } from "../GuardedHttp.ts"
import type { Interaction, InteractionError } from "../Interaction.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import * as AuthorizationResponse from "./AuthorizationResponse.ts"
import * as ClientMetadata from "./ClientMetadata.ts"
import type { Flow, Wish } from "./Flow.ts"
import * as Random from "./Random.ts"
import type { Registration } from "./Registration.ts"
import * as ScopeSet from "./ScopeSet.ts"
import type { ServerMetadata } from "./ServerMetadata.ts"
import * as TokenEndpoint from "./TokenEndpoint.ts"

export interface Options {
  readonly guard: GuardedHttp["Service"]
  readonly near: string
  readonly interaction: Interaction["Service"]
  readonly registration: Registration
  readonly preferred: ReadonlyArray<string>
  readonly offlineAccess: boolean
  /** How long the user may take. */
  readonly patience: Duration.Input
}

const offline = "offline_access"

export const make = (options: Options): Flow => {
  const { guard, interaction, near, offlineAccess, patience, preferred, registration } = options

  const obtain = Effect.fnUntraced(function* ({ key, place, scopes }: Wish) {
    const { metadata, resource } = place
    const endpoint = yield* authorizationEndpoint(metadata)
    const visit = yield* interaction
      .open(yield* registration.redirectUri(metadata.issuer))
      .pipe(Effect.mapError(ofInteraction))
    const { redirectUri } = visit
    if (!ClientMetadata.isRedirectUri(redirectUri)) {
      return yield* AuthorizationError.make(
        "Interaction",
        `The redirect URI ${redirectUri} is neither https nor on this machine`
      )
    }
    const client = yield* registration.choose(metadata, redirectUri)
    const wanted =
      offlineAccess && metadata.scopes_supported?.includes(offline) === true
        ? ScopeSet.union(scopes, [offline])
        : scopes
    // 96 bytes come to 128 characters, the most there may be.
    const verifier = yield* Random.text(96)
    const state = yield* Random.text(32)
    const url = yield* pageUrl(endpoint, {
      response_type: "code",
      client_id: client.id,
      redirect_uri: redirectUri,
      code_challenge: yield* Random.digest(Redacted.value(verifier)),
      code_challenge_method: "S256",
      state: Redacted.value(state),
      resource,
      ...(wanted.length > 0 && { scope: ScopeSet.format(wanted) }),
      // OpenID Connect grants it only when the user is asked.
      ...(wanted.includes(offline) && { prompt: "consent" })
    })
    const response = yield* visit.show({ url, state }).pipe(
      Effect.mapError(ofInteraction),
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () => Effect.fail(AuthorizationError.make("Interaction", "The user did not answer in time"))
      })
    )
    const tokens = yield* TokenEndpoint.request({
      guard,
      near,
      metadata,
      client,
      key,
      form: {
        grant_type: "authorization_code",
        code: yield* AuthorizationResponse.code(response, { state, metadata }),
        redirect_uri: redirectUri,
        code_verifier: verifier,
        resource
      }
    })
    return { client, tokens, requested: wanted }
  }, Effect.scoped)

  const pageUrl = (endpoint: string, parameters: { readonly [name: string]: string }) =>
    Effect.map(Effect.mapError(guard.check(endpoint, near), AuthorizationError.ofGuard), (url) => {
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
      return url.href
    })

  const foresee: Flow["foresee"] = (metadata) =>
    Effect.andThen(authorizationEndpoint(metadata), registration.foresee(metadata))

  return {
    silent: false,
    preferred,
    obtain,
    foresee,
    kind: registration.kind,
    client: registration.find
  }
}

/** Where users are sent, if the authorization server promises PKCE: it is the only way to know that it does it. */
const authorizationEndpoint = (
  metadata: ServerMetadata
): Effect.Effect<string, AuthorizationError.AuthorizationError> => {
  const { authorization_endpoint, code_challenge_methods_supported, issuer } = metadata
  if (authorization_endpoint === undefined) {
    return Effect.fail(AuthorizationError.make("Discovery", `${issuer} has no authorization_endpoint`))
  }
  return code_challenge_methods_supported?.includes("S256") === true
    ? Effect.succeed(authorization_endpoint)
    : Effect.fail(
        AuthorizationError.make(
          "NoPkce",
          `${issuer} does not list S256 in code_challenge_methods_supported, so codes are not safe there`
        )
      )
}

const ofInteraction = (cause: InteractionError) =>
  new AuthorizationError.AuthorizationError({ reason: "Interaction", message: cause.message, cause })
