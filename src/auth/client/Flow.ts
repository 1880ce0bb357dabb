/** A way to get an authorization where there is none yet. */
import type * as Effect from "effect/Effect"
import type { AuthorizationError } from "./AuthorizationError.ts"
import type { BoundKey } from "./BoundKey.ts"
import type { Client, Kind } from "./Client.ts"
import type { Place } from "./Discovery.ts"
import type { ScopeSet } from "./ScopeSet.ts"
import type { ServerMetadata } from "./ServerMetadata.ts"
import type { Tokens } from "./TokenEndpoint.ts"

export interface Wish {
  readonly place: Place
  /** Empty: whatever the authorization server gives by default. */
  readonly scopes: ScopeSet
  readonly key: BoundKey | undefined
}

export interface Obtained {
  readonly client: Client
  readonly tokens: Tokens
  /** What was asked for in the end. */
  readonly requested: ScopeSet
}

export interface Flow {
  /** Nobody is asked, so a new authorization is as cheap as a refresh. */
  readonly silent: boolean
  /** Which authorization servers to take where a server names several. */
  readonly preferred: ReadonlyArray<string>
  readonly obtain: (wish: Wish) => Effect.Effect<Obtained, AuthorizationError>
  /** Fails as `obtain` would, as far as that can be said without asking or changing anything. */
  readonly foresee: (metadata: ServerMetadata) => Effect.Effect<void, AuthorizationError>
  /** How the client of an earlier authorization came to its id, if that is still known. */
  readonly kind: (issuer: string, clientId: string) => Effect.Effect<Kind | undefined, AuthorizationError>
  /** The client that an earlier authorization was given to. */
  readonly client: (issuer: string, clientId: string) => Effect.Effect<Client | undefined, AuthorizationError>
}
