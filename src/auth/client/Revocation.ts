/** Tells an authorization server that a token is not needed any more (RFC 7009). */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { GuardedHttp } from "../GuardedHttp.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import * as Client from "./Client.ts"
import type { Grant } from "./Credentials.ts"
import type { ServerMetadata } from "./ServerMetadata.ts"
import * as TokenEndpoint from "./TokenEndpoint.ts"

/** With the refresh token everything goes that came from it. Does nothing where there is no endpoint for it. */
export const revoke = Effect.fnUntraced(function* (
  guard: GuardedHttp["Service"],
  near: string,
  metadata: ServerMetadata,
  client: Client.Client,
  { accessToken, refreshToken }: Grant
) {
  const url = metadata.revocation_endpoint
  if (url === undefined) return
  const token = Redacted.value(refreshToken ?? accessToken)
  const { form, headers, secrets } = yield* Client.authentication(client, metadata)
  const answer = yield* Effect.mapError(
    guard.send({
      method: "POST",
      url,
      near,
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...headers
      },
      body: Redacted.make(
        new URLSearchParams({
          token,
          token_type_hint: refreshToken === undefined ? "access_token" : "refresh_token",
          ...form
        }).toString()
      )
    }),
    AuthorizationError.ofGuard
  )
  if (answer.status !== 200) yield* TokenEndpoint.refusal(url, answer, [token, ...secrets])
})
