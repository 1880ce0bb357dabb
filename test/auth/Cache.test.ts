/** Row B12 of the known faults: what a client keeps was meant for one caller, and is given to no other. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Client from "mcp-effect/Client"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Bearer from "mcp-effect/Bearer"
import * as OAuthClient from "mcp-effect/OAuthClient"
import * as Principal from "mcp-effect/Principal"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as StreamableClient from "mcp-effect/StreamableClient"
import { TokenStore } from "mcp-effect/TokenStore"
import { InvalidToken, Verifier } from "mcp-effect/Verifier"
import { browser, client } from "./connect.ts"
import { future, needs } from "./protected.ts"
import { authorizationServer } from "./world.ts"

/** A server that tells everybody who they are, and that they may remember it for an hour. */
const remembering = (reads: Array<string>) => {
  const profile = (uri: string) =>
    Resource.make(uri, { cache: { ttlMs: 3_600_000 } }, () =>
      Effect.map(Principal.Principal, ({ subject }) => {
        reads.push(`${uri} ${subject}`)
        return subject
      })
    )
  return Server.make({ name: "remembering", version: "1.0.0" }, profile("me://a"), profile("me://b"))
}

const scene = Effect.gen(function* () {
  const reads: Array<string> = []
  const as = yield* authorizationServer
  const at = { user: "ada" }
  const users = new Map<string, string>()
  as.token = (usual, form) => {
    const { access_token: access, refresh_token: refresh } = usual.body as { readonly [name: string]: string }
    const user = users.get(form.get("refresh_token") ?? "") ?? at.user
    for (const token of [access, refresh]) if (token !== undefined) users.set(token, user)
    return usual
  }
  const verifier = Layer.succeed(Verifier, {
    verify: (token, resource) => {
      const text = Redacted.value(token)
      const subject = users.get(text)
      return as.tokens.has(text) && subject !== undefined
        ? Effect.succeed({
            issuer: as.url,
            subject,
            client: "app",
            audience: [resource],
            scopes: [],
            claims: {},
            expiresAt: undefined,
            notBefore: undefined
          })
        : Effect.fail(new InvalidToken({ why: "unknown" }))
    }
  })
  const url = yield* future
  const guard = Bearer.guard({ resource: url, authorizationServers: [as.url] })
  yield* Layer.build(
    NodeServer.layer(remembering(reads), { port: Number(new URL(url).port), guard }).pipe(
      Layer.provide(verifier)
    )
  )
  const connected = Client.layer({ name: "test", version: "1.0.0", versions: ["2026-07-28"] }).pipe(
    Layer.provide(StreamableClient.layer({ url })),
    Layer.provideMerge(OAuthClient.layer({ server: url, client })),
    Layer.provide([needs, TokenStore.layerMemory, browser().layer])
  )
  const read = (uri: string) =>
    Client.Client.use((client) =>
      Effect.map(client.readResource(uri), ({ contents: [content] }) =>
        content !== undefined && "text" in content ? content.text : undefined
      )
    )
  return { as, at, connected, read, reads }
})

describe("what a client keeps", () => {
  it.effect("B12: is not given to whoever signs in next", () =>
    Effect.gen(function* () {
      const { as, at, connected, read, reads } = yield* scene
      yield* Effect.gen(function* () {
        const oauth = yield* OAuthClient.OAuthClient
        assert.deepStrictEqual([yield* read("me://a"), yield* read("me://a")], ["ada", "ada"])
        assert.deepStrictEqual(reads, ["me://a ada"], "the second time it was kept")
        yield* oauth.signOut
        at.user = "bob"
        yield* oauth.signIn
        assert.strictEqual(yield* read("me://a"), "bob")
        // Whoever has to sign in again in the middle may be somebody else.
        as.tokens.clear()
        as.refreshTokens.clear()
        at.user = "cleo"
        assert.strictEqual(yield* read("me://b"), "cleo")
        assert.strictEqual(yield* read("me://a"), "cleo")
        assert.deepStrictEqual(reads, ["me://a ada", "me://a bob", "me://b cleo", "me://a cleo"])
      }).pipe(Effect.provide(connected))
    })
  )

  it.effect("B12: stays when a token is renewed, which is in the same name", () =>
    Effect.gen(function* () {
      const { as, at, connected, read, reads } = yield* scene
      yield* Effect.gen(function* () {
        yield* read("me://a")
        at.user = "bob"
        as.tokens.clear()
        assert.strictEqual(yield* read("me://b"), "ada", "by a refresh token of hers")
        assert.strictEqual(yield* read("me://a"), "ada")
        assert.deepStrictEqual(reads, ["me://a ada", "me://b ada"])
      }).pipe(Effect.provide(connected))
    })
  )
})
