/**
 * Connects to protected servers: a Layer from `HttpClient` to `HttpClient`. Requests to the server carry a token; when
 * the server wants one, or a better one, it is got and the request is made again. Whoever makes requests, a transport
 * for instance, never hears of it.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { Authority } from "../http/Authority.ts"
import * as Assemble from "./client/Assemble.ts"
import * as AuthorizationCode from "./client/AuthorizationCode.ts"
import { AuthorizationError } from "./client/AuthorizationError.ts"
import type { Client, Registered } from "./client/Client.ts"
import * as Metadata from "./client/ClientMetadata.ts"
import * as Registration from "./client/Registration.ts"
import * as Silent from "./client/Silent.ts"
import type { GuardedHttp } from "./GuardedHttp.ts"
import { Interaction } from "./Interaction.ts"
import type { TokenStore } from "./TokenStore.ts"

export { AuthorizationError } from "./client/AuthorizationError.ts"
export { ClientMetadata } from "./client/ClientMetadata.ts"
export type { Destination, Status } from "./client/Assemble.ts"
export type { Client, Kind, Registered } from "./client/Client.ts"
export type { Portable } from "./client/Silent.ts"
export type { SigningKey } from "./client/Signing.ts"

/** The authorization itself, for programs that let their users sign in and out. */
export class OAuthClient extends Context.Service<OAuthClient, Assemble.Service>()(
  "mcp-effect/auth/OAuthClient"
) {}

/** What the layers provide, and what they need beside a way to ask the user. */
export type Provided = HttpClient.HttpClient | OAuthClient
export type Needed = HttpClient.HttpClient | GuardedHttp | TokenStore

export interface Options extends Assemble.Options {
  /** What the client says about itself where it registers. */
  readonly client: Metadata.ClientMetadata
  /** What the client was given by authorization servers that know it. Each is told to that one only. */
  readonly registered?: ReadonlyArray<Registered>
  /** The URL of the client's description, `document`, for authorization servers that read it there. */
  readonly metadataUrl?: string
  /** Asks for a client id where there is no other way to one. */
  readonly askForClient?: (issuer: string) => Effect.Effect<Client | undefined>
  /** `false` does not ask to be able to renew tokens while the user is away. */
  readonly offlineAccess?: boolean
  /** How long the user may take to sign in. Default: five minutes. */
  readonly timeout?: Duration.Input
}

/**
 * The user signs in, and decides what the client may do.
 *
 * **Details**
 *
 * The client id is one of `registered`, or `metadataUrl` where the authorization server reads it, or got by
 * registering. Tokens are refreshed, by one request at a time, and by one process at a time where the store can tell.
 * When the server needs more scopes for a request, the user is asked for them together with those there are. What an
 * MCP client keeps of earlier results it forgets when somebody signs in or out.
 *
 * Failures to get a token are the `cause` of the `HttpClientError` that the request fails with; `errorIn` finds it. A
 * response that no new token would change is returned as it is.
 *
 * **Gotchas**
 *
 * A request that has an `Authorization` header already is left alone. A request whose body is a stream is not made
 * again.
 *
 * @example
 * ```ts
 * import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as NodeGuardedHttp from "mcp-effect/NodeGuardedHttp"
 * import * as NodeInteraction from "mcp-effect/NodeInteraction"
 * import * as NodeTokenStore from "mcp-effect/NodeTokenStore"
 * import * as OAuthClient from "mcp-effect/OAuthClient"
 *
 * export const Authorized = OAuthClient.layer({
 *   server: "https://mcp.example.com/mcp",
 *   client: { client_name: "My client" }
 * }).pipe(
 *   Layer.provide([
 *     NodeHttpClient.layerUndici,
 *     NodeGuardedHttp.layer(),
 *     NodeTokenStore.layerFile("tokens.json"),
 *     NodeInteraction.layerBrowser()
 *   ])
 * )
 * ```
 */
export const layer = (options: Options): Layer.Layer<Provided, AuthorizationError, Needed | Interaction> =>
  provided(
    Effect.gen(function* () {
      const { metadataUrl, offlineAccess = true, registered = [], timeout = "5 minutes" } = options
      const offence = metadataUrl === undefined ? undefined : Metadata.offence(metadataUrl)
      if (offence !== undefined) {
        return yield* new AuthorizationError({ reason: "NoClient", message: `metadataUrl ${offence}` })
      }
      const interaction = yield* Interaction
      return yield* Assemble.make(options, (around) =>
        AuthorizationCode.make({
          ...around,
          interaction,
          offlineAccess,
          patience: timeout,
          preferred: registered.map(({ issuer }) => issuer),
          registration: Registration.make({
            ...around,
            client: options.client,
            metadataUrl,
            registered,
            ask: options.askForClient
          })
        })
      )
    })
  )

