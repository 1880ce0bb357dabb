/** Whatever a client is doing when its scope closes, nothing of it is left. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as Client from "../../src/client/Client.ts"
import * as Eras from "../../src/client/Eras.ts"
import * as StreamableClient from "../../src/transport/StreamableClient.ts"
import { complete, text } from "./httpConnect.ts"
import * as Peer from "./httpPeer.ts"

const turn = Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))

const modern: Peer.Script = {
  ...Peer.discover(),
  "tools/call": (x) => {
    const { name } = x.message.params as { readonly name: string }
    if (name === "quick") return x.result(complete(text("hi")))
    if (name === "stream") return void x.events().raw(": open\n\n")
    return undefined
  }
}

const session: Peer.Script = {
  ...Peer.initialize("s-1"),
  GET: (x) => {
    const stream = x.events()
    stream.raw("id: 1\nretry: 100\ndata:\n\n")
    if (x.headers["last-event-id"] === undefined) stream.end()
  },
  "tools/call": (x) => {
    const { name } = x.message.params as { readonly name: string }
    if (name === "quick") return x.result(text("hi"))
    if (name === "mute") return undefined
    const stream = x.events()
    stream.raw("id: call\nretry: 100\ndata:\n\n")
    return stream.end()
  }
}

const over = (http: Layer.Layer<HttpClient>, url: string) =>
  Client.connect(StreamableClient.layer({ url }).pipe(Layer.provide(http)), {
    name: "test",
    version: "1.0.0"
  }).pipe(Effect.provideService(Eras.Eras, Eras.make()))

const use = (client: Client.Service) =>
  Effect.all(
    ["quick", "mute", "stream", "quick", "stream"].map((name) => Effect.exit(client.callTool(name))),
    { concurrency: "unbounded" }
  )

describe("StreamableClient, closing", () => {
  for (const [era, script] of [
    ["stateless", modern],
    ["stateful", session]
  ] as const) {
    it.live(
      `C12: at any moment of its life, in the ${era} era, a client leaves no connection and no fiber behind`,
      () =>
        Effect.gen(function* () {
          const peer = yield* Peer.serve(script)
          // An HttpClient that outlives every client, so that nothing ends merely because its sockets do.
          const http = Layer.succeed(HttpClient, yield* HttpClient)
          for (let round = 0; round < 60; round++) {
            const scope = Scope.makeUnsafe()
            const life = yield* Effect.forkDetach(
              Effect.flatMap(Scope.provide(over(http, peer.url), scope), use),
              { startImmediately: true }
            )
            const turns = yield* Random.nextIntBetween(0, 40)
            for (let waited = 0; waited < turns; waited++) yield* turn
            yield* Scope.close(scope, Exit.void)
            // What was asked of a client that is closed has an answer: that it is closed.
            yield* Fiber.await(life)
          }
          for (const { dropped } of peer.heard) yield* Effect.promise(() => dropped)
          assert.isAbove(Peer.count(peer, "tools/call"), 20)
        }).pipe(Random.withSeed("closing"), Effect.provide(Peer.client))
    )
  }
})
