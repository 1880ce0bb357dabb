/** Asks a token endpoint, and reads what it says. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { GuardedHttp } from "../GuardedHttp.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import type { BoundKey } from "./BoundKey.ts"
import * as Client from "./Client.ts"
import * as Documents from "./Documents.ts"
import type { ServerMetadata } from "./ServerMetadata.ts"

export interface Request {
  readonly guard: GuardedHttp["Service"]
  readonly near: string
  readonly metadata: ServerMetadata
  readonly client: Client.Client
  /** Grant type and what belongs to it; `undefined` is left out. */
  readonly form: { readonly [name: string]: string | Redacted.Redacted | undefined }
  /** The key the token is to be bound to. */
  readonly key?: BoundKey | undefined
}

export interface Tokens {
  readonly accessToken: Redacted.Redacted
  readonly refreshToken: Redacted.Redacted | undefined
  /** `bearer`, `dpop`, in lower case; `n_a` for what is no access token. */
  readonly type: string
  /** In milliseconds of the clock. */
  readonly expiresAt: number | undefined
  /** What was granted, if it was said. */
  readonly scope: string | undefined
  /** What a token exchange was answered with. */
  readonly issuedType: string | undefined
}

const Response = Schema.Struct({
  access_token: Schema.NonEmptyString,
  token_type: Schema.String,
  // Some send it as text.
  expires_in: Schema.optionalKey(Schema.Union([Schema.Finite, Schema.FiniteFromString, Schema.Null])),
  refresh_token: Schema.optionalKey(Schema.NullOr(Schema.String)),
  scope: Schema.optionalKey(Schema.NullOr(Schema.String)),
  issued_token_type: Schema.optionalKey(Schema.NullOr(Schema.String))
})
const decode = Schema.decodeUnknownResult(Response)

const Failure = Schema.Struct({ error: Schema.String, error_description: Schema.optionalKey(Schema.String) })
const decodeFailure = Schema.decodeUnknownResult(Failure)

export const request = Effect.fnUntraced(function* (
  asked: Request
): Effect.fn.Return<Tokens, AuthorizationError.AuthorizationError> {
  const { guard, key, metadata, near } = asked
  const url = metadata.token_endpoint
  const plain = fields(asked.form)

  const ask = Effect.fnUntraced(function* () {
    // Made anew each time: an assertion and a proof are good for one request.
    const authentication = yield* Client.authentication(asked.client, metadata)
    const proof = key === undefined ? undefined : yield* key.prove("POST", url)
    const answer = yield* Effect.mapError(
      guard.send({
        method: "POST",
        url,
        near,
        headers: {
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
          ...authentication.headers,
          ...(proof !== undefined && { dpop: proof })
        },
        body: Redacted.make(new URLSearchParams({ ...plain, ...authentication.form }).toString())
      }),
      AuthorizationError.ofGuard
    )
    return { answer, secrets: authentication.secrets }
  })

  const first = yield* ask()
  const again =
    key?.learn(url, first.answer.header("dpop-nonce")) === true &&
    code(first.answer.body) === "use_dpop_nonce"
  const { answer, secrets } = again ? yield* ask() : first
  if (again) key?.learn(url, answer.header("dpop-nonce"))
  if (answer.status !== 200) {
    return yield* refusal(url, answer, [...secrets, ...hidden(asked.form)])
  }
  const response = decode(Documents.json(answer.body))
  if (Result.isFailure(response)) {
    return yield* AuthorizationError.make("Token", `${url} answered with something that is no token response`)
  }
  const { access_token, expires_in, issued_token_type, refresh_token, scope, token_type } = response.success
  const now = yield* Clock.currentTimeMillis
  return {
    accessToken: Redacted.make(access_token),
    refreshToken: typeof refresh_token === "string" ? Redacted.make(refresh_token) : undefined,
    type: token_type.toLowerCase(),
    expiresAt: typeof expires_in === "number" ? now + expires_in * 1000 : undefined,
    scope: scope ?? undefined,
    issuedType: issued_token_type ?? undefined
  }
})

const fields = (form: Request["form"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === "string" ? value : Redacted.value(value)] as const]
    )
  )

const hidden = (form: Request["form"]): ReadonlyArray<string> =>
  Object.values(form).flatMap((value) => (Redacted.isRedacted(value) ? [Redacted.value(value)] : []))

const code = (body: string): string | undefined => {
  const failure = decodeFailure(Documents.json(body))
  return Result.isSuccess(failure) ? failure.success.error : undefined
}

const transient = new Set(["server_error", "temporarily_unavailable", "slow_down"])

/** What an OAuth endpoint says when it refuses. Secrets that it repeats are struck out. */
export const refusal = (
  url: string,
  { body, status }: { readonly body: string; readonly status: number },
  secrets: ReadonlyArray<string>,
  reason: AuthorizationError.Reason = "Token"
): AuthorizationError.AuthorizationError => {
  const failure = decodeFailure(Documents.json(body))
  if (Result.isFailure(failure)) {
    return AuthorizationError.make(
      status >= 500 || status === 429 ? "Unavailable" : reason,
      `${url} answered ${status}`
    )
  }
  const { error, error_description = "" } = failure.success
  const said = error_description === "" ? "" : `: ${AuthorizationError.quoted(error_description, secrets)}`
  return AuthorizationError.make(
    status >= 500 || transient.has(error) ? "Unavailable" : reason,
    `${url} refused with ${AuthorizationError.quoted(error, secrets)}${said}`,
    AuthorizationError.quoted(error, secrets).slice(1, -1)
  )
}
