/** What a client is at one authorization server, and how it proves it there. */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"
import * as AuthorizationError from "./AuthorizationError.ts"
import type { ServerMetadata } from "./ServerMetadata.ts"
import * as Signing from "./Signing.ts"

export interface Client {
  readonly id: string
  readonly secret?: Redacted.Redacted
  readonly key?: Signing.SigningKey
  /** The method it was registered for. */
  readonly method?: string
}

/**
 * How a client came to its id: it was given it beforehand, it is described at a URL (Client ID Metadata Document), or it
 * registered itself.
 */
export type Kind = "registered" | "document" | "dynamic"

/** What a client was given by one authorization server, and is to be told to no other. */
export interface Registered extends Client {
  /** The identifier of that authorization server, exactly as it writes it. */
  readonly issuer: string
}

type Method = "none" | "client_secret_basic" | "client_secret_post" | "private_key_jwt"

/** The first method that the client can do, in its own order, and the authorization server lists. */
export const method = (
  client: Client,
  { token_endpoint_auth_methods_supported: listed }: Listing
): Method | undefined => {
  const own: ReadonlyArray<Method> = [
    ...(client.key === undefined ? [] : (["private_key_jwt"] as const)),
    ...(client.secret === undefined ? [] : secretly(client.method)),
    "none"
  ]
  // Without a list RFC 8414 has Basic for whoever has a secret. A public client has nothing to prove.
  if (listed === undefined || own.length === 1) return own[0]
  return own.find((name) => listed.includes(name))
}

type Listing = Pick<ServerMetadata, "token_endpoint_auth_methods_supported">

const secretly = (registered: string | undefined): ReadonlyArray<Method> =>
  registered === "client_secret_post"
    ? ["client_secret_post", "client_secret_basic"]
    : ["client_secret_basic", "client_secret_post"]

export interface Authentication {
  readonly headers: { readonly [name: string]: string }
  readonly form: { readonly [name: string]: string }
  /** What must not be seen in what the authorization server says about it. */
  readonly secrets: ReadonlyArray<string>
}

/** What to add to a form for the authorization server. */
export const authentication = Effect.fnUntraced(function* (
  client: Client,
  metadata: ServerMetadata
): Effect.fn.Return<Authentication, AuthorizationError.AuthorizationError> {
  const { id, key } = client
  const secret = client.secret === undefined ? "" : Redacted.value(client.secret)
  const chosen = method(client, metadata)
  if (chosen === undefined) {
    return yield* AuthorizationError.make(
      "NoClient",
      `${metadata.issuer} accepts none of the ways the client can prove who it is`
    )
  }
  if (chosen === "private_key_jwt" && key !== undefined) {
    const jwt = yield* Signing.assertion({ key, clientId: id, audience: metadata.issuer })
    return {
      headers: {},
      form: {
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: jwt
      },
      secrets: [jwt]
    }
  }
  switch (chosen) {
    case "client_secret_basic":
      return {
        headers: { authorization: `Basic ${Base64.encode(`${encoded(id)}:${encoded(secret)}`)}` },
        form: {},
        secrets: [secret]
      }
    case "client_secret_post":
      return { headers: {}, form: { client_id: id, client_secret: secret }, secrets: [secret] }
    default:
      return { headers: {}, form: { client_id: id }, secrets: [] }
  }
})

/** As in a form, which is how RFC 6749, section 2.3.1, wants both halves. */
const encoded = (text: string) => new URLSearchParams({ "": text }).toString().slice(1)
