/** Signing in with GitHub, and asking it who the user is. Its redirect URI is http://127.0.0.1:8000/callback. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SignIn from "mcp-effect/SignIn"

export const Profile = Schema.Struct({ id: Schema.Int, login: Schema.String })

export const profile = (token: Redacted.Redacted<string>) =>
  HttpClientRequest.get("https://api.github.com/user").pipe(
    HttpClientRequest.bearerToken(token),
    HttpClient.execute,
    Effect.flatMap(HttpClientResponse.schemaBodyJson(Profile))
  )

export const github = (app: {
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted<string>
}) =>
  SignIn.upstream({
    ...app,
    name: "GitHub",
    authorizationEndpoint: "https://github.com/login/oauth/authorize",
    tokenEndpoint: "https://github.com/login/oauth/access_token",
    authentication: "post",
    scopes: ["read:user"],
    identify: (token) =>
      profile(token).pipe(
        Effect.map(({ id }) => ({ subject: `github:${id}` })),
        Effect.mapError(() => new SignIn.SignInFailed({ message: "GitHub does not say who you are." }))
      )
  })
