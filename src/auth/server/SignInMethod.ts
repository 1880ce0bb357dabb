/** The ways to sign in, for those who offer one and those who use it. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Claims } from "../Principal.ts"

/** Who signed in. The claims go into access tokens: put nothing there that a server should not know. */
export interface User {
  readonly subject: string
  readonly claims?: Claims
}

/** One field of the consent page. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly type: "text" | "password"
  /** What browsers fill in: "username", "current-password". */
  readonly autocomplete: string
}

/** Signing in did not work. The user is told why, and may try again. */
export class SignInFailed extends Schema.TaggedError<SignInFailed>()("SignInFailed", {
  message: Schema.String
}) {}

export interface Form {
  readonly _tag: "Form"
  readonly fields: ReadonlyArray<Field>
  readonly check: (values: ReadonlyMap<string, string>) => Effect.Effect<User, SignInFailed>
}

/** What somebody else gave for the user, for the server's own calls there. */
export interface Kept {
  readonly accessToken: string
  readonly refreshToken?: string
  /** In milliseconds since 1970. */
  readonly expiresAt?: number
}

export interface Elsewhere {
  readonly user: User
  readonly tokens: Kept
}

export interface Redirect {
  readonly _tag: "Redirect"
  /** Who is asked, for people. */
  readonly name: string
  /** What is asked for there. */
  readonly scopes: ReadonlyArray<string>
  /** `state` comes back with the answer, and `remember` is given to `finish`. */
  readonly begin: (state: string) => Effect.Effect<{ readonly url: URL; readonly remember: string }>
  readonly finish: (
    parameters: ReadonlyMap<string, string>,
    remembered: string
  ) => Effect.Effect<Elsewhere, SignInFailed>
  /** Whether what was given is still good; what is to be kept of it from now on, or `undefined` if it is not. */
  readonly renew: (tokens: Kept) => Effect.Effect<Kept | undefined>
}

export class SignIn extends Context.Service<SignIn, Form | Redirect>()("mcp-effect/auth/SignIn") {}
