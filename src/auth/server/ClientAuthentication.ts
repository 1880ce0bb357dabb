/**
 * Who is at the token endpoint. A client uses the method it was registered with, and no other; whatever is wrong, the
 * answer is the same and takes the same work.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Result from "effect/Result"
import * as Authorization from "../../http/Authorization.ts"
import type { AuthenticationMethod, AuthorizationProvider, Client } from "../AuthorizationProvider.ts"
import * as Assertion from "./Assertion.ts"
import * as Digests from "./Digests.ts"
import type { Seen } from "./Seen.ts"
import { endpoint, type Resolved } from "./Settings.ts"
import { type Parameters, refuse, type Refusal } from "./Wire.ts"

interface Presented {
  readonly method: AuthenticationMethod
  readonly id: string
  readonly secret: string
}

export const authenticate = (
  request: HttpServerRequest,
  parameters: Parameters,
  provider: AuthorizationProvider["Service"],
  settings: Resolved,
  seen: Seen
): Effect.Effect<Client, Refusal> =>
  Effect.gen(function* () {
    const presented = yield* credentials(request, parameters)
    const client = yield* provider.getClient(presented.id)
    const now = yield* Clock.currentTimeMillis
    // Done for unknown clients, too, so that they cannot be told from known ones by the time it takes.
    const fits = yield* Digests.fits(presented.secret, client?.secretDigest ?? nobody)
    if (client === undefined || client.authentication !== presented.method) return yield* invalid(presented)
    switch (client.authentication) {
      case "none":
        return client
      case "private_key_jwt": {
        const audiences = [settings.issuer, endpoint(settings, "/token")]
        const proof = yield* Assertion.verify(presented.secret, client, audiences)
        const fresh = proof !== undefined && (yield* seen.first(`${client.id} ${proof.jti}`, proof.expiresAt))
        return fresh ? client : yield* invalid(presented)
      }
      default: {
        const expired = client.secretExpiresAt !== undefined && client.secretExpiresAt <= now
        return fits && !expired ? client : yield* invalid(presented)
      }
    }
  })

/** The digest of no secret. */
const nobody = "A".repeat(43)

/** One way to identify oneself, and only one. */
const credentials = (
  request: HttpServerRequest,
  parameters: Parameters
): Effect.Effect<Presented, Refusal> => {
  const header = Authorization.of(request.source, request.headers["authorization"])
  const [id, secret] = [parameters.get("client_id"), parameters.get("client_secret")]
  const assertion = parameters.get("client_assertion")
  const ways = [header, secret, assertion].filter((way) => way !== undefined)
  if (ways.length > 1) {
    return Effect.fail(refuse(400, "invalid_request", "A client authenticates in one way only"))
  }
  if (header !== undefined) {
    const basic = decode(header)
    return basic === undefined || (id !== undefined && id !== basic.id)
      ? Effect.fail(refusal(challenge))
      : Effect.succeed(basic)
  }
  if (assertion !== undefined) {
    const subject = Assertion.subject(assertion)
    return parameters.get("client_assertion_type") !== Assertion.type ||
      subject === undefined ||
      (id !== undefined && id !== subject)
      ? unauthenticated
      : Effect.succeed({ method: "private_key_jwt", id: subject, secret: assertion })
  }
  if (id === undefined) return unauthenticated
  return Effect.succeed(
    secret === undefined ? { method: "none", id, secret: "" } : { method: "client_secret_post", id, secret }
  )
}

/** HTTP Basic, whose two halves are form-encoded (RFC 6749 section 2.3.1). */
const decode = (header: string): Presented | undefined => {
  const match = /^basic +([\w+/]+=*)$/i.exec(header)
  const text = match === null ? "" : Result.getOrElse(Base64.decodeString(match[1]!), () => "")
  const colon = text.indexOf(":")
  if (colon < 1) return undefined
  try {
    const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)].map((half) =>
      decodeURIComponent(half.replaceAll("+", " "))
    )
    return { method: "client_secret_basic", id: id!, secret: secret! }
  } catch {
    return undefined
  }
}

/** Whoever tried it with the header is told how it is done (RFC 6749, section 5.2). */
const challenge = { "www-authenticate": 'Basic realm="token"' }

const refusal = (headers: { readonly [name: string]: string } = {}) =>
  refuse(401, "invalid_client", "The client is not known, or not authenticated", headers)

const unauthenticated = Effect.fail(refusal())

const invalid = ({ method }: Presented): Effect.Effect<never, Refusal> =>
  Effect.fail(refusal(method === "client_secret_basic" ? challenge : {}))
