/**
 * How a client comes to a client id: one it was given for this authorization server, the URL of its own description,
 * a registration there, or what the user knows. In this order.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { GuardedHttp } from "../GuardedHttp.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import type { Client, Kind, Registered } from "./Client.ts"
import * as ClientMetadata from "./ClientMetadata.ts"
import type { Credentials } from "./Credentials.ts"
import * as Documents from "./Documents.ts"
import type { ServerMetadata } from "./ServerMetadata.ts"
import * as TokenEndpoint from "./TokenEndpoint.ts"

export interface Options {
  readonly guard: GuardedHttp["Service"]
  readonly near: string
  readonly credentials: Credentials
  readonly registered: ReadonlyArray<Registered>
  readonly metadataUrl: string | undefined
  readonly client: ClientMetadata.ClientMetadata
  /** Asks somebody who may know. */
  readonly ask: ((issuer: string) => Effect.Effect<Client | undefined>) | undefined
}

export interface Registration {
  /** The client to be for a new authorization. */
  readonly choose: (
    metadata: ServerMetadata,
    redirectUri: string
  ) => Effect.Effect<Client, AuthorizationError.AuthorizationError>
  /** Fails where `choose` could not lead to a client, whatever the user does. */
  readonly foresee: (metadata: ServerMetadata) => Effect.Effect<void, AuthorizationError.AuthorizationError>
  /** How the client of an earlier authorization came to its id, if that is still known. */
  readonly kind: (
    issuer: string,
    clientId: string
  ) => Effect.Effect<Kind | undefined, AuthorizationError.AuthorizationError>
  /** The client that an earlier authorization was given to. */
  readonly find: (
    issuer: string,
    clientId: string
  ) => Effect.Effect<Client | undefined, AuthorizationError.AuthorizationError>
  /** Where the browser went when the client was registered there. */
  readonly redirectUri: (
    issuer: string
  ) => Effect.Effect<string | undefined, AuthorizationError.AuthorizationError>
}

const Response = Schema.Struct({
  client_id: Schema.NonEmptyString,
  client_secret: Schema.optionalKey(Schema.NullOr(Schema.String)),
  client_secret_expires_at: Schema.optionalKey(Schema.NullOr(Schema.Finite)),
  token_endpoint_auth_method: Schema.optionalKey(Schema.NullOr(Schema.String))
})
const decode = Schema.decodeUnknownResult(Response)

export const make = (options: Options): Registration => {
  const { ask, client, credentials, guard, metadataUrl, near, registered } = options

  const known = (metadata: ServerMetadata) =>
    metadataUrl !== undefined && metadata.client_id_metadata_document_supported === true
      ? { id: metadataUrl }
      : undefined

  const stored = Effect.fnUntraced(function* (issuer: string, redirectUri: string) {
    const found = yield* credentials.client(issuer)
    const now = yield* Clock.currentTimeMillis
    const fits = found?.redirectUri === redirectUri && (found.expiresAt ?? Infinity) > now
    return fits ? found.client : undefined
  })

  const register = Effect.fnUntraced(function* (metadata: ServerMetadata, redirectUri: string, url: string) {
    const wish = ClientMetadata.complete(
      client,
      [redirectUri],
      preferred(metadata.token_endpoint_auth_methods_supported),
      metadata.grant_types_supported
    )
    const answer = yield* Effect.mapError(
      guard.send({
        method: "POST",
        url,
        near,
        headers: { accept: "application/json", "content-type": "application/json" },
        body: Redacted.make(JSON.stringify(wish))
      }),
      AuthorizationError.ofGuard
    )
    if (answer.status !== 201 && answer.status !== 200) {
      return yield* TokenEndpoint.refusal(url, answer, [], "Registration")
    }
    const response = decode(Documents.json(answer.body))
    if (Result.isFailure(response)) {
      return yield* AuthorizationError.make(
        "Registration",
        `${url} answered with something that is no registration`
      )
    }
    const { client_id, client_secret, client_secret_expires_at, token_endpoint_auth_method } =
      response.success
    const made: Client = {
      id: client_id,
      ...(typeof client_secret === "string" && { secret: Redacted.make(client_secret) }),
      ...(typeof token_endpoint_auth_method === "string" && { method: token_endpoint_auth_method })
    }
    const expiresAt = client_secret_expires_at ? client_secret_expires_at * 1000 : undefined
    yield* credentials.keepClient(metadata.issuer, { client: made, redirectUri, expiresAt })
    return made
  })

  /** What the client is there by the word of the application, if anything. */
  const given = (metadata: ServerMetadata) => {
    const own = registered.find(({ issuer }) => issuer === metadata.issuer) ?? known(metadata)
    return own === undefined && registered.length > 0
      ? Effect.fail(elsewhere(metadata, registered))
      : Effect.succeed(own)
  }

  const choose: Registration["choose"] = Effect.fnUntraced(function* (metadata, redirectUri) {
    const { issuer, registration_endpoint } = metadata
    const own = yield* given(metadata)
    if (own !== undefined) return own
    const before = yield* stored(issuer, redirectUri)
    if (before !== undefined) return before
    if (registration_endpoint !== undefined)
      return yield* register(metadata, redirectUri, registration_endpoint)
    const told = ask === undefined ? undefined : yield* ask(issuer)
    return told ?? (yield* noWay(metadata))
  })

  return {
    choose,
    foresee: Effect.fnUntraced(function* (metadata) {
      const own = yield* given(metadata)
      const kept = yield* credentials.client(metadata.issuer)
      const ways = [own, kept, metadata.registration_endpoint, ask]
      if (ways.every((way) => way === undefined)) return yield* noWay(metadata)
    }),
    kind: Effect.fnUntraced(function* (issuer, clientId) {
      if (registered.some((each) => each.issuer === issuer && each.id === clientId)) return "registered"
      if (clientId === metadataUrl) return "document"
      return (yield* credentials.client(issuer, clientId)) === undefined ? undefined : "dynamic"
    }),
    find: Effect.fnUntraced(function* (issuer, clientId) {
      const own = registered.find((each) => each.issuer === issuer && each.id === clientId)
      if (own !== undefined) return own
      if (clientId === metadataUrl) return { id: clientId }
      return (yield* credentials.client(issuer, clientId))?.client
    }),
    redirectUri: (issuer) => Effect.map(credentials.client(issuer), (found) => found?.redirectUri)
  }
}

const elsewhere = ({ issuer }: ServerMetadata, registered: ReadonlyArray<Registered>) =>
  AuthorizationError.make(
    "IssuerChanged",
    `The server names the authorization server ${issuer}, and the client is registered with ` +
      registered.map((each) => each.issuer).join(", ")
  )

const noWay = ({ client_id_metadata_document_supported, issuer }: ServerMetadata) =>
  AuthorizationError.make(
    "NoClient",
    `${issuer} does not register clients by itself: one has to be registered there beforehand (\`registered\`)` +
      (client_id_metadata_document_supported === true ? ", or to be described at a URL (`metadataUrl`)" : "")
  )

/** A client on somebody's machine has no secrets, unless the authorization server insists. */
const preferred = (listed: ReadonlyArray<string> = ["client_secret_basic"]): string =>
  ["none", "client_secret_basic", "client_secret_post"].find((method) => listed.includes(method)) ?? "none"
