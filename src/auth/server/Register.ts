/** Dynamic client registration (RFC 7591). Deprecated by the protocol since 2026-07-28, and off unless turned on. */
import * as Clock from "effect/Clock"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { AuthorizationProvider, Client } from "../AuthorizationProvider.ts"
import * as ClientMetadata from "./ClientMetadata.ts"
import * as Digests from "./Digests.ts"
import type { Resolved } from "./Settings.ts"
import * as Wire from "./Wire.ts"

export const handle = (
  request: HttpServerRequest,
  provider: AuthorizationProvider["Service"],
  settings: Resolved
): Effect.Effect<Wire.Response, Wire.Refusal> =>
  Effect.gen(function* () {
    const metadata = yield* Wire.object(request)
    const described = yield* ClientMetadata.read(metadata, settings)
    const id = yield* Effect.map(WebCrypto, (crypto) => crypto.randomUUID())
    const now = yield* Clock.currentTimeMillis
    const needsSecret =
      described.authentication === "client_secret_basic" || described.authentication === "client_secret_post"
    const secret = needsSecret ? yield* Digests.secret : undefined
    const expiry = settings.options.clientRegistration?.clientSecretExpiry
    const secretExpiresAt =
      secret === undefined || expiry === undefined
        ? undefined
        : now + Duration.toMillis(Duration.fromInputUnsafe(expiry))
    const client: Client = {
      ...described,
      id,
      origin: "registered",
      ...(secret === undefined ? {} : { secretDigest: yield* Digests.digest(secret) }),
      ...(secretExpiresAt === undefined ? {} : { secretExpiresAt })
    }
    yield* provider.registerClient(client)
    return Wire.json(201, {
      ...information(client, settings),
      client_id_issued_at: Math.floor(now / 1000),
      ...(secret === undefined
        ? {}
        : { client_secret: secret, client_secret_expires_at: Math.floor((secretExpiresAt ?? 0) / 1000) })
    })
  }).pipe(
    Effect.catchTag("RegistrationError", ({ description, error }) =>
      Wire.refuse(error === "temporarily_unavailable" ? 503 : 400, error, description)
    )
  )

/** What was registered, which may be less than what was asked for. */
const information = (client: Client, { defaultScopes }: Resolved) => ({
  client_id: client.id,
  redirect_uris: client.redirectUris,
  token_endpoint_auth_method: client.authentication,
  grant_types: client.grantTypes,
  response_types: ["code"],
  ...(client.scopes === undefined && defaultScopes.length === 0
    ? {}
    : { scope: (client.scopes ?? defaultScopes).join(" ") }),
  ...(client.jwks === undefined ? {} : { jwks: client.jwks }),
  ...(client.name === undefined ? {} : { client_name: client.name }),
  ...(client.uri === undefined ? {} : { client_uri: client.uri })
})
