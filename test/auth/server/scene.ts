/** An authorization server over real HTTP on loopback, a browser that keeps its cookies, and a client. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import type { Socket } from "node:net"
import { AuthorizationProvider } from "../../../src/auth/AuthorizationProvider.ts"
import * as AuthorizationServer from "../../../src/auth/AuthorizationServer.ts"
import * as EmbeddedProvider from "../../../src/auth/EmbeddedProvider.ts"
import { OAuthStore } from "../../../src/auth/OAuthStore.ts"
import * as SignIn from "../../../src/auth/SignIn.ts"

export const resource = "https://mcp.example.com/mcp"
export const callback = "http://127.0.0.1:4000/callback"

export interface Options {
  readonly server?: Partial<AuthorizationServer.Options>
  readonly path?: string
  readonly embedded?: EmbeddedProvider.Options
  readonly signIn?: Layer.Layer<SignIn.SignIn, never, AuthorizationServer.Settings>
  readonly store?: Layer.Layer<OAuthStore>
  readonly provider?: Layer.Layer<
    AuthorizationProvider,
    never,
    HttpRouter.HttpRouter | AuthorizationServer.Settings
  >
}

export interface Scene {
  readonly url: string
  /** Where it listens, whatever it is called. */
  readonly at: string
  readonly context: Context.Context<AuthorizationProvider | AuthorizationServer.Settings>
  /** Every route it was given. */
  readonly routes: ReadonlyArray<{ readonly method: string; readonly path: string }>
  /** How much it has read from each connection there was. */
  readonly bytesRead: () => ReadonlyArray<number>
}

export const publicClient = {
  id: "app",
  name: "The App",
  redirectUris: [callback, "https://app.example.com/callback?a=b"]
}

const embedded = (options: Options) =>
  EmbeddedProvider.layer({ clients: [publicClient], ...options.embedded }).pipe(
    Layer.provide(options.signIn ?? SignIn.local({ subject: "ada" })),
    Layer.provide(options.store ?? OAuthStore.layerMemory)
  )

/** Starts a server on a port of its own. */
export const start = (options: Options = {}): Effect.Effect<Scene, never, Scope.Scope> =>
  Effect.gen(function* () {
    let found: Scene["context"] | undefined
    let at = ""
    const table: Array<Scene["routes"][number]> = []
    const connections: Array<Socket> = []
    const listener = () => createServer().on("connection", (socket) => connections.push(socket))
    const recording = Layer.effect(
      HttpRouter.HttpRouter,
      Effect.map(HttpRouter.HttpRouter, (router) => {
        const add: typeof router.add = (method, path, ...rest) => {
          table.push({ method, path })
          return router.add(method, path, ...rest)
        }
        return { ...router, add }
      })
    )
    const routes = Layer.unwrap(
      Effect.map(HttpServer.HttpServer, ({ address }) => {
        at = `http://127.0.0.1:${"port" in address ? address.port : 0}`
        const issuer = `${at}${options.path ?? ""}`
        const server = AuthorizationServer.layer(options.provider ?? embedded(options), {
          issuer,
          resources: [resource],
          validScopes: ["files:read", "files:write"],
          rates: { authorize: 10_000, token: 10_000, register: 10_000, revoke: 10_000 },
          ...options.server
        })
        return Layer.tap(server, (context) => Effect.sync(() => (found = context)))
      })
    )
    yield* HttpRouter.serve(Layer.provide(routes, recording), { disableLogger: true }).pipe(
      Layer.provideMerge(
        NodeHttpServer.layer(listener, { port: 0, host: "127.0.0.1", gracefulShutdownTimeout: 0 })
      ),
      Layer.orDie,
      Layer.build
    )
    const context = Option.getOrThrow(Option.fromUndefinedOr(found))
    return {
      context,
      at,
      url: Context.get(context, AuthorizationServer.Settings).issuer,
      routes: table,
      bytesRead: () => connections.map(({ bytesRead }) => bytesRead)
    }
  })

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: { readonly [name: string]: unknown }
  /** Where it leads. */
  readonly location: URL | undefined
}

export const send = (url: string | URL, init: RequestInit = {}): Effect.Effect<Answer> =>
  Effect.promise(async () => {
    const response = await fetch(url, { redirect: "manual", ...init })
    const text = await response.text()
    const location = response.headers.get("location")
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text.startsWith("{") ? JSON.parse(text) : {},
      location: location === null ? undefined : new URL(location, url)
    }
  })

