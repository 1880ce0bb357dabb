/**
 * What a client says about itself (RFC 7591), to be registered or to be published.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration
 */
import * as Schema from "effect/Schema"
import * as AddressClass from "./AddressClass.ts"

const text = Schema.optionalKey(Schema.String)
const texts = Schema.optionalKey(Schema.Array(Schema.String))

/** The fields an application fills in. The rest of a registration follows from what the client does. */
export const ClientMetadata = Schema.Struct({
  client_name: Schema.String,
  client_uri: text,
  logo_uri: text,
  tos_uri: text,
  policy_uri: text,
  contacts: texts,
  software_id: text,
  software_version: text,
  jwks_uri: text
})
export type ClientMetadata = typeof ClientMetadata.Type

/** A registration request, or a Client ID Metadata Document without its id. */
export const complete = (
  client: ClientMetadata,
  redirectUris: ReadonlyArray<string>,
  method: string,
  grants: ReadonlyArray<string> | undefined
) => ({
  ...client,
  redirect_uris: redirectUris,
  // An authorization server that lists its grants refuses others.
  grant_types: ["authorization_code", "refresh_token"].filter((grant) => grants?.includes(grant) ?? true),
  response_types: ["code"],
  token_endpoint_auth_method: method,
  application_type: redirectUris.every(isWeb) ? "web" : "native"
})

/** Whether a browser that is sent there leaves the user's machine. */
const isWeb = (uri: string): boolean => {
  const url = URL.parse(uri)
  return url?.protocol === "https:" && !AddressClass.isLoopbackHost(url.hostname)
}

/** Codes may be sent over https, or stay on this machine. */
export const isRedirectUri = (uri: string): boolean => {
  const url = URL.parse(uri)
  return (
    url !== null &&
    url.hash === "" &&
    url.username === "" &&
    (url.protocol === "https:" || (url.protocol === "http:" && AddressClass.isLoopbackHost(url.hostname)))
  )
}

/** What is wrong with a URL as a client id (draft-ietf-oauth-client-id-metadata-document-00, section 3). */
export const offence = (clientId: string): string | undefined => {
  const url = URL.parse(clientId)
  if (url === null || url.protocol !== "https:") return "is not an https URL"
  if (url.pathname === "/") return "has no path"
  if (url.username !== "" || url.password !== "") return "has a user name or password"
  if (clientId.includes("#")) return "has a fragment"
  return url.href === clientId ? undefined : `is not written as ${url.href}`
}
