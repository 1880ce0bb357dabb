/**
 * What a client says about itself, in a registration (RFC 7591) or in a document that it publishes. Whoever says it is
 * a stranger.
 */
import * as Effect from "effect/Effect"
import type { JSONWebKeySet } from "jose"
import { createLocalJWKSet } from "jose/jwks/local"
import {
  type AuthenticationMethod,
  type Client,
  type GrantType,
  RegistrationError
} from "../AuthorizationProvider.ts"
import * as Scopes from "../Scopes.ts"
import * as RedirectUri from "./RedirectUri.ts"
import type { Resolved } from "./Settings.ts"

export interface Metadata {
  readonly [name: string]: unknown
}

export type Described = Omit<Client, "id" | "origin" | "secretDigest" | "secretExpiresAt">

/** There may be many clients, and nobody knows who they are: what each may occupy has an end. */
const largest = 8192
const mostRedirects = 10
const longestName = 200

export const read = (metadata: Metadata, settings: Resolved): Effect.Effect<Described, RegistrationError> =>
  Effect.gen(function* () {
    const redirectUris = yield* redirects(metadata, settings)
    const authentication = yield* method(metadata["token_endpoint_auth_method"])
    const jwks = authentication === "private_key_jwt" ? yield* keys(metadata["jwks"]) : undefined
    const grantTypes = yield* grants(metadata["grant_types"])
    const types = metadata["response_types"] ?? ["code"]
    if (!isStrings(types) || types.some((type) => type !== "code")) {
      return yield* fail('response_types must be ["code"]')
    }
    const scopes = yield* scopesOf(metadata["scope"], settings)
    const name = yield* text(metadata, "client_name")
    const uri = yield* page(metadata, "client_uri")
    const described: Described = {
      authentication,
      redirectUris,
      grantTypes,
      ...(scopes === undefined ? {} : { scopes }),
      ...(jwks === undefined ? {} : { jwks }),
      ...(name === undefined ? {} : { name }),
      ...(uri === undefined ? {} : { uri })
    }
    return JSON.stringify(described).length <= largest
      ? described
      : yield* fail(`What is kept of a client may have at most ${largest} characters`)
  })

const redirects = (metadata: Metadata, settings: Resolved) => {
  const uris = metadata["redirect_uris"]
  const schemes = settings.options.clientRegistration?.schemes ?? []
  if (!isStrings(uris) || uris.length === 0 || uris.length > mostRedirects) {
    return fail(`redirect_uris must be a list of 1 to ${mostRedirects}`, "invalid_redirect_uri")
  }
  for (const uri of uris) {
    const problem = RedirectUri.problem(uri, schemes)
    if (problem !== undefined) return fail(`A redirect URI ${problem}`, "invalid_redirect_uri")
    if (metadata["application_type"] === "web" && RedirectUri.isLocal(uri)) {
      return fail("A web application is not on the user's machine", "invalid_redirect_uri")
    }
  }
  return Effect.succeed(uris)
}

const methods: ReadonlyArray<AuthenticationMethod> = [
  "none",
  "client_secret_basic",
  "client_secret_post",
  "private_key_jwt"
]

const method = (value: unknown = "client_secret_basic") => {
  const found = methods.find((known) => known === value)
  return found === undefined ? fail("token_endpoint_auth_method is not supported") : Effect.succeed(found)
}

/** A client that nobody knows does not act for itself: it would be anybody. */
const grants = (value: unknown = ["authorization_code", "refresh_token"]) => {
  const known: ReadonlyArray<GrantType> = ["authorization_code", "refresh_token"]
  if (!isStrings(value) || !value.includes("authorization_code")) {
    return fail("grant_types must have authorization_code")
  }
  // What is not there is not granted: RFC 7591 lets a server register less than was asked for.
  return Effect.succeed(known.filter((type) => value.includes(type)))
}

const keys = (value: unknown) =>
  Effect.try({
    try: () => {
      const set = value as JSONWebKeySet
      createLocalJWKSet(set)
      return { keys: set.keys.slice(0, mostKeys) }
    },
    catch: () =>
      new RegistrationError({ error: "invalid_client_metadata", description: "jwks is no set of keys" })
  })

const mostKeys = 5

/** A client that names its scopes is held to them. One that does not could have named all, and may ask for each. */
const scopesOf = (value: unknown, { validScopes }: Resolved) => {
  if (value === undefined) return Effect.undefined
  const asked = typeof value === "string" ? value.split(" ").filter((scope) => scope !== "") : undefined
  return asked !== undefined && asked.every((scope) => Scopes.isScope(scope) && validScopes.has(scope))
    ? Effect.succeed(asked)
    : fail("scope has one that is not known")
}

const text = (metadata: Metadata, name: string) => {
  const value = metadata[name]
  if (value === undefined) return Effect.succeed(undefined)
  return typeof value === "string" && value.length <= longestName
    ? Effect.succeed(value)
    : fail(`${name} must be a text of at most ${longestName} characters`)
}

const page = (metadata: Metadata, name: string) => {
  const value = metadata[name]
  if (value === undefined) return Effect.succeed(undefined)
  const url = typeof value === "string" && value.length <= 2048 ? URL.parse(value) : null
  return url?.protocol === "https:" || url?.protocol === "http:"
    ? Effect.succeed(url.href)
    : fail(`${name} must be a URL`)
}

const isStrings = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((item) => typeof item === "string")

const fail = (description: string, error: RegistrationError["error"] = "invalid_client_metadata") =>
  Effect.fail(new RegistrationError({ error, description }))