export type Fields = { readonly [name: string]: string }

export const post = (url: string | URL, fields: Fields, headers: Fields = {}): Effect.Effect<Answer> =>
  send(url, { method: "POST", body: new URLSearchParams(fields), headers })

export const postJson = (url: string | URL, body: unknown): Effect.Effect<Answer> =>
  send(url, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } })

export const verifier = "verifier-0123456789-0123456789-0123456789-0123456789"
export const challenge = createHash("sha256").update(verifier).digest("base64url")

/** An authorization request; a field that is set to "" is left out. */
export const authorizeUrl = ({ url }: Pick<Scene, "url">, changes: Fields = {}): URL => {
  const target = new URL(`${url}/authorize`)
  const fields: Fields = {
    response_type: "code",
    client_id: publicClient.id,
    redirect_uri: callback,
    state: "s t&te",
    scope: "files:read",
    code_challenge: challenge,
    code_challenge_method: "S256",
    resource,
    ...changes
  }
  for (const [name, value] of Object.entries(fields)) if (value !== "") target.searchParams.set(name, value)
  return target
}

/** Keeps cookies by name, sends them back, and follows nothing by itself. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly seen: Array<string> = []

  get(url: string | URL): Effect.Effect<Answer> {
    return this.through(send(url, { headers: { cookie: this.cookie() } }))
  }

  post(url: string | URL, fields: Fields, headers: Fields = {}): Effect.Effect<Answer> {
    const origin = new URL(url).origin
    return this.through(post(url, fields, { cookie: this.cookie(), origin, ...headers }))
  }

  private cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ")
  }

  private through(answer: Effect.Effect<Answer>): Effect.Effect<Answer> {
    return Effect.tap(answer, ({ headers }) =>
      Effect.sync(() => {
        for (const line of headers.getSetCookie()) {
          this.seen.push(line)
          const [pair = ""] = line.split(";")
          const at = pair.indexOf("=")
          if (/max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, at))
          else this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
        }
      })
    )
  }
}

/** The hidden fields of a page. */
export const hidden = (page: string): Fields =>
  Object.fromEntries(
    [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [
      name!,
      value!
    ])
  )

/** Up to the consent page. */
export const asked = (scene: Pick<Scene, "url">, changes: Fields = {}, browser = new Browser()) =>
  Effect.gen(function* () {
    const redirect = yield* browser.get(authorizeUrl(scene, changes))
    if (redirect.location === undefined) throw new Error(`no redirect: ${redirect.status} ${redirect.text}`)
    const page = yield* browser.get(redirect.location)
    return {
      browser,
      page,
      consent: new URL(redirect.location.pathname, scene.url),
      location: redirect.location
    }
  })

/** Through the consent page, back to the client: the parameters of the answer. */
export const authorize = (scene: Pick<Scene, "url">, changes: Fields = {}, decision: Fields = {}) =>
  Effect.gen(function* () {
    const { browser, consent, page } = yield* asked(scene, changes)
    const answer = yield* browser.post(consent, { ...hidden(page.text), decision: "approve", ...decision })
    if (answer.location === undefined) throw new Error(`no redirect: ${answer.status} ${answer.text}`)
    return answer.location
  })

export const redeem = (scene: Pick<Scene, "url">, code: string, changes: Fields = {}, headers: Fields = {}) =>
  post(
    `${scene.url}/token`,
    {
      grant_type: "authorization_code",
      client_id: publicClient.id,
      code,
      redirect_uri: callback,
      code_verifier: verifier,
      resource,
      ...changes
    },
    headers
  )

export const refresh = (scene: Pick<Scene, "url">, token: string, changes: Fields = {}) =>
  post(`${scene.url}/token`, {
    grant_type: "refresh_token",
    client_id: publicClient.id,
    refresh_token: token,
    ...changes
  })

/** The whole flow. */
export const tokens = (scene: Pick<Scene, "url">, changes: Fields = {}) =>
  Effect.gen(function* () {
    const back = yield* authorize(scene, changes)
    const answer = yield* redeem(scene, back.searchParams.get("code") ?? "")
    return {
      answer,
      access: String(answer.json["access_token"]),
      refresh: String(answer.json["refresh_token"]),
      code: back.searchParams.get("code") ?? ""
    }
  })

/** What the server knows of an access token. */
export const known = ({ context }: Scene, token: string) =>
  Context.get(context, AuthorizationProvider).loadAccessToken(Redacted.make(token))
