/**
 * Signing in with another OAuth server, as its client: this server has one client id there, whichever client asks here.
 * So the user agrees to the client here, each time, before the browser goes there.
 *
 * @see https://modelcontextprotocol.io/docs/tutorials/security/security_best_practices#confused-deputy-problem
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Claims } from "../Principal.ts"
import * as Remote from "../Remote.ts"
import { isClaims } from "../TokenClaims.ts"
import { identifier } from "../Urls.ts"
import * as Digests from "./Digests.ts"
import { endpoint, Settings } from "./Settings.ts"
import { type Kept, SignIn, SignInFailed, type User } from "./SignInMethod.ts"

export interface Options<R = never> {
  /** What users call it: "GitHub". */
  readonly name: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted<string>
  readonly scopes?: ReadonlyArray<string>
  /** Its issuer. With it, an answer of another one is refused (RFC 9207). */
  readonly issuer?: string
  /** How this server authenticates there. Default: HTTP Basic. */
  readonly authentication?: "basic" | "post"
  /** More parameters of the authorization request: `{ prompt: "select_account" }`. */
  readonly parameters?: { readonly [name: string]: string }
  /** Who the user is, from what the token endpoint answered, or by asking with the token. */
  readonly identify: (
    accessToken: Redacted.Redacted<string>,
    answer: Claims
  ) => Effect.Effect<User, SignInFailed, R>
}

/** Renewed when they have less than this left. */
const margin = 60_000

/**
 * Signs users in at another server. Register `<issuer>/callback` there as the redirect URI. The tokens it gives are
 * kept for the server's own calls: `UpstreamTokens`.
 *
 * @example
 * ```ts
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as HttpClient from "effect/http/HttpClient"
 * import * as HttpClientRequest from "effect/http/HttpClientRequest"
 * import * as SignIn from "mcp-effect/SignIn"
 *
 * export const github = Layer.unwrap(
 *   Effect.map(Config.Redacted("GITHUB_CLIENT_SECRET"), (clientSecret) =>
 *     SignIn.upstream({
 *       name: "GitHub",
 *       authorizationEndpoint: "https://github.com/login/oauth/authorize",
 *       tokenEndpoint: "https://github.com/login/oauth/access_token",
 *       clientId: "Iv1.0123456789abcdef",
 *       clientSecret,
 *       authentication: "post",
 *       scopes: ["read:user"],
 *       identify: (accessToken) =>
 *         HttpClientRequest.get("https://api.github.com/user").pipe(
 *           HttpClientRequest.bearerToken(accessToken),
 *           HttpClient.execute,
 *           Effect.flatMap((response) => response.json),
 *           Effect.map((user) => ({ subject: String((user as { readonly id: number }).id) })),
 *           Effect.mapError(() => new SignIn.SignInFailed({ message: "GitHub does not say who you are." }))
 *         )
 *     })
 *   )
 * ).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 */
export const layer = <R = never>(
  options: Options<R>
): Layer.Layer<SignIn, never, Settings | HttpClient.HttpClient | R> =>
  Layer.effect(
    SignIn,
    Effect.gen(function* () {
      const target = identifier("authorizationEndpoint", options.authorizationEndpoint)
      identifier("tokenEndpoint", options.tokenEndpoint)
      const client = yield* HttpClient.HttpClient
      const context = yield* Effect.context<R>()
      const callback = endpoint(yield* Settings, "/callback")
      const scopes = options.scopes ?? []
      const ask = (parameters: { readonly [name: string]: string }) =>
        exchange(client, options, parameters).pipe(
          Effect.tapError(({ message }) => Effect.logWarning(`${options.name} gives no tokens`, message))
        )

      return SignIn.of({
        _tag: "Redirect",
        name: options.name,
        scopes,
        begin: (state) =>
          Effect.gen(function* () {
            const verifier = yield* Digests.secret
            const url = new URL(target)
            const parameters = {
              ...options.parameters,
              response_type: "code",
              client_id: options.clientId,
              redirect_uri: callback,
              state,
              code_challenge: yield* Digests.digest(verifier),
              code_challenge_method: "S256",
              ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") })
            }
            for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
            return { url, remember: verifier }
          }),
        finish: (parameters, verifier) =>
          Effect.gen(function* () {
            const [code, from] = [parameters.get("code"), parameters.get("iss")]
            if (options.issuer !== undefined && from !== undefined && from !== options.issuer) {
              return yield* failed(`The answer does not come from ${options.name}.`)
            }
            if (code === undefined) return yield* failed(`${options.name} did not sign you in.`)
            const { answer, kept } = yield* Effect.mapError(
              ask({
                grant_type: "authorization_code",
                code,
                redirect_uri: callback,
                code_verifier: verifier
              }),
              () => failed(`${options.name} did not accept what it gave.`)
            )
            const user = yield* options.identify(Redacted.make(kept.accessToken), answer)
            return { user, tokens: kept }
          }).pipe(Effect.provideContext(context)),
        renew: (kept) =>
          Effect.gen(function* () {
            const now = yield* Clock.currentTimeMillis
            if (kept.expiresAt === undefined || now < kept.expiresAt - margin) return kept
            if (kept.refreshToken === undefined) return now < kept.expiresAt ? kept : undefined
            return yield* ask({ grant_type: "refresh_token", refresh_token: kept.refreshToken }).pipe(
              Effect.map((renewed) => ({ refreshToken: kept.refreshToken!, ...renewed.kept })),
              // Only a refusal ends it. Nothing is lost because a network was down.
              Effect.catch(({ refused }) => Effect.succeed(refused ? undefined : kept))
            )
          })
      })
    })
  )

const failed = (message: string) => new SignInFailed({ message })

interface Failure {
  readonly refused: boolean
  readonly message: string
}

const exchange = <R>(
  client: HttpClient.HttpClient,
  { authentication = "basic", clientId, clientSecret, tokenEndpoint }: Options<R>,
  parameters: { readonly [name: string]: string }
): Effect.Effect<{ readonly answer: Claims; readonly kept: Kept }, Failure> => {
  const secret = Redacted.value(clientSecret)
  const post = HttpClientRequest.acceptJson(HttpClientRequest.post(tokenEndpoint))
  const request =
    authentication === "basic"
      ? post.pipe(
          HttpClientRequest.basicAuth(encodeURIComponent(clientId), encodeURIComponent(secret)),
          HttpClientRequest.bodyUrlParams(parameters)
        )
      : HttpClientRequest.bodyUrlParams(post, { ...parameters, client_id: clientId, client_secret: secret })
  return Remote.json(client, request, "token endpoint").pipe(
    Effect.mapError(({ status, why }) => ({ refused: status === 400 || status === 401, message: why })),
    Effect.flatMap(({ body }) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const answer = isClaims(body) ? body : {}
        const { access_token: access, expires_in: seconds, refresh_token: refresh } = answer
        if (typeof access !== "string") return undefined
        const kept: Kept = {
          accessToken: access,
          ...(typeof refresh === "string" ? { refreshToken: refresh } : {}),
          ...(typeof seconds === "number" ? { expiresAt: now + seconds * 1000 } : {})
        }
        return { answer, kept }
      })
    ),
    // Some answer 200 with an error.
    Effect.flatMap((found) =>
      found === undefined ? Effect.fail({ refused: true, message: "no access token" }) : Effect.succeed(found)
    )
  )
}
