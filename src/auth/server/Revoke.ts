/** Revocation (RFC 7009): a client gives back what it was given. What it was not given is none of its business. */
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Redacted from "effect/Redacted"
import type { AuthorizationProvider } from "../AuthorizationProvider.ts"
import { authenticate } from "./ClientAuthentication.ts"
import type { Seen } from "./Seen.ts"
import type { Resolved } from "./Settings.ts"
import * as Wire from "./Wire.ts"

export const handle = (
  request: HttpServerRequest,
  provider: AuthorizationProvider["Service"],
  settings: Resolved,
  seen: Seen
): Effect.Effect<Wire.Response, Wire.Refusal> =>
  Effect.gen(function* () {
    const parameters = yield* Wire.form(request)
    const client = yield* authenticate(request, parameters, provider, settings, seen)
    const sent = parameters.get("token")
    if (sent === undefined) return yield* Wire.refuse(400, "invalid_request", "token is missing")
    const token = Redacted.make(sent)
    // The hint only says where to look first; both places are looked at.
    const found =
      (yield* provider.loadAccessToken(token)) ?? (yield* provider.loadRefreshToken(client, token))
    if (found !== undefined && found.clientId === client.id) yield* provider.revokeToken(found)
    return Wire.empty(200)
  })
