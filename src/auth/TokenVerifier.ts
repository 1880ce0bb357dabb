/** The service that tells whether a token is genuine, for those who offer it and those who use it. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Claims } from "./Principal.ts"

/** What a genuine token says. Times in milliseconds since 1970. */
export interface Verified {
  readonly issuer: string
  readonly subject: string
  readonly client: string | undefined
  /** For whom the token was issued. The guard wants its own resource among them. */
  readonly audience: ReadonlyArray<string>
  readonly scopes: ReadonlyArray<string>
  readonly expiresAt: number | undefined
  readonly notBefore: number | undefined
  readonly claims: Claims
}

/** The token is not genuine, or says too little. `why` is for the operator: it never holds the token or part of it. */
export class InvalidToken extends Schema.TaggedError<InvalidToken>()("InvalidToken", {
  why: Schema.String
}) {
  override get message(): string {
    return this.why
  }
}

/** Whoever has to be asked about the token cannot be reached: nothing is known about it. */
export class VerifierUnavailable extends Schema.TaggedError<VerifierUnavailable>()("VerifierUnavailable", {
  why: Schema.String,
  /** What whoever was asked answered, if it answered. */
  status: Schema.optionalKey(Schema.Int)
}) {
  override get message(): string {
    return this.why
  }
}

export class Verifier extends Context.Service<
  Verifier,
  {
    /** `resource` is the server that was sent the token, for verifiers whose tokens do not say for whom they are. */
    readonly verify: (
      token: Redacted.Redacted<string>,
      resource: string
    ) => Effect.Effect<Verified, InvalidToken | VerifierUnavailable>
  }
>()("mcp-effect/auth/Verifier") {}
