/** Tokens that only their issuer understands: it is asked about each (RFC 7662). */
import * as Cache from "effect/Cache"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Remote from "./Remote.ts"
import * as TokenClaims from "./TokenClaims.ts"
import { identifier } from "./Urls.ts"
import { InvalidToken, type Verified, Verifier, type VerifierUnavailable } from "./TokenVerifier.ts"

export interface Options {
  readonly issuer: string
  /** The introspection endpoint. */
  readonly endpoint: string
  /** How this server identifies itself to the issuer: HTTP Basic. */
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted<string>
  /**
   * For how long an answer may be used again; a token that was revoked is taken so much longer. By default the issuer
   * is asked every time.
   */
  readonly remember?: Duration.Input
}

/** So many tokens are remembered at most. */
const capacity = 10_000

/**
 * Asks the issuer about every token.
 *
 * @example
 * ```ts
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as Verifier from "mcp-effect/Verifier"
 *
 * export const live = Layer.unwrap(
 *   Effect.map(Config.Redacted("INTROSPECTION_SECRET"), (clientSecret) =>
 *     Verifier.introspection({
 *       issuer: "https://login.example.com",
 *       endpoint: "https://login.example.com/introspect",
 *       clientId: "mcp-server",
 *       clientSecret,
 *       remember: "10 seconds"
 *     })
 *   )
 * )
 * ```
 */
export const layer = (options: Options): Layer.Layer<Verifier, never, HttpClient.HttpClient> =>
  Layer.effect(
    Verifier,
    Effect.gen(function* () {
      identifier("issuer", options.issuer)
      identifier("endpoint", options.endpoint)
      const client = yield* HttpClient.HttpClient
      const ask = (token: Redacted.Redacted<string>) => introspect(client, options, token)
      if (options.remember === undefined) return Verifier.of({ verify: ask })
      const remember = Duration.fromInputUnsafe(options.remember)
      const answers = yield* Cache.makeWith((token: string) => ask(Redacted.make(token)), {
        capacity,
        timeToLive: (exit) => (Exit.isSuccess(exit) ? remember : Duration.zero)
      })
      return Verifier.of({ verify: (token) => Cache.get(answers, Redacted.value(token)) })
    })
  )

const introspect = (
  client: HttpClient.HttpClient,
  { clientId, clientSecret, endpoint, issuer }: Options,
  token: Redacted.Redacted<string>
): Effect.Effect<Verified, InvalidToken | VerifierUnavailable> => {
  const request = HttpClientRequest.post(endpoint).pipe(
    // RFC 6749 has both halves form-encoded before they are joined.
    HttpClientRequest.basicAuth(encoded(clientId), encoded(Redacted.value(clientSecret))),
    HttpClientRequest.acceptJson,
    HttpClientRequest.bodyUrlParams({ token: Redacted.value(token), token_type_hint: "access_token" })
  )
  return Effect.flatMap(Remote.json(client, request, "introspection"), ({ body }) => {
    if (!TokenClaims.isClaims(body) || body["active"] !== true) return invalid("not active")
    if (body["iss"] !== undefined && body["iss"] !== issuer) return invalid("of another issuer")
    const verified = TokenClaims.read({ sub: body["client_id"], ...body }, issuer)
    return verified === undefined ? invalid("claims are missing or malformed") : Effect.succeed(verified)
  })
}

const encoded = (text: string) => new URLSearchParams({ text }).toString().slice("text=".length)

const invalid = (why: string) => Effect.fail(new InvalidToken({ why }))
