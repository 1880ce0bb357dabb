/**
 * An OAuth 2.1 authorization server as routes of Effect's `HttpRouter`: for those who must run one. If you have an
 * identity provider already, a protected server needs nothing but `Bearer` and `Verifier`.
 *
 * *Routes*, below the path of the issuer: `authorize`, `token`, `register` and `revoke` when they are turned on,
 * `introspect` when there is somebody who may ask, `jwks` when tokens are signed, and the metadata at every place
 * clients look.
 *
 * *Behind a proxy* tell Effect's `HttpMiddleware.xForwardedHeaders` which proxies to trust: requests are counted by
 * address.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { AuthorizationProvider } from "./AuthorizationProvider.ts"
import * as Authorize from "./server/Authorize.ts"
import * as Introspect from "./server/Introspect.ts"
import * as Metadata from "./server/Metadata.ts"
import * as Register from "./server/Register.ts"
import * as Revoke from "./server/Revoke.ts"
import * as Route from "./server/Route.ts"
import * as Seen from "./server/Seen.ts"
import { type Options, resolve, Settings } from "./server/Settings.ts"
import * as Token from "./server/Token.ts"
import * as Wire from "./server/Wire.ts"
import { InvalidToken, Verifier } from "./TokenVerifier.ts"

export type {
  ClientRegistrationOptions,
  Options,
  Rates,
  ResourceServer,
  RevocationOptions
} from "./server/Settings.ts"
export { Settings } from "./server/Settings.ts"

/**
 * Adds the routes to a router. The provider is built with the `Settings` it belongs to, and is there for others, too:
 * with `verifier` a protected server in the same process asks it directly. Dies when a setting cannot be right.
 */
export const layer = <P, E, R>(
  provider: Layer.Layer<AuthorizationProvider | P, E, R>,
  options: Options
): Layer.Layer<AuthorizationProvider | P | Settings, E, HttpRouter.HttpRouter | Exclude<R, Settings>> =>
  routes.pipe(
    Layer.provideMerge(provider),
    Layer.provideMerge(Layer.sync(Settings, () => Settings.of(resolve(options))))
  )

const routes = Layer.effectDiscard(
  Effect.gen(function* () {
    const router = yield* HttpRouter.HttpRouter
    const provider = yield* AuthorizationProvider
    const settings = yield* Settings
    const { base, options, rates } = settings
    const seen = Seen.make()
    const add = (route: Route.Route) => Route.add(router, settings, route)
    const post = (path: string, rate: number, handler: Route.Route["handler"]) =>
      add({ path: `${base}${path}`, methods: ["POST"], rate, shared: true, handler })

    yield* add({
      path: `${base}/authorize`,
      methods: ["GET", "POST"],
      rate: rates.authorize,
      shared: false,
      handler: (request) => Authorize.handle(request, provider, settings)
    })
    yield* post("/token", rates.token, (request) => Token.handle(request, provider, settings, seen))
    if (options.clientRegistration?.enabled === true) {
      yield* post("/register", rates.register, (request) => Register.handle(request, provider, settings))
    }
    if (options.revocation?.enabled === true) {
      yield* post("/revoke", rates.revoke, (request) => Revoke.handle(request, provider, settings, seen))
    }
    if (options.introspection !== undefined) {
      const introspect = yield* Introspect.make(options.introspection, provider, settings)
      yield* post("/introspect", rates.introspect, introspect)
    }
    const document = (path: string, body: Effect.Effect<unknown>, maxAge: number) =>
      add({
        path,
        methods: ["GET"],
        shared: true,
        handler: () =>
          Effect.map(body, (value) =>
            HttpServerResponse.setHeader(Wire.json(200, value), "cache-control", `public, max-age=${maxAge}`)
          )
      })
    const metadata = Effect.succeed(Metadata.document(settings, provider))
    for (const path of Metadata.paths(settings)) yield* document(path, metadata, 3600)
    if (provider.keys !== undefined) yield* document(`${base}/jwks`, provider.keys, 300)
  })
)

/**
 * Knows the tokens of the authorization server in the same process, revoked ones included.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as AuthorizationServer from "mcp-effect/AuthorizationServer"
 * import * as Bearer from "mcp-effect/Bearer"
 * import * as EmbeddedProvider from "mcp-effect/EmbeddedProvider"
 * import * as OAuthStore from "mcp-effect/OAuthStore"
 * import * as Principal from "mcp-effect/Principal"
 * import * as Server from "mcp-effect/Server"
 * import * as SignIn from "mcp-effect/SignIn"
 * import * as StreamableServer from "mcp-effect/StreamableServer"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const issuer = "http://127.0.0.1:9000"
 * const resource = `${issuer}/mcp`
 *
 * const server = Server.make(
 *   { name: "demo", version: "1.0.0" },
 *   Tool.handle(Tool.make("who"), () => Effect.map(Principal.Principal, ({ subject }) => subject))
 * )
 * const provider = EmbeddedProvider.layer().pipe(
 *   Layer.provide([SignIn.local({ subject: "me" }), OAuthStore.OAuthStore.layerMemory])
 * )
 * const routes = AuthorizationServer.layer(provider, {
 *   issuer,
 *   resources: [resource],
 *   validScopes: ["read"],
 *   clientRegistration: { enabled: true, defaultScopes: ["read"] }
 * })
 * const guard = Bearer.guard({ resource, authorizationServers: [issuer], scopes: ["read"] })
 *
 * // Both in one HttpRouter: give it to HttpRouter.serve.
 * export const app = StreamableServer.layer(server, { guard }).pipe(
 *   Layer.provide(AuthorizationServer.verifier),
 *   Layer.provideMerge(routes)
 * )
 * ```
 */
export const verifier: Layer.Layer<Verifier, never, AuthorizationProvider | Settings> = Layer.effect(
  Verifier,
  Effect.gen(function* () {
    const provider = yield* AuthorizationProvider
    const { issuer } = yield* Settings
    return Verifier.of({
      verify: (token) =>
        Effect.flatMap(provider.loadAccessToken(token), (found) =>
          found === undefined
            ? Effect.fail(new InvalidToken({ why: "not one of ours, or revoked" }))
            : Effect.succeed({
                issuer,
                subject: found.subject,
                client: found.clientId,
                audience: [found.resource],
                scopes: found.scopes,
                expiresAt: found.expiresAt,
                notBefore: undefined,
                claims: found.claims ?? {}
              })
        )
    })
  })
)
