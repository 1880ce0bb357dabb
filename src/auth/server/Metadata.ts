/**
 * What clients find out about the server: RFC 8414, and the same document where OpenID Connect has it.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/authorization-server-discovery
 */
import type { AuthorizationProvider } from "../AuthorizationProvider.ts"
import { wellKnown } from "../Urls.ts"
import * as Assertion from "./Assertion.ts"
import { endpoint, type Resolved } from "./Settings.ts"

export const document = (settings: Resolved, provider: AuthorizationProvider["Service"]) => {
  const { options, requiredScopes, validScopes } = settings
  const at = (path: string) => endpoint(settings, path)
  const scopes = [...new Set([...validScopes, ...requiredScopes])]
  const authentication = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]
  return {
    issuer: settings.issuer,
    authorization_endpoint: at("/authorize"),
    token_endpoint: at("/token"),
    ...(options.clientRegistration?.enabled === true ? { registration_endpoint: at("/register") } : {}),
    ...(options.revocation?.enabled === true
      ? { revocation_endpoint: at("/revoke"), revocation_endpoint_auth_methods_supported: authentication }
      : {}),
    ...(options.introspection === undefined
      ? {}
      : {
          introspection_endpoint: at("/introspect"),
          introspection_endpoint_auth_methods_supported: ["client_secret_basic"]
        }),
    ...(provider.keys === undefined ? {} : { jwks_uri: at("/jwks") }),
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: [
      "authorization_code",
      "refresh_token",
      ...(provider.clientCredentials === undefined ? [] : ["client_credentials"])
    ],
    token_endpoint_auth_methods_supported: authentication,
    token_endpoint_auth_signing_alg_values_supported: Assertion.algorithms,
    code_challenge_methods_supported: ["S256"],
    ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
    ...(options.serviceDocumentation === undefined
      ? {}
      : { service_documentation: options.serviceDocumentation }),
    authorization_response_iss_parameter_supported: true,
    ...(provider.clientDocuments === true ? { client_id_metadata_document_supported: true } : {})
  }
}

/** Every place clients look, for an issuer with a path and for one without. */
export const paths = ({ base, url }: Resolved): ReadonlyArray<string> => [
  ...new Set([
    wellKnown("oauth-authorization-server", url),
    wellKnown("openid-configuration", url),
    `${base}/.well-known/openid-configuration`
  ])
]
