import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import * as HttpResource from "../../src/server/HttpResource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"
import { ask, refused } from "./ask.ts"
import { call as sent, notification, peerOf } from "./peers.ts"

const info = { name: "demo", version: "1.0.0" }

/** A web server for as long as the scope lives; says where it is. */
const web = (listener: RequestListener) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<ReturnType<typeof createServer>>((resume) => {
        const server = createServer(listener)
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
    ),
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  )

const pages: RequestListener = (request, response) => {
  switch (request.url) {
    case "/text":
      return void response.writeHead(200, { "content-type": "text/markdown; charset=utf-8" }).end("# é")
    case "/bytes":
      return void response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from([137, 80]))
    case "/old":
      return void response
        .writeHead(200, { "content-type": 'Text/HTML; charset="ISO-8859-1"' })
        .end(Buffer.from([0xe9]))
    case "/odd":
      return void response.writeHead(200, { "content-type": "text/plain; charset=x-odd" }).end("?")
    case "/broken":
      return void response.writeHead(500).end("the database password is hunter2")
    case "/slow":
      return void response.writeHead(200).write("so")
    default:
      return void response.writeHead(404).end()
  }
}

describe("HttpResource", () => {
  it.effect("S042: text is read in the encoding its content type names", () =>
    Effect.gen(function* () {
      const base = yield* web(pages)
      const json = { mimeType: "application/json; charset=utf-8" }
      const server = Server.make(
        info,
        HttpResource.make("doc://old", `${base}/old`),
        HttpResource.make("doc://odd", `${base}/odd`),
        HttpResource.make("doc://json", `${base}/odd`, json)
      )
      const contents = (uri: string) =>
        Effect.map(ask(server, "resources/read", { uri }), ({ result }) => result["contents"])
      assert.deepStrictEqual(yield* contents("doc://old"), [
        { uri: "doc://old", mimeType: "Text/HTML", text: "é" }
      ])
      assert.deepStrictEqual(yield* contents("doc://odd"), [
        { uri: "doc://odd", mimeType: "text/plain; charset=x-odd", blob: "Pw==" }
      ])
      assert.deepStrictEqual(yield* contents("doc://json"), [{ uri: "doc://json", ...json, text: "?" }])
    }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
  )

  it.effect("S042: an address is text or bytes by its content type, and absent where it is not found", () =>
    Effect.gen(function* () {
      const base = yield* web(pages)
      const server = Server.make(
        info,
        HttpResource.make("doc://text", `${base}/text`, { title: "Text" }),
        HttpResource.make("doc://bytes", `${base}/bytes`),
        HttpResource.make("doc://named", `${base}/bytes`, { mimeType: "application/x-rare" }),
        HttpResource.make("doc://gone", `${base}/gone`)
      )
      const contents = (uri: string) =>
        Effect.map(ask(server, "resources/read", { uri }), ({ result }) => result["contents"])
      assert.deepStrictEqual(yield* contents("doc://text"), [
        { uri: "doc://text", mimeType: "text/markdown", text: "# é" }
      ])
      assert.deepStrictEqual(yield* contents("doc://bytes"), [
        { uri: "doc://bytes", mimeType: "image/png", blob: "iVA=" }
      ])
      assert.deepStrictEqual(yield* contents("doc://named"), [
        { uri: "doc://named", mimeType: "application/x-rare", blob: "iVA=" }
      ])
      const gone = yield* refused(server, "resources/read", { uri: "doc://gone" })
      assert.deepStrictEqual([gone.code, gone.data], [-32602, { uri: "doc://gone" }])
    }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
  )

  it.effect(
    "RSRC-9, S041: a source that fails, is too large or too slow says so, and nothing of itself",
    () =>
      Effect.gen(function* () {
        const base = yield* web(pages)
        const server = Server.make(
          info,
          HttpResource.make("doc://broken", `${base}/broken`),
          HttpResource.make("doc://large", `${base}/text`, { maxSize: 2 }),
          HttpResource.make("doc://nobody", "http://127.0.0.1:1/"),
          HttpResource.make("doc://slow", `${base}/slow`, { timeout: "10 seconds" })
        )
        const fault = (uri: string) => refused(server, "resources/read", { uri })
        for (const uri of ["doc://broken", "doc://large", "doc://nobody"]) {
          assert.deepStrictEqual(yield* fault(uri), {
            code: -32603,
            message: `The source of ${uri} cannot be read`,
            data: { uri }
          })
        }
        const slow = yield* Effect.forkChild(fault("doc://slow"), { startImmediately: true })
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* Fiber.join(slow)).code, -32603)
      }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
  )
})

describe("a tool that uses HTTP", () => {
  /** An address that never answers, and who notices that its caller has gone. */
  const hanging = Effect.gen(function* () {
    const asked = yield* Deferred.make<void>()
    const left = yield* Deferred.make<void>()
    const url = yield* web((_request, response) => {
      response.on("close", () => Deferred.doneUnsafe(left, Effect.void))
      Deferred.doneUnsafe(asked, Effect.void)
    })
    return { asked: Deferred.await(asked), left: Deferred.await(left), url }
  })
  const Fetch = Tool.make("it", { input: { url: Schema.String } })

  for (const [style, part] of [
    [
      "Effect's HttpClient",
      Tool.handle(Fetch, ({ url }) =>
        Effect.flatMap(Effect.orDie(HttpClient.get(url)), ({ text }) => Effect.orDie(text))
      )
    ],
    ["fetch", Tool.handle(Fetch, async ({ url }, { signal }) => (await fetch(url, { signal })).text())]
  ] as const) {
    it.effect(`S046: cancelling its call closes the connection (${style})`, () =>
      Effect.gen(function* () {
        const { asked, left, url } = yield* hanging
        const { accept } = yield* peerOf(Server.make(info, part))
        const calling = yield* Effect.forkChild(accept(sent(1, { arguments: { url } })), {
          startImmediately: true
        })
        yield* asked
        yield* accept(notification("notifications/cancelled", { requestId: 1 }))
        yield* left
        assert.isUndefined(yield* Fiber.join(calling))
      }).pipe(Effect.scoped, Effect.provide(FetchHttpClient.layer))
    )
  }
})
