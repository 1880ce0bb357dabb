/**
 * A protected server and an authorization server, both real and on loopback, that do as they should unless a test
 * changes their script.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createHash, randomUUID } from "node:crypto"
import { serve } from "./loopback.ts"
import type { Received, Running, Sent } from "./loopback.ts"

const notFound: Sent = { status: 404, body: "Not found" }

/** What a token is good for. */
interface Issued {
  readonly scopes: ReadonlyArray<string>
  readonly clientId: string
}

export interface AuthorizationServer extends Running {
  /** Access and refresh tokens that are good. */
  readonly tokens: Map<string, Issued>
  readonly refreshTokens: Map<string, Issued>
  readonly codes: Map<string, Issued & { readonly challenge: string; readonly redirectUri: string }>
  /** Changes what the metadata says; `undefined` takes a field away. */
  metadata: { [name: string]: unknown }
  metadataPath: string
  /** Changes where the browser is sent to. */
  redirect: (target: URL, query: URLSearchParams) => void
  /** Changes what a token request is answered with. */
  token: (
    usual: Sent,
    form: URLSearchParams,
    request: Received
  ) => Sent | undefined | Promise<Sent | undefined>
  register: (usual: Sent, wish: { readonly [name: string]: unknown }) => Sent
  expiresIn: number | undefined
  /** How a client was authenticated at the token endpoint, the last one last. */
  readonly authentications: Array<string>
}

export interface Server extends Running {
  /** The URL of the MCP endpoint. */
  readonly endpoint: string
  /** Parameters of the challenge; `undefined` leaves `WWW-Authenticate` out. */
  challenge: ((request: Received) => string | undefined) | undefined
  /** The metadata document by path; an absent one is not found. */
  readonly documents: Map<string, unknown>
  /** Scopes a request needs. */
  needs: (request: Received) => ReadonlyArray<string>
  /** The authorization server whose tokens are accepted. */
  trusts: AuthorizationServer
  /** The nonce that a request with a bound token is answered with. */
  nonce: ((request: Received) => Promise<string>) | undefined
  /** Requests to the endpoint that carried a good token. */
  readonly admitted: Array<Received>
}

export const bearer = ({ headers }: Received): string | undefined =>
  headers.authorization?.match(/^(?:Bearer|DPoP) (.+)$/)?.[1]

const path = (metadataPath: string) => `/.well-known/oauth-protected-resource${metadataPath}`

