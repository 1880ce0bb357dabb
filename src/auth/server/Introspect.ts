/** Introspection (RFC 7662), for the servers that tokens are issued for. Each is told about its own, and no others. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Authorization from "../../http/Authorization.ts"
import type { AccessToken, AuthorizationProvider } from "../AuthorizationProvider.ts"
import * as Secrets from "../Secrets.ts"
import type { ResourceServer, Resolved } from "./Settings.ts"
import * as Wire from "./Wire.ts"

export type Introspect = (request: HttpServerRequest) => Effect.Effect<Wire.Response, Wire.Refusal>

export const make = (
  servers: ReadonlyArray<ResourceServer>,
  provider: AuthorizationProvider["Service"],
  settings: Resolved
): Effect.Effect<Introspect> =>
  Effect.gen(function* () {
    const digest = yield* Secrets.digests
    const known = yield* Effect.forEach(servers, ({ id, secret }) =>
      digest(`${encodeURIComponent(id)}:${encodeURIComponent(Redacted.value(secret))}`)
    )
    return (request) =>
      Effect.gen(function* () {
        const sent = yield* digest(basic(Authorization.of(request.source, request.headers["authorization"])))
        const server = servers[Secrets.position(sent, known)]
        if (server === undefined) {
          return yield* Wire.refuse(401, "invalid_client", "Only servers that tokens are for may ask", {
            "www-authenticate": 'Basic realm="introspection"'
          })
        }
        const parameters = yield* Wire.form(request)
        const token = parameters.get("token")
        if (token === undefined) return yield* Wire.refuse(400, "invalid_request", "token is missing")
        const found = yield* provider.loadAccessToken(Redacted.make(token))
        const now = yield* Clock.currentTimeMillis
        return Wire.json(
          200,
          found !== undefined && found.resource === server.resource && now < found.expiresAt
            ? described(found, settings)
            : { active: false }
        )
      })
  })

/** The credentials as they were sent, in the one way that they can be written. */
const basic = (header: string | undefined): string => {
  const match = /^basic +([\w+/]+=*)$/i.exec(header ?? "")
  const text = match === null ? "" : Result.getOrElse(Base64.decodeString(match[1]!), () => "")
  const colon = text.indexOf(":")
  try {
    const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)].map((half) =>
      encodeURIComponent(decodeURIComponent(half.replaceAll("+", " ")))
    )
    return colon < 1 ? "" : `${id}:${secret}`
  } catch {
    return ""
  }
}

const described = (
  { claims = {}, clientId, expiresAt, resource, scopes, subject }: AccessToken,
  settings: Resolved
) => ({
  ...claims,
  active: true,
  iss: settings.issuer,
  sub: subject,
  aud: resource,
  client_id: clientId,
  scope: scopes.join(" "),
  token_type: "Bearer",
  exp: Math.floor(expiresAt / 1000)
})
