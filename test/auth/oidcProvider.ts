/** Somebody else's authorization server: `oidc-provider`, on loopback, with a user who agrees to everything. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { exportJWK, generateKeyPair } from "jose"
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Provider } from "oidc-provider"
import type { Configuration } from "oidc-provider"

export interface Oidc {
  readonly url: string
  readonly provider: Provider
  /** Requests, the oldest first: method and path. */
  readonly requests: ReadonlyArray<string>
  /** What the token endpoint was asked for. */
  readonly grants: () => ReadonlyArray<string>
  /** A browser of its own, with cookies and a user who agrees. */
  readonly browse: (url: string) => Effect.Effect<void>
}

export interface Options {
  readonly format: "jwt" | "opaque"
  /** Documents that are there for this provider, by URL. */
  readonly documents?: ReadonlyMap<string, unknown>
}

export const introspector = { id: "resource-server", secret: "resource-server-secret" }

export const oidc = ({ documents = new Map(), format }: Options): Effect.Effect<Oidc, never, Scope.Scope> =>
  Effect.gen(function* () {
    const server = createServer((request, response) => handle(request, response))
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      }),
      () =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    )
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { privateKey } = yield* Effect.promise(() => generateKeyPair("RS256", { extractable: true }))
    const jwk = yield* Effect.promise(() => exportJWK(privateKey))
    const provider = new Provider(url, configuration(format, documents, { ...jwk, alg: "RS256", use: "sig" }))
    const callback = provider.callback()
    const requests: Array<string> = []
    const grants: Array<string> = []
    provider.on("grant.success", (ctx) => grants.push(String(ctx.oidc.params?.["grant_type"])))
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      const path = new URL(request.url ?? "/", url).pathname
      requests.push(`${request.method} ${path}`)
      return path.startsWith("/interaction/")
        ? void agree(provider, request, response)
        : void callback(request, response)
    }
    return { url, provider, requests, grants: () => grants, browse: browser() }
  })

type Jwk = NonNullable<Configuration["jwks"]>["keys"][number]

const configuration = (
  format: Options["format"],
  documents: ReadonlyMap<string, unknown>,
  key: Jwk
): Configuration => ({
  jwks: { keys: [key] },
  clients: [
    {
      client_id: introspector.id,
      client_secret: introspector.secret,
      redirect_uris: [],
      response_types: [],
      grant_types: []
    },
    {
      client_id: "machine",
      client_secret: "machine-secret",
      redirect_uris: [],
      response_types: [],
      grant_types: ["client_credentials"]
    }
  ],
  cookies: { keys: ["a key of the test"] },
  scopes: ["openid", "offline_access", "read", "write"],
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  fetch: (url) => {
    const document = documents.get(String(url))
    return Promise.resolve(
      document === undefined ? new Response("no", { status: 404 }) : Response.json(document)
    )
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    dPoP: { enabled: true },
    registration: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true },
    clientIdMetadataDocument: { enabled: documents.size > 0, ack: "draft-02" },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => "",
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => ({
        scope: "read write",
        audience: resource,
        accessTokenTTL: 3600,
        accessTokenFormat: format,
        jwt: { sign: { alg: "RS256" } }
      })
    }
  }
})

/** Signs the user in and grants whatever the client asks for. */
const agree = async (provider: Provider, request: IncomingMessage, response: ServerResponse) => {
  const { params, prompt, session } = await provider.interactionDetails(request, response)
  if (prompt.name === "login") {
    return provider.interactionFinished(request, response, { login: { accountId: "alice" } })
  }
  const grant = new provider.Grant({
    accountId: session?.accountId ?? "",
    clientId: String(params["client_id"])
  })
  grant.addOIDCScope("openid offline_access read write")
  grant.addResourceScope(String(params["resource"]), "read write")
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

/** Follows redirects, and keeps cookies. */
const browser = () => {
  const cookies = new Map<string, string>()
  const visit = async (url: string): Promise<void> => {
    const answer = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") }
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = cookie.split(";")[0]!.split("=")
      cookies.set(name, value)
    }
    await answer.text()
    const location = answer.headers.get("location")
    if (location !== null) return visit(new URL(location, url).href)
  }
  return (url: string) => Effect.promise(() => visit(url))
}
