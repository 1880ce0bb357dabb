/** From a server that wants a token to the authorization server that gives it. */
import * as Effect from "effect/Effect"
import type { GuardedHttp } from "../GuardedHttp.ts"
import type { AuthorizationError } from "./AuthorizationError.ts"
import type { Demand } from "./Challenge.ts"
import * as Locations from "./Locations.ts"
import * as ResourceMetadata from "./ResourceMetadata.ts"
import * as ServerMetadata from "./ServerMetadata.ts"

/** Everything that is known before a token is asked for. */
export interface Place {
  readonly metadata: ServerMetadata.ServerMetadata
  /** Whether the authorization server is known from what somebody has said, and not by convention only. */
  readonly described: boolean
  /** The identifier of the server, as it writes it. */
  readonly resource: string
  /** Scopes the server names as the ones to start with. */
  readonly scopes: ReadonlyArray<string> | undefined
  /** Only tokens that are bound to a key will do. */
  readonly bound: boolean
}

export interface Options {
  readonly guard: GuardedHttp["Service"]
  readonly server: URL
  /** Another identifier the server may go by. */
  readonly resource: string | undefined
}

export interface Discovery {
  /**
   * Finds the authorization server the server names now. `preferred` decides between several. The metadata of an
   * authorization server is fetched once; `forget` makes it be fetched again.
   */
  readonly locate: (
    demand: Demand,
    headers: { readonly [name: string]: string },
    preferred: ReadonlyArray<string>
  ) => Effect.Effect<Place, AuthorizationError>
  /** The metadata of an issuer, from memory where it is there. */
  readonly metadata: (issuer: string) => Effect.Effect<ServerMetadata.ServerMetadata, AuthorizationError>
  readonly forget: Effect.Effect<void>
}

export const make = ({ guard, resource, server }: Options): Discovery => {
  const known = new Map<string, ServerMetadata.ServerMetadata>()
  const remember = (metadata: ServerMetadata.ServerMetadata) => {
    known.set(metadata.issuer, metadata)
    return metadata
  }

  const metadata: Discovery["metadata"] = (issuer) =>
    Effect.suspend(() => {
      const found = known.get(issuer)
      return found === undefined
        ? Effect.map(ServerMetadata.fetch(guard, issuer, server.href), remember)
        : Effect.succeed(found)
    })

  const locate: Discovery["locate"] = Effect.fnUntraced(function* (demand, headers, preferred) {
    const described = yield* ResourceMetadata.fetch(guard, {
      server,
      location: demand.resourceMetadata,
      known: resource === undefined ? [] : [resource],
      headers
    })
    if (described === undefined) {
      const legacy = yield* ServerMetadata.legacy(guard, server, headers)
      return {
        metadata: remember(legacy ?? ServerMetadata.assumed(server)),
        described: legacy !== undefined,
        resource: resource ?? Locations.canonical(server),
        scopes: undefined,
        bound: demand.bound
      }
    }
    const issuers = described.authorization_servers
    return {
      metadata: yield* metadata(preferred.find((issuer) => issuers.includes(issuer)) ?? issuers[0]!),
      described: true,
      resource: described.resource,
      scopes: described.scopes_supported,
      bound: demand.bound || described.dpop_bound_access_tokens_required === true
    }
  })

  return { locate, metadata, forget: Effect.sync(() => known.clear()) }
}
