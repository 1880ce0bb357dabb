/**
 * What an authorization server says about itself (RFC 8414, OpenID Connect Discovery).
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/authorization-server-discovery
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { GuardedHttp } from "../GuardedHttp.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import * as Documents from "./Documents.ts"
import * as Locations from "./Locations.ts"

const text = Schema.optionalKey(Schema.String)
const texts = Schema.optionalKey(Schema.Array(Schema.String))
const flag = Schema.optionalKey(Schema.Boolean)

export const ServerMetadata = Schema.Struct({
  issuer: Schema.String,
  token_endpoint: Schema.String,
  authorization_endpoint: text,
  registration_endpoint: text,
  revocation_endpoint: text,
  scopes_supported: texts,
  grant_types_supported: texts,
  code_challenge_methods_supported: texts,
  token_endpoint_auth_methods_supported: texts,
  token_endpoint_auth_signing_alg_values_supported: texts,
  dpop_signing_alg_values_supported: texts,
  authorization_response_iss_parameter_supported: flag,
  client_id_metadata_document_supported: flag
})
export type ServerMetadata = typeof ServerMetadata.Type

const decode = Schema.decodeUnknownResult(ServerMetadata)

/** The metadata of an issuer, which must be about that very issuer. */
export const fetch = Effect.fnUntraced(function* (
  guard: GuardedHttp["Service"],
  issuer: string,
  near: string
) {
  const url = yield* Effect.mapError(guard.check(issuer, near), AuthorizationError.ofGuard)
  const places = Locations.ofIssuer(url)
  const found = yield* Documents.first(guard, places, near)
  return found === undefined
    ? yield* AuthorizationError.make(
        "Discovery",
        `The authorization server ${issuer} has no metadata at ${places.join(", ")}`
      )
    : yield* validate(found, [issuer])
})

/** The metadata of a server that names no authorization server: until 2025-03-26 it is its own, described at its root. */
export const legacy = Effect.fnUntraced(function* (
  guard: GuardedHttp["Service"],
  server: URL,
  headers: { readonly [name: string]: string }
) {
  const [place = ""] = Locations.ofIssuer(new URL(server.origin))
  const found = yield* Documents.first(guard, [place], server.href, headers)
  // Nobody has said how this issuer is written, and both of these have their metadata at that place.
  return found === undefined ? undefined : yield* validate(found, [server.origin, `${server.origin}/`])
})

/** What 2025-03-26 has for a server that describes nothing: its endpoints have fixed places. */
export const assumed = (server: URL): ServerMetadata => ({
  issuer: server.origin,
  ...Locations.fallback(server),
  code_challenge_methods_supported: ["S256"],
  token_endpoint_auth_methods_supported: ["none", "client_secret_post"]
})

const validate = (
  { url, value }: Documents.Found,
  issuers: ReadonlyArray<string>
): Effect.Effect<ServerMetadata, AuthorizationError.AuthorizationError> => {
  const metadata = decode(value)
  if (Result.isFailure(metadata)) {
    return Effect.fail(
      AuthorizationError.make(
        "Discovery",
        `${url} is not authorization server metadata: ${AuthorizationError.quoted(metadata.failure.message)}`
      )
    )
  }
  return issuers.includes(metadata.success.issuer)
    ? Effect.succeed(metadata.success)
    : Effect.fail(
        AuthorizationError.make(
          "IssuerMismatch",
          `${url} is about the issuer ${AuthorizationError.quoted(metadata.success.issuer)}, not about ${issuers[0]}`
        )
      )
}
