/** Both ends, the transport in between and the authorization server: all of it ours. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { exportJWK, exportPKCS8, generateKeyPair } from "jose"
import * as Client from "mcp-effect/Client"
import * as NodeInteraction from "mcp-effect/NodeInteraction"
import * as OAuthClient from "mcp-effect/OAuthClient"
import * as StreamableClient from "mcp-effect/StreamableClient"
import { TokenStore } from "mcp-effect/TokenStore"
import * as Verifier from "mcp-effect/Verifier"
import { client, kept } from "./connect.ts"
import { agreeing, future, needs, protectedBy, Who, Write } from "./protected.ts"
import * as Scene from "./server/scene.ts"

const started = Effect.fnUntraced(function* (embedded: NonNullable<Scene.Options["embedded"]> = {}) {
  const url = yield* future
  const as = yield* Scene.start({
    embedded,
    server: {
      resources: [url],
      validScopes: ["read", "write"],
      clientRegistration: { enabled: true },
      revocation: { enabled: true }
    }
  })
  yield* protectedBy(as.url, Verifier.jwt({ issuer: as.url }), url)
  return { as, url }
})

const connected = (
  url: string,
  authorized: Layer.Layer<OAuthClient.Provided, OAuthClient.AuthorizationError, OAuthClient.Needed>,
  store: Layer.Layer<TokenStore> = TokenStore.layerMemory
) =>
  Client.layer({ name: "test", version: "1.0.0" }).pipe(
    Layer.provide(StreamableClient.layer({ url })),
    Layer.provideMerge(authorized),
    Layer.provide([needs, store])
  )

const user = () => {
  const opened: Array<URL> = []
  const go = agreeing()
  const layer = NodeInteraction.layerBrowser({
    open: (page) =>
      Effect.andThen(
        Effect.sync(() => opened.push(new URL(page))),
        go(page)
      )
  })
  return { opened, layer }
}

const who = Client.Client.use(({ call }) => call(Who, {}))
const write = Client.Client.use(({ call }) => call(Write, {}))

describe("our client, our authorization server, our resource server", () => {
  it.live("register, ask the user, step up, refresh after a restart, and revoke", () =>
    Effect.gen(function* () {
      const { as, url } = yield* started()
      const { layer, opened } = user()
      const store = yield* kept
      const connect = () =>
        connected(url, Layer.provide(OAuthClient.layer({ server: url, client }), layer), store)
      yield* Effect.gen(function* () {
        assert.match(yield* who, /^ada with \S+$/)
        assert.strictEqual(yield* write, "written")
      }).pipe(Effect.provide(connect()))
      assert.deepStrictEqual(
        opened.map(({ searchParams }) => searchParams.get("scope")),
        ["read", "read write"]
      )

      yield* TokenStore.use((held) =>
        Effect.gen(function* () {
          const key = `grant ${url} ${as.url}`
          const record = JSON.parse(Redacted.value((yield* held.get(key))!))
          yield* held.set(key, Redacted.make(JSON.stringify({ ...record, expiresAt: 0 })))
        })
      ).pipe(Effect.provide(store))
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* write, "written")
        const oauth = yield* OAuthClient.OAuthClient
        const before = yield* TokenStore.use((held) => held.get(`grant ${url} ${as.url}`)).pipe(
          Effect.provide(store)
        )
        const { clientId, refreshToken } = JSON.parse(Redacted.value(before!))
        yield* oauth.signOut
        const { json } = yield* Scene.refresh(as, refreshToken, { client_id: clientId })
        assert.strictEqual(json["error"], "invalid_grant")
      }).pipe(Effect.provide(connect()))
      assert.lengthOf(opened, 2)
    })
  )

  it.live("a machine with a key needs nobody", () =>
    Effect.gen(function* () {
      const { privateKey, publicKey } = yield* Effect.promise(() =>
        generateKeyPair("ES256", { extractable: true })
      )
      const jwk = yield* Effect.promise(() => exportJWK(publicKey))
      const pem = yield* Effect.promise(() => exportPKCS8(privateKey))
      const { as, url } = yield* started({
        clients: [
          {
            id: "robot",
            name: "Robot",
            jwks: { keys: [{ ...jwk, kid: "1", alg: "ES256" }] },
            scopes: ["read"]
          }
        ]
      })
      const authorized = OAuthClient.layerClientCredentials({
        server: url,
        client: {
          issuer: as.url,
          id: "robot",
          key: { privateKey: Redacted.make(pem), algorithm: "ES256", keyId: "1" }
        }
      })
      assert.strictEqual(yield* Effect.provide(who, connected(url, authorized)), "robot with robot")
    })
  )
})
