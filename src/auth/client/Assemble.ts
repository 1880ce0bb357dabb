/** An `HttpClient` with tokens for one server, whatever the way to get them. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as Scope from "effect/Scope"
import { GuardedHttp } from "../GuardedHttp.ts"
import { TokenStore } from "../TokenStore.ts"
import * as Attach from "./Attach.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import * as Authorizer from "./Authorizer.ts"
import * as Challenge from "./Challenge.ts"
import * as Credentials from "./Credentials.ts"
import * as Discovery from "./Discovery.ts"
import type { Kind } from "./Client.ts"
import type { Flow } from "./Flow.ts"
import * as Locations from "./Locations.ts"
import * as Renewal from "./Renewal.ts"
import * as Revocation from "./Revocation.ts"

/** What every way to get tokens has in common. */
export interface Options {
  /** The URL of the MCP server the tokens are for. They are sent to its origin, and to no other. */
  readonly server: string
  /** Scopes to ask for in any case. Default: what the server names. */
  readonly scopes?: ReadonlyArray<string>
  /**
   * What the server may call itself in its metadata other than its URL: some use the URL of their origin. Whoever has
   * a token for that identifier may use it at everything that goes by it.
   */
  readonly resource?: string
  /** `true` accepts scopes that nobody asked for. Default: that is an error. */
  readonly extraScopes?: boolean
  /**
   * Whether tokens are bound to a key (DPoP): `true` wherever the authorization server can, `false` nowhere. Default:
   * where the server asks for it.
   */
  readonly dpop?: boolean
}

export interface Around {
  readonly guard: GuardedHttp["Service"]
  readonly near: string
  readonly credentials: Credentials.Credentials
}

/**
 * An authorization, without anything that is secret. Whose it is, is not in it: to a client access tokens are opaque,
 * and nobody else tells it.
 */
export interface Status {
  readonly issuer: string
  readonly clientId: string
  /** How the client came to its id; `undefined` when that is not known any more. */
  readonly clientKind: Kind | undefined
  readonly resource: string
  readonly scopes: ReadonlyArray<string>
  /** When the access token expires, in milliseconds since 1970, if that is known. */
  readonly expiresAt: number | undefined
  /** Whether it can be renewed without asking the user. */
  readonly renewable: boolean
}

/** Where an authorization would come from. */
export interface Destination {
  readonly issuer: string
  /** What the server calls itself. */
  readonly resource: string
  /** Whether the server or the authorization server says so; else it is where 2025-03-26 has it. */
  readonly described: boolean
}

export interface Service {
  /** Where `signIn` would lead, without asking the user; fails with what would be in the way. */
  readonly destination: Effect.Effect<Destination, AuthorizationError.AuthorizationError>
  /** Asks for an authorization now, whether or not there is one already. */
  readonly signIn: Effect.Effect<Status, AuthorizationError.AuthorizationError>
  /** The authorization that is kept for the server. */
  readonly status: Effect.Effect<Status | undefined, AuthorizationError.AuthorizationError>
  /**
   * Forgets the authorization, and tells the authorization server where it wants to know. It is forgotten here even if
   * that fails.
   */
  readonly signOut: Effect.Effect<void, AuthorizationError.AuthorizationError>
}

export interface Assembled {
  readonly httpClient: HttpClient.HttpClient
  readonly authority: () => unknown
  readonly service: Service
}

export const make = Effect.fnUntraced(function* (
  options: Options,
  flowOf: (around: Around) => Flow
): Effect.fn.Return<
  Assembled,
  AuthorizationError.AuthorizationError,
  HttpClient.HttpClient | GuardedHttp | TokenStore | Scope.Scope
> {
  const client = yield* HttpClient.HttpClient
  const guard = yield* GuardedHttp
  const server = yield* Effect.mapError(
    guard.check(options.server, options.server),
    AuthorizationError.ofGuard
  )
  const near = server.href
  const credentials = Credentials.make(yield* TokenStore, Locations.canonical(server))
  const discovery = Discovery.make({ guard, server, resource: options.resource })
  const flow = flowOf({ guard, near, credentials })
  const renewal = Renewal.make({
    guard,
    near,
    credentials,
    flow,
    extraScopes: options.extraScopes ?? false,
    bound: options.dpop
  })
  const authorizer = yield* Authorizer.make({
    credentials,
    discovery,
    flow,
    renewal,
    scopes: options.scopes ?? []
  })

  const status = Effect.flatMap(credentials.current, (grant) =>
    grant === undefined ? Effect.succeed(undefined) : shown(grant, flow)
  )

  /** What the server says to somebody without a token. */
  const demand = client.get(near, { accept: "application/json, text/event-stream" }).pipe(
    Effect.map(({ headers, status }) =>
      status === 401 ? Challenge.demand(headers["www-authenticate"]) : Challenge.nothing
    ),
    Effect.mapError(({ message }) => AuthorizationError.make("Unavailable", message))
  )

  const destination = Effect.gen(function* () {
    const place = yield* discovery.locate(yield* demand, {}, flow.preferred)
    yield* flow.foresee(place.metadata)
    return { issuer: place.metadata.issuer, resource: place.resource, described: place.described }
  })

  const signIn = Effect.gen(function* () {
    const held = yield* authorizer.authorize({
      held: undefined,
      demand: yield* demand,
      headers: {},
      fresh: true
    })
    return held === undefined
      ? yield* AuthorizationError.make("Token", `There is no authorization for ${near}`)
      : yield* shown(held.grant, flow)
  })

  const signOut = Effect.gen(function* () {
    const grant = yield* credentials.current
    authorizer.forget()
    if (grant === undefined) return
    yield* credentials.dropGrant(grant.issuer)
    const known = yield* flow.client(grant.issuer, grant.clientId)
    const metadata = yield* discovery.metadata(grant.issuer)
    if (known !== undefined) yield* Revocation.revoke(guard, near, metadata, known, grant)
  })

  return {
    httpClient: Attach.make(client, authorizer, server),
    authority: authorizer.authority,
    service: { destination, signIn, status, signOut }
  }
})

const shown = (
  { clientId, expiresAt, granted, issuer, refreshToken, resource }: Credentials.Grant,
  flow: Flow
): Effect.Effect<Status, AuthorizationError.AuthorizationError> =>
  Effect.map(flow.kind(issuer, clientId), (clientKind) => ({
    issuer,
    clientId,
    clientKind,
    resource,
    scopes: granted,
    expiresAt,
    renewable: flow.silent || refreshToken !== undefined
  }))

/** An effect of the application, which needs whatever is there when the layer is built. */
export const closed = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  context: Context.Context<R>
): Effect.Effect<A, AuthorizationError.AuthorizationError> =>
  effect.pipe(
    Effect.mapError(
      (cause) =>
        new AuthorizationError.AuthorizationError({
          reason: "Interaction",
          message: "The application could not say what was asked of it",
          cause
        })
    ),
    Effect.provideContext(context)
  )