/** An authorization server that asks nobody and agrees to everything. */
export const authorizationServer: Effect.Effect<AuthorizationServer, never, Scope.Scope> = Effect.gen(
  function* () {
    const running = yield* serve((request) => answer(request))
    let count = 0
    const self: AuthorizationServer = {
      ...running,
      tokens: new Map(),
      refreshTokens: new Map(),
      codes: new Map(),
      metadata: {},
      metadataPath: "/.well-known/oauth-authorization-server",
      redirect: () => {},
      token: (usual) => usual,
      register: (usual) => usual,
      expiresIn: 3600,
      authentications: []
    }

    const described = () => ({
      issuer: self.url,
      authorization_endpoint: `${self.url}/authorize`,
      token_endpoint: `${self.url}/token`,
      registration_endpoint: `${self.url}/register`,
      revocation_endpoint: `${self.url}/revoke`,
      response_types_supported: ["code"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: ["none"],
      authorization_response_iss_parameter_supported: true,
      ...self.metadata
    })

    const authorize = ({ query }: Received): Sent => {
      const code = `code-${randomUUID()}`
      self.codes.set(code, {
        scopes: (query.get("scope") ?? "").split(" ").filter((scope) => scope !== ""),
        clientId: query.get("client_id") ?? "",
        challenge: query.get("code_challenge") ?? "",
        redirectUri: query.get("redirect_uri") ?? ""
      })
      const target = new URL(query.get("redirect_uri") ?? "")
      target.searchParams.set("code", code)
      target.searchParams.set("state", query.get("state") ?? "")
      target.searchParams.set("iss", self.url)
      self.redirect(target, query)
      return { status: 302, headers: { location: target.href } }
    }

    const issue = (issued: Issued, refreshable: boolean): Sent => {
      const [access, refresh] = [`access-${++count}-${randomUUID()}`, `refresh-${count}-${randomUUID()}`]
      self.tokens.set(access, issued)
      if (refreshable) self.refreshTokens.set(refresh, issued)
      return {
        body: {
          access_token: access,
          token_type: "Bearer",
          ...(refreshable && { refresh_token: refresh }),
          ...(self.expiresIn !== undefined && { expires_in: self.expiresIn }),
          ...(issued.scopes.length > 0 && { scope: issued.scopes.join(" ") })
        }
      }
    }

    const token = ({ form, headers }: Received): Sent => {
      self.authentications.push(
        headers.authorization !== undefined
          ? `basic ${Buffer.from(headers.authorization.slice(6), "base64").toString()}`
          : form.has("client_assertion")
            ? "assertion"
            : form.has("client_secret")
              ? `post ${form.get("client_id")}:${form.get("client_secret")}`
              : `none ${form.get("client_id")}`
      )
      switch (form.get("grant_type")) {
        case "authorization_code": {
          const code = self.codes.get(form.get("code") ?? "")
          const challenge = createHash("sha256")
            .update(form.get("code_verifier") ?? "")
            .digest("base64url")
          self.codes.delete(form.get("code") ?? "")
          return code?.challenge === challenge && code.redirectUri === form.get("redirect_uri")
            ? issue(code, true)
            : refused("invalid_grant")
        }
        case "refresh_token": {
          const known = self.refreshTokens.get(form.get("refresh_token") ?? "")
          // Once only: who uses it again may have stolen it.
          self.refreshTokens.delete(form.get("refresh_token") ?? "")
          return known === undefined ? refused("invalid_grant") : issue(known, true)
        }
        case "client_credentials":
        case "urn:ietf:params:oauth:grant-type:jwt-bearer":
          return issue({ scopes: form.get("scope")?.split(" ") ?? [], clientId: "machine" }, false)
        default:
          return refused("unsupported_grant_type")
      }
    }

    const register = (request: Received): Sent => {
      const wish = JSON.parse(request.body) as { readonly [name: string]: unknown }
      return self.register({ status: 201, body: { ...wish, client_id: `client-${++count}` } }, wish)
    }

    const answer = async (request: Received): Promise<Sent | undefined> => {
      switch (request.path) {
        case self.metadataPath:
          return { body: described() }
        case "/authorize":
          return authorize(request)
        case "/token":
          return self.token(token(request), request.form, request)
        case "/register":
          return register(request)
        case "/revoke":
          self.refreshTokens.delete(request.form.get("token") ?? "")
          return {}
        default:
          return notFound
      }
    }
    return self
  }
)

export const refused = (error: string, description?: string): Sent => ({
  status: 400,
  body: { error, error_description: description }
})

/** A server that answers whoever has a token of the authorization server it trusts. */
export const protectedServer = (
  trusts: AuthorizationServer,
  at = "/mcp"
): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.gen(function* () {
    const running = yield* serve((request) => answer(request))
    const endpoint = `${running.url}${at === "/" ? "" : at}`
    const metadata = path(at === "/" ? "" : at)
    const self: Server = {
      ...running,
      endpoint,
      challenge: () => `resource_metadata="${running.url}${metadata}"`,
      documents: new Map([[metadata, { resource: endpoint, authorization_servers: [trusts.url] }]]),
      needs: () => [],
      trusts,
      nonce: undefined,
      admitted: []
    }
    const challenged = (request: Received, status: number, more: string): Sent => {
      const parameters = self.challenge?.(request)
      return {
        status,
        body: { error: "no" },
        ...(parameters !== undefined && { headers: { "www-authenticate": `Bearer ${more}${parameters}` } })
      }
    }
    const answer = async (request: Received): Promise<Sent> => {
      if (request.path.startsWith("/.well-known/") || self.documents.has(request.path)) {
        const document = self.documents.get(request.path)
        return document === undefined ? notFound : { body: document }
      }
      if (request.path !== at && request.path !== "/messages") return notFound
      const nonce =
        self.nonce !== undefined && request.headers.dpop !== undefined ? await self.nonce(request) : undefined
      const sent = decide(request)
      return nonce === undefined ? sent : { ...sent, headers: { ...sent.headers, "dpop-nonce": nonce } }
    }
    const decide = (request: Received): Sent => {
      const token = self.trusts.tokens.get(bearer(request) ?? "")
      if (token === undefined) return challenged(request, 401, "")
      const needed = self.needs(request)
      if (!needed.every((scope) => token.scopes.includes(scope))) {
        return challenged(request, 403, `error="insufficient_scope", scope="${needed.join(" ")}", `)
      }
      self.admitted.push(request)
      return { body: { hello: request.body } }
    }
    return self
  })
