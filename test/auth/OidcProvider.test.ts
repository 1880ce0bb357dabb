/** Our client, transport and resource server with an authorization server that others made. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Client from "mcp-effect/Client"
import * as NodeInteraction from "mcp-effect/NodeInteraction"
import * as OAuthClient from "mcp-effect/OAuthClient"
import * as StreamableClient from "mcp-effect/StreamableClient"
import { TokenStore } from "mcp-effect/TokenStore"
import * as Verifier from "mcp-effect/Verifier"
import { kept } from "./connect.ts"
import { introspector, oidc } from "./oidcProvider.ts"
import type { Oidc } from "./oidcProvider.ts"
import { needs, protectedBy, Who, Write } from "./protected.ts"

/** How the server finds out whether a token is good. */
const verifier = (as: Oidc, format: "jwt" | "opaque") =>
  format === "jwt"
    ? Verifier.jwt({ issuer: as.url })
    : Verifier.introspection({
        issuer: as.url,
        endpoint: `${as.url}/token/introspection`,
        clientId: introspector.id,
        clientSecret: Redacted.make(introspector.secret)
      })

interface Connecting {
  readonly url: string
  readonly as: Oidc
  readonly store?: Layer.Layer<TokenStore>
  readonly options?: Partial<OAuthClient.Options>
}

/** Who the user is, and writing, over one connection. */
const connect = ({ as, options, store = TokenStore.layerMemory, url }: Connecting) => {
  const opened: Array<string> = []
  const authorized = OAuthClient.layer({
    server: url,
    client: { client_name: "Test client" },
    ...options
  }).pipe(
    Layer.provide([
      needs,
      store,
      NodeInteraction.layerBrowser({
        open: (page) =>
          Effect.andThen(
            Effect.sync(() => opened.push(page)),
            as.browse(page)
          )
      })
    ])
  )
  const transport = StreamableClient.layer({ url }).pipe(Layer.provideMerge(authorized))
  return {
    opened,
    layer: Client.layer({ name: "test", version: "1.0.0" }).pipe(Layer.provideMerge(transport))
  }
}

const who = Client.Client.use((client) => client.call(Who, {}))
const write = Client.Client.use((client) => client.call(Write, {}))

for (const format of ["jwt", "opaque"] as const) {
  describe(`an authorization server of others, with ${format} tokens`, () => {
    it.live("registers us, signs the user in, and lets them do more when they need to", () =>
      Effect.gen(function* () {
        const as = yield* oidc({ format })
        const url = yield* protectedBy(as.url, verifier(as, format))
        const { layer, opened } = connect({ url, as })
        yield* Effect.gen(function* () {
          assert.match(yield* who, /^alice with \S+$/)
          assert.strictEqual(yield* write, "written")
        }).pipe(Effect.provide(layer))
        const scopes = opened.map((page) => new URL(page).searchParams.get("scope"))
        assert.deepStrictEqual(scopes, ["read offline_access", "read offline_access write"])
        assert.deepStrictEqual(as.grants(), ["authorization_code", "authorization_code"])
        assert.lengthOf(
          as.requests.filter((line) => line === "POST /reg"),
          1
        )
      })
    )

    it.live("refreshes, with a new refresh token each time, and revokes", () =>
      Effect.gen(function* () {
        const as = yield* oidc({ format })
        const url = yield* protectedBy(as.url, verifier(as, format))
        const store = yield* kept
        const { layer, opened } = connect({ url, as, store })
        yield* Effect.gen(function* () {
          yield* who
          const oauth = yield* OAuthClient.OAuthClient
          const held = yield* TokenStore
          for (const _ of [1, 2]) {
            // As if time had passed: what is kept says that the token is over.
            const key = `grant ${url} ${as.url}`
            const record = Redacted.value((yield* held.get(key))!)
            yield* held.set(key, Redacted.make(JSON.stringify({ ...JSON.parse(record), expiresAt: 0 })))
            yield* Effect.provide(who, connect({ url, as, store }).layer)
          }
          assert.deepStrictEqual(as.grants(), ["authorization_code", "refresh_token", "refresh_token"])
          yield* oauth.signOut
          assert.include(as.requests, "POST /token/revocation")
          assert.lengthOf(opened, 1)
        }).pipe(Effect.provide(Layer.provideMerge(layer, store)))
      })
    )

    it.live("knows us by our description", () =>
      Effect.gen(function* () {
        const metadataUrl = "https://app.example.com/oauth/client.json"
        const document = OAuthClient.document(metadataUrl, { client_name: "Test client" }, [
          "http://127.0.0.1/callback"
        ])
        const as = yield* oidc({ format, documents: new Map([[metadataUrl, document]]) })
        const url = yield* protectedBy(as.url, verifier(as, format))
        const { layer } = connect({ url, as, options: { metadataUrl } })
        assert.strictEqual(yield* Effect.provide(who, layer), `alice with ${metadataUrl}`)
        assert.notInclude(as.requests, "POST /reg")
      })
    )

    it.live("gives a machine a token of its own", () =>
      Effect.gen(function* () {
        const as = yield* oidc({ format })
        const url = yield* protectedBy(as.url, verifier(as, format))
        const authorized = OAuthClient.layerClientCredentials({
          server: url,
          client: { issuer: as.url, id: "machine", secret: Redacted.make("machine-secret") }
        }).pipe(Layer.provide([needs, TokenStore.layerMemory]))
        const layer = Client.layer({ name: "test", version: "1.0.0" }).pipe(
          Layer.provide(StreamableClient.layer({ url })),
          Layer.provide(authorized)
        )
        assert.strictEqual(yield* Effect.provide(who, layer), "machine with machine")
      })
    )
  })
}
