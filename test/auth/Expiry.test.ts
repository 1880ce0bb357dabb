/** Tokens that live for two seconds: who listens comes back with the next one, by itself. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Bearer from "mcp-effect/Bearer"
import * as Client from "mcp-effect/Client"
import type * as EmbeddedProvider from "mcp-effect/EmbeddedProvider"
import * as Events from "mcp-effect/Events"
import * as EventStore from "mcp-effect/EventStore"
import type * as Exchange from "mcp-effect/Exchange"
import * as NodeServer from "mcp-effect/NodeServer"
import * as OAuthClient from "mcp-effect/OAuthClient"
import { Principal } from "mcp-effect/Principal"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as SseClient from "mcp-effect/SseClient"
import * as StreamableClient from "mcp-effect/StreamableClient"
import { TokenStore } from "mcp-effect/TokenStore"
import * as Tool from "mcp-effect/Tool"
import * as Verifier from "mcp-effect/Verifier"
import * as NodeInteraction from "mcp-effect/NodeInteraction"
import { client } from "./connect.ts"
import { agreeing, future, needs } from "./protected.ts"
import * as Scene from "./server/scene.ts"

const uri = "note://today"
const Touch = Tool.make("touch", { output: Schema.String })

const server = Server.make(
  { name: "protected", version: "1.0.0" },
  Tool.handle(Touch, () =>
    Effect.andThen(
      Events.publish(Events.resourceUpdated(uri)),
      Effect.map(Principal, ({ subject }) => subject)
    )
  ),
  Resource.text(uri, { name: "today", updates: true }, "Buy milk")
)

/** The server, and the tokens that streams are opened with. */
const started = Effect.fnUntraced(function* (clients: ReadonlyArray<EmbeddedProvider.Client> = []) {
  const url = yield* future
  const opened = yield* Queue.unbounded<string>()
  const as = yield* Scene.start({
    embedded: { clients, lifetimes: { accessToken: "2 seconds" } },
    server: { resources: [url], validScopes: ["read"], clientRegistration: { enabled: true } }
  })
  const bearer = Bearer.guard({ resource: url, authorizationServers: [as.url], scopes: ["read"], skew: 0 })
  const guard: typeof bearer = {
    ...bearer,
    admit: (head) => Effect.tap(bearer.admit(head), () => (listens(head) ? told(head) : Effect.void))
  }
  const told = ({ header }: Exchange.Head) => Queue.offer(opened, header("authorization") ?? "")
  yield* Layer.build(
    NodeServer.layer(server, { port: Number(new URL(url).port), guard, sse: true }).pipe(
      Layer.provide([Verifier.jwt({ issuer: as.url }), EventStore.layerMemory()]),
      Layer.provide(FetchHttpClient.layer)
    )
  )
  return { issuer: as.url, opened, url }
})

const listens = ({ header, method }: Exchange.Head) =>
  method === "GET" || header("mcp-method") === "subscriptions/listen"

const transports: ReadonlyArray<readonly [version: string, over: typeof StreamableClient.layer]> = [
  ["2026-07-28", StreamableClient.layer],
  ["2025-11-25", StreamableClient.layer],
  ["2024-11-05", ({ url }) => SseClient.layer({ url: String(url).replace(/mcp$/, "sse") })]
]

describe("who listens while the token expires", () => {
  for (const [version, over] of transports) {
    it.live(`comes back with another one, and goes on to hear (${version})`, () =>
      Effect.gen(function* () {
        const { opened, url } = yield* started()
        let asked = 0
        const go = agreeing()
        const user = NodeInteraction.layerBrowser({
          open: (page) => Effect.suspend(() => (asked++, go(page)))
        })
        const connected = Client.layer({ name: "test", version: "1.0.0", versions: [version] }).pipe(
          Layer.provide(over({ url })),
          Layer.provide(OAuthClient.layer({ server: url, client })),
          Layer.provide([needs, TokenStore.layerMemory, user])
        )
        yield* Effect.gen(function* () {
          const { call, listen } = yield* Client.Client
          const agreed = yield* Queue.unbounded<boolean>()
          const heard = yield* Queue.unbounded<string>()
          yield* listen(
            { resourceSubscriptions: [uri] },
            { onAcknowledged: (_, resumed) => void Queue.offerUnsafe(agreed, resumed) }
          ).pipe(
            Stream.runForEach(({ method }) => Queue.offer(heard, method)),
            Effect.forkScoped
          )
          assert.isFalse(yield* Queue.take(agreed))
          const first = yield* Queue.take(opened)
          yield* call(Touch, {})
          assert.strictEqual(yield* Queue.take(heard), "notifications/resources/updated")

          assert.notStrictEqual(yield* Queue.take(opened), first)
          // A session goes on by itself; everything else is subscribed to again.
          if (version !== "2025-11-25") assert.isTrue(yield* Queue.take(agreed))
          yield* call(Touch, {})
          assert.strictEqual(yield* Queue.take(heard), "notifications/resources/updated")
          assert.strictEqual(asked, 1, "nobody is asked again")
        }).pipe(Effect.provide(connected))
      }).pipe(Effect.scoped)
    )

    it.live(
      `is told when that takes a sign-in that is refused, and the user is asked once (${version})`,
      () =>
        Effect.gen(function* () {
          const redirectUris = ["http://127.0.0.1/callback"]
          const { issuer, url } = yield* started([
            { id: "app", redirectUris, grantTypes: ["authorization_code"] }
          ])
          let asked = 0
          const decide = (page: string) =>
            Effect.suspend(() => (++asked === 1 ? agreeing()(page) : denying(page)))
          const connected = Client.layer({ name: "test", version: "1.0.0", versions: [version] }).pipe(
            Layer.provide(over({ url })),
            Layer.provide(OAuthClient.layer({ server: url, client, registered: [{ issuer, id: "app" }] })),
            Layer.provide([needs, TokenStore.layerMemory, NodeInteraction.layerBrowser({ open: decide })])
          )
          const error = yield* Client.Client.use(({ listen }) =>
            Effect.flip(Stream.runDrain(listen({ resourceSubscriptions: [uri] })))
          ).pipe(Effect.provide(connected))
          assert.match(error.message, /access_denied/)
          assert.strictEqual(asked, 2)
        }).pipe(Effect.scoped)
    )
  }
})

/** The user thinks better of it. */
const denying = (url: string) =>
  Effect.gen(function* () {
    const browser = new Scene.Browser()
    const { location } = yield* browser.get(url)
    const page = yield* browser.get(location!)
    const answer = yield* browser.post(location!, { ...Scene.hidden(page.text), decision: "deny" })
    yield* browser.get(answer.location!)
  })
