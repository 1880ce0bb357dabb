/**
 * A ready-made authorization provider: consent pages, signing in, codes, rotating refresh tokens, signed access tokens,
 * registered clients. It remembers everything in an `OAuthStore`, and knows its users through a `SignIn`.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import { AuthorizationProvider, TokenError } from "./AuthorizationProvider.ts"
import type { GuardedHttp } from "./GuardedHttp.ts"
import { OAuthStore } from "./OAuthStore.ts"
import * as Approvals from "./server/Approvals.ts"
import * as ClientDocuments from "./server/ClientDocuments.ts"
import * as Clients from "./server/Clients.ts"
import * as Consent from "./server/Consent.ts"
import { Grants } from "./server/Grants.ts"
import * as Issuing from "./server/Issuing.ts"
import * as Keyring from "./server/Keyring.ts"
import type { Lifetimes } from "./server/Records.ts"
import * as Route from "./server/Route.ts"
import { Settings } from "./server/Settings.ts"
import { SignIn } from "./server/SignInMethod.ts"
import * as UpstreamFamilies from "./server/UpstreamFamilies.ts"
import { UpstreamTokens } from "./UpstreamTokens.ts"

export type { Configured as Client } from "./server/Clients.ts"

export interface Options {
  /** Clients that are known beforehand. */
  readonly clients?: ReadonlyArray<Clients.Configured>
  readonly lifetimes?: { readonly [name in keyof Lifetimes]?: Duration.Input }
  /** By default signed JWTs, which servers check by themselves. Opaque ones have to be asked about. */
  readonly accessTokens?: "jwt" | "opaque"
  /** How often the key that signs them is replaced. Default: 30 days. */
  readonly rotateKeysEvery?: Duration.Input
  /** How many clients may register themselves, and how long they are remembered. */
  readonly registered?: {
    readonly most?: number
    readonly unused?: Duration.Input
    readonly idle?: Duration.Input
  }
}

/**
 * The provider, with the pages its users see. Give it to `AuthorizationServer.layer`.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as AuthorizationServer from "mcp-effect/AuthorizationServer"
 * import * as EmbeddedProvider from "mcp-effect/EmbeddedProvider"
 * import * as OAuthStore from "mcp-effect/OAuthStore"
 * import * as SignIn from "mcp-effect/SignIn"
 *
 * const provider = EmbeddedProvider.layer().pipe(
 *   Layer.provide([SignIn.local({ subject: "me" }), OAuthStore.OAuthStore.layerMemory])
 * )
 *
 * export const routes = AuthorizationServer.layer(provider, {
 *   issuer: "http://127.0.0.1:9000",
 *   resources: ["http://127.0.0.1:8000/mcp"],
 *   validScopes: ["files:read"],
 *   clientRegistration: { enabled: true, defaultScopes: ["files:read"] }
 * })
 * ```
 */
export const layer = (
  options: Options = {}
): Layer.Layer<AuthorizationProvider | UpstreamTokens, never, Needs> =>
  Layer.effectContext(make(options, undefined))

/**
 * The same, and it knows clients whose id is the URL of a document about them (Client ID Metadata Documents): what the
 * protocol recommends over registration since 2025-11-25. It fetches these documents, through the one client that may
 * fetch what strangers name.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#client-id-metadata-documents
 */
export const layerDocuments = (
  options: Options = {}
): Layer.Layer<AuthorizationProvider | UpstreamTokens, never, Needs | GuardedHttp> =>
  Layer.effectContext(
    Effect.flatMap(Settings, (settings) =>
      Effect.flatMap(ClientDocuments.make(settings), (documents) => make(options, documents))
    )
  )

type Needs = Settings | SignIn | OAuthStore | HttpRouter.HttpRouter

