/** What the store has of grants, and how long they live. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Granted } from "../AuthorizationProvider.ts"
import type { Claims } from "../Principal.ts"
import * as Digests from "./Digests.ts"

export interface Lifetimes {
  /** Default: one minute. */
  readonly code: Duration.Duration
  /** Default: 15 minutes. */
  readonly accessToken: Duration.Duration
  /** Since it was last used. Default: 30 days. */
  readonly refreshToken: Duration.Duration
  /** Since the user agreed, however often it was refreshed. Default: 180 days. */
  readonly grant: Duration.Duration
}

export interface Subject {
  readonly subject: string
  readonly claims?: Claims
}

/** What all tokens of one authorization have in common. */
export interface Family {
  readonly family: string
  readonly clientId: string
  readonly subject: string
  readonly claims: Claims
  readonly resource: string
  /** Everything that was agreed to. */
  readonly scopes: ReadonlyArray<string>
  readonly endsAt: number
}

export interface CodeRecord extends Family {
  readonly redirectUri: string
  readonly codeChallenge: string
  readonly goodUntil: number
  readonly used: boolean
}

export interface RefreshRecord extends Family {
  readonly expiresAt: number
  readonly used?: { readonly at: number; readonly answer: string }
}

export interface AccessRecord extends Granted {
  readonly family: string
  readonly claims: Claims
}

/** A secret is known to the store by its digest. */
export const keyOf = (kind: "code" | "refresh" | "access", secret: string): Effect.Effect<string> =>
  Effect.map(Digests.digest(secret), (digest) => `${kind}:${digest}`)
