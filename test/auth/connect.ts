/** A client of a protected server, with a browser that agrees to everything it is shown. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as GuardedHttp from "mcp-effect/GuardedHttp"
import * as NodeGuardedHttp from "mcp-effect/NodeGuardedHttp"
import * as NodeInteraction from "mcp-effect/NodeInteraction"
import * as OAuthClient from "mcp-effect/OAuthClient"
import { TokenStore } from "mcp-effect/TokenStore"
import { authorizationServer, protectedServer } from "./world.ts"

/** A browser that is not shown to anybody: it follows redirects to the end. Writes down where it was sent. */
export const browser = () => {
  const pages: Array<URL> = []
  return {
    pages,
    /** Of the last page. */
    parameter: (name: string) => pages.at(-1)?.searchParams.get(name) ?? undefined,
    layer: NodeInteraction.layerBrowser({
      open: (url) => {
        pages.push(new URL(url))
        return Effect.asVoid(Effect.promise(() => fetch(url).then((response) => response.text())))
      }
    })
  }
}

export type Browser = ReturnType<typeof browser>

export const client = { client_name: "Test client" }

export interface Around {
  readonly browser?: Browser
  readonly store?: Layer.Layer<TokenStore>
  readonly guard?: GuardedHttp.Options
}

/** What every layer needs, but the interaction. */
export const around = ({ guard, store = TokenStore.layerMemory }: Around = {}) =>
  Layer.mergeAll(NodeHttpClient.layerUndici, NodeGuardedHttp.layer(guard), store)

/** The client of one server. */
export const connected = (server: string, options: Partial<OAuthClient.Options> = {}, where: Around = {}) =>
  OAuthClient.layer({ server, client, ...options }).pipe(
    Layer.provide(around(where)),
    Layer.provide((where.browser ?? browser()).layer)
  )

/** Posts to a URL, and gives the status and the body of the answer. */
export const post = (url: string, body = "hi", headers: { readonly [name: string]: string } = {}) =>
  HttpClient.HttpClient.use((http) =>
    Effect.flatMap(
      http.execute(HttpClientRequest.post(url, { headers }).pipe(HttpClientRequest.bodyText(body))),
      (response) => Effect.map(response.text, (text) => ({ status: response.status, text }))
    )
  )

/** Why a request got no token. */
export const failure = <A, R>(effect: Effect.Effect<A, unknown, R>) =>
  Effect.map(Effect.flip(effect), (error) => {
    const found = OAuthClient.errorIn(error)
    if (found === undefined) throw new Error("There is no AuthorizationError in it", { cause: error })
    return found
  })

/** A store that is there before and after the clients that use it. */
export const kept = Effect.map(Layer.build(TokenStore.layerMemory), (context) =>
  Layer.succeedContext(context)
)

/** Both servers, and the browser of whoever uses them. */
export const world = Effect.gen(function* () {
  const as = yield* authorizationServer
  const server = yield* protectedServer(as)
  return { as, server, browser: browser() }
})