export interface ClientCredentialsOptions extends Assemble.Options {
  /** What the client was given, with a secret or a key. */
  readonly client: Registered
}

/**
 * The client acts on its own behalf, with a secret or, better, a key: extension
 * `io.modelcontextprotocol/oauth-client-credentials`.
 *
 * @example
 * ```ts
 * import * as Redacted from "effect/Redacted"
 * import * as OAuthClient from "mcp-effect/OAuthClient"
 *
 * export const asNightlyBuild = (privateKey: Redacted.Redacted) =>
 *   OAuthClient.layerClientCredentials({
 *     server: "https://mcp.example.com/mcp",
 *     client: {
 *       issuer: "https://auth.example.com",
 *       id: "nightly-build",
 *       key: { privateKey, algorithm: "ES256" }
 *     }
 *   })
 * ```
 */
export const layerClientCredentials = (
  options: ClientCredentialsOptions
): Layer.Layer<Provided, AuthorizationError, Needed> =>
  provided(Assemble.make(options, (around) => Silent.clientCredentials(around, options.client)))

export interface AssertionOptions<E, R> extends Assemble.Options {
  readonly client: Registered
  /** A JWT that speaks for the client, made for this audience: the identifier of the authorization server. */
  readonly assertion: (audience: string) => Effect.Effect<Redacted.Redacted, E, R>
}

/** The platform a workload runs on speaks for it: a JWT of its identity provider is exchanged for a token. */
export const layerAssertion = <E, R>(
  options: AssertionOptions<E, R>
): Layer.Layer<Provided, AuthorizationError, Needed | R> =>
  provided(
    Effect.contextWith((context: Context.Context<R>) =>
      Assemble.make(options, (around) =>
        Silent.assertion(around, options.client, (audience) =>
          Assemble.closed(options.assertion(audience), context)
        )
      )
    )
  )

export interface EnterpriseOptions<E, R> extends Assemble.Options {
  /** What the client is at the authorization server of the resource. */
  readonly client: Registered | Silent.Portable
  readonly provider: {
    /** The identity provider of the organisation. */
    readonly issuer: string
    /** What the client is there. */
    readonly client: Client
    /** What the user's sign-on left: an ID token, or what `subjectTokenType` says. */
    readonly subjectToken: Effect.Effect<Redacted.Redacted, E, R>
    readonly subjectTokenType?: string
  }
}

/**
 * The user's organisation decides, and the user is not asked: extension
 * `io.modelcontextprotocol/enterprise-managed-authorization`.
 */
export const layerEnterprise = <E, R>(
  options: EnterpriseOptions<E, R>
): Layer.Layer<Provided, AuthorizationError, Needed | R> =>
  provided(
    Effect.contextWith((context: Context.Context<R>) =>
      Assemble.make(options, (around) =>
        Silent.enterprise(around, options.client, {
          subjectTokenType: "urn:ietf:params:oauth:token-type:id_token",
          ...options.provider,
          subjectToken: Assemble.closed(options.provider.subjectToken, context)
        })
      )
    )
  )

const provided = <E, R>(make: Effect.Effect<Assemble.Assembled, E, R>) =>
  Layer.effectContext(
    Effect.map(make, ({ authority, httpClient, service }) =>
      Context.make(HttpClient.HttpClient, httpClient).pipe(
        Context.add(OAuthClient, service),
        Context.add(Authority, authority)
      )
    )
  )

/**
 * The Client ID Metadata Document to publish at `metadataUrl`. Throws when that URL cannot be a client id.
 *
 * @example
 * ```ts
 * import * as OAuthClient from "mcp-effect/OAuthClient"
 *
 * const document = OAuthClient.document(
 *   "https://app.example.com/oauth/client.json",
 *   { client_name: "My client" },
 *   ["http://127.0.0.1/callback"]
 * )
 * console.log(JSON.stringify(document))
 * ```
 */
export const document = (
  metadataUrl: string,
  client: Metadata.ClientMetadata,
  redirectUris: ReadonlyArray<string>
) => {
  const offence = Metadata.offence(metadataUrl)
  if (offence !== undefined) throw new Error(`metadataUrl ${offence}`)
  return { client_id: metadataUrl, ...Metadata.complete(client, redirectUris, "none", undefined) }
}

/** The reason there was no token, wherever in an error it is. */
export const errorIn = (error: unknown): AuthorizationError | undefined => {
  if (error instanceof AuthorizationError) return error
  return typeof error === "object" && error !== null && "cause" in error ? errorIn(error.cause) : undefined
}