const make = (options: Options, documents: ClientDocuments.Documents | undefined) =>
  Effect.gen(function* () {
    const settings = yield* Settings
    const signIn = yield* SignIn
    const store = yield* OAuthStore
    const router = yield* HttpRouter.HttpRouter
    const lifetimes = lifetimesOf(options)
    const keyring = yield* Keyring.make(store, {
      rotateEvery: Duration.fromInputUnsafe(options.rotateKeysEvery ?? "30 days"),
      longestToken: lifetimes.accessToken
    })
    const signed = options.accessTokens !== "opaque"
    const issuing = Issuing.make(store, settings.issuer, lifetimes, signed ? keyring : undefined)
    const grants = new Grants(store, issuing, lifetimes)
    const families = UpstreamFamilies.make(store, keyring, signIn, settings.issuer, lifetimes.grant)
    const known = yield* Effect.forEach(options.clients ?? [], Clients.configured)
    const clients = Clients.make(known, store, limitsOf(options), documents ?? (() => Effect.undefined))
    const approvals = Approvals.make(settings, clients.get, store, keyring, grants, families)

    yield* pages(router, settings, approvals, signIn)
    const provider = AuthorizationProvider.of({
      getClient: clients.get,
      registerClient: clients.register,
      authorize: (_client, request) => approvals.ask(request),
      loadAuthorizationCode: (client, code) => grants.loadCode(client, code),
      exchangeAuthorizationCode: (client, code) =>
        Effect.tap(grants.exchangeCode(client, code), () => clients.used(client)),
      loadRefreshToken: (client, token) => grants.loadRefresh(client, token),
      exchangeRefreshToken: (client, token, scopes) =>
        Effect.gen(function* () {
          if (signIn._tag === "Redirect" && !(yield* families.alive(yield* grants.familyOf(token)))) {
            yield* grants.revoke(token)
            return yield* new TokenError({ error: "invalid_grant", description: `${signIn.name} ended it` })
          }
          return yield* Effect.tap(grants.exchangeRefresh(client, token, scopes), () => clients.used(client))
        }),
      loadAccessToken: (token) => grants.loadAccess(token),
      revokeToken: (token) => grants.revoke(token),
      clientCredentials: (client, scopes, resource) => grants.direct(client, scopes, resource),
      clientDocuments: documents !== undefined,
      ...(signed ? { keys: keyring.published } : {})
    })
    return Context.make(AuthorizationProvider, provider).pipe(
      Context.add(UpstreamTokens, UpstreamTokens.of({ of: families.of }))
    )
  })

/** The routes people see. */
const pages = (
  router: HttpRouter.HttpRouter,
  settings: Settings["Service"],
  approvals: Approvals.Approvals,
  signIn: SignIn["Service"]
) =>
  Effect.gen(function* () {
    const { decide, page } = Consent.consent(settings, approvals, signIn)
    const add = (path: string, method: "GET" | "POST", handler: Route.Route["handler"]) =>
      Route.add(router, settings, {
        path: `${settings.base}${path}`,
        methods: [method],
        rate: settings.rates.authorize,
        shared: false,
        handler
      })
    yield* add("/consent", "GET", page)
    yield* add("/consent", "POST", decide)
    if (signIn._tag === "Redirect")
      yield* add("/callback", "GET", Consent.callback(settings, approvals, signIn))
  })

const lifetimesOf = ({ lifetimes = {} }: Options): Lifetimes => ({
  code: Duration.fromInputUnsafe(lifetimes.code ?? "1 minute"),
  accessToken: Duration.fromInputUnsafe(lifetimes.accessToken ?? "15 minutes"),
  refreshToken: Duration.fromInputUnsafe(lifetimes.refreshToken ?? "30 days"),
  grant: Duration.fromInputUnsafe(lifetimes.grant ?? "180 days")
})

const limitsOf = ({ registered = {} }: Options): Clients.Limits => ({
  most: registered.most ?? 10_000,
  unused: Duration.fromInputUnsafe(registered.unused ?? "1 day"),
  idle: Duration.fromInputUnsafe(registered.idle ?? "180 days")
})
