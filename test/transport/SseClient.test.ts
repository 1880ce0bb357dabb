import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as Client from "../../src/client/Client.ts"
import * as Limits from "../../src/transport/Limits.ts"
import * as SseClient from "../../src/transport/SseClient.ts"
import { text } from "./httpConnect.ts"
import * as Peer from "./httpPeer.ts"

const connect = (
  url: string,
  {
    client,
    ...options
  }: Partial<SseClient.SseClientOptions> & { readonly client?: Partial<Client.Options> } = {}
) =>
  Client.connect(SseClient.layer({ url, ...options }).pipe(Layer.provide(Peer.client)), {
    name: "test",
    version: "1.0.0",
    ...client
  })

/** A server of HTTP+SSE whose answers come on its stream. */
const serve = (
  more: { readonly [method: string]: (x: Peer.Exchange, stream: Peer.Stream) => void } = {},
  place = "/messages"
) =>
  Effect.gen(function* () {
    let stream: Peer.Stream | undefined
    const posted =
      (act: (x: Peer.Exchange, stream: Peer.Stream) => void) =>
      (x: Peer.Exchange): void => {
        x.text(202, "Accepted")
        if (stream !== undefined) act(x, stream)
      }
    const initialize = (x: Peer.Exchange, to: Peer.Stream) =>
      to.send(
        Peer.response(x, {
          protocolVersion: "2024-11-05",
          capabilities: { tools: {}, logging: {} },
          serverInfo: { name: "old", version: "1" }
        })
      )
    const peer = yield* Peer.serve(
      {
        GET: (x) => {
          stream = x.events()
          stream.raw(`event: endpoint\r\ndata: ${place}\r\n\r\n`)
        },
        ...Object.fromEntries(
          Object.entries({ initialize, ...more }).map(([word, act]) => [word, posted(act)])
        )
      },
      "/sse"
    )
    return { peer, stream: () => stream! }
  })

describe("SseClient", () => {
  it.live("SSE-5: everything is posted to where the server said, and answered on its stream", () =>
    Effect.gen(function* () {
      const { peer } = yield* serve({
        "tools/call": (x, stream) => stream.send(Peer.response(x, text("hi")))
      })
      const client = yield* connect(peer.url, { headers: { "x-api-key": "k" } })
      const { content } = yield* client.callTool("greet")
      assert.deepStrictEqual(content, text("hi").content)
      assert.deepStrictEqual(
        peer.heard.map(({ headers, path, word }) => [word, path, headers["x-api-key"]]),
        [
          ["GET", "/sse", "k"],
          ["initialize", "/messages", "k"],
          ["notifications/initialized", "/messages", "k"],
          ["tools/call", "/messages", "k"]
        ]
      )
      assert.strictEqual(peer.heard[0]?.headers.accept, "text/event-stream")
    })
  )

  for (const place of ["/messages?session=1", "messages?session=1", "?session=1"]) {
    it.live(`S192: ${place} is taken relative to the URL`, () =>
      Effect.gen(function* () {
        const { peer } = yield* serve({}, place)
        yield* connect(peer.url)
        const { path } = yield* peer.until("initialize")
        assert.strictEqual(path, place.startsWith("?") ? "/sse?session=1" : "/messages?session=1")
      })
    )
  }

  it.live("S192: a place at another origin is refused", () =>
    Effect.gen(function* () {
      const canary = yield* Peer.serve({})
      for (const place of [`${canary.origin}/messages`, "//127.0.0.1:1/messages", "file:///messages"]) {
        const { peer } = yield* serve({}, place)
        const error = yield* Effect.flip(connect(peer.url))
        assert.include(error.message, "wants its messages posted to another origin")
        assert.deepStrictEqual(peer.words(), ["GET"])
      }
      assert.deepStrictEqual(canary.words(), [])
    })
  )

  it.effect("S192: a server that does not say within 5 seconds where to post is none", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({ GET: (x) => x.events().raw(": hello\n\n") })
      const connecting = yield* Effect.forkChild(Effect.flip(connect(peer.url)))
      yield* peer.until("GET")
      yield* TestClock.adjust("5 seconds")
      assert.include(
        (yield* Fiber.join(connecting)).message,
        "did not say within 5000 ms where to post messages"
      )
    })
  )

  it.effect("a message that needs no answer is given up after 30 seconds", () =>
    Effect.gen(function* () {
      const { peer } = yield* serve()
      const client = yield* connect(peer.url)
      peer.become({ "example/said": () => {} })
      const saying = yield* Effect.forkChild(Effect.flip(client.notify("example/said")))
      yield* peer.until("example/said")
      yield* TestClock.adjust("30 seconds")
      assert.include((yield* Fiber.join(saying)).message, "within 30000 ms")
    })
  )

  it.live("progress is heard before the result, questions are answered, logs arrive", () =>
    Effect.gen(function* () {
      const { peer } = yield* serve({
        "tools/call": (x, stream) => {
          const { progressToken } = Peer.metaOf(x)
          stream.send({
            jsonrpc: "2.0",
            method: "notifications/progress",
            params: { progressToken, progress: 1 }
          })
          stream.send({
            jsonrpc: "2.0",
            method: "notifications/message",
            params: { level: "info", data: "log" }
          })
          stream.send({ jsonrpc: "2.0", id: "q", method: "roots/list" })
          stream.send(Peer.response(x, text("done")))
        }
      })
      const heard: Array<unknown> = []
      const client = yield* connect(peer.url, {
        client: { roots: [], onLog: ({ data }) => Effect.sync(() => heard.push(data)) }
      })
      yield* client.callTool(
        "slow",
        {},
        { onProgress: ({ progress }) => Effect.sync(() => heard.push(progress)) }
      )
      const { message } = yield* peer.until("response")
      assert.deepStrictEqual(message, { jsonrpc: "2.0", id: "q", result: { roots: [] } })
      assert.sameMembers(heard, [1, "log"])
    })
  )

  it.live("an interrupted request is cancelled by a notification; what comes for it later is ignored", () =>
    Effect.gen(function* () {
      const { peer, stream } = yield* serve({ "tools/call": () => {} })
      const client = yield* connect(peer.url)
      const call = yield* Effect.forkChild(client.callTool("endless"))
      const asked = yield* peer.until("tools/call")
      yield* Fiber.interrupt(call)
      const { message } = yield* peer.until("notifications/cancelled")
      assert.deepInclude(message.params, { requestId: asked.message.id })
      stream().send(Peer.response(asked, text("late")))
      peer.become({
        "tools/call": (x) => {
          x.text(202, "")
          stream().send(Peer.response(x, text("hi")))
        }
      })
      yield* client.callTool("greet")
    })
  )

  it.live("a message the server does not accept fails alone", () =>
    Effect.gen(function* () {
      const { peer, stream } = yield* serve()
      const client = yield* connect(peer.url)
      peer.become({ "tools/call": (x) => x.text(500, "oops") })
      const error = yield* Effect.flip(client.callTool("greet"))
      assert.deepInclude(error, { _tag: "TransportError", refused: true })
      assert.include(error.message, 'tools/call: HTTP 500: "oops"')
      peer.become({
        "tools/call": (x) => {
          x.text(202, "")
          stream().send(Peer.response(x, text("hi")))
        }
      })
      yield* client.callTool("greet")
      assert.strictEqual(Peer.count(peer, "GET"), 1)
    })
  )

  it.live("when the stream ends, what is pending fails, and the next call connects anew", () =>
    Effect.gen(function* () {
      const { peer, stream } = yield* serve({ "tools/call": () => {} })
      const client = yield* connect(peer.url)
      const call = yield* Effect.forkChild(Effect.flip(client.callTool("endless")))
      yield* peer.until("tools/call")
      stream().end()
      assert.include((yield* Fiber.join(call)).message, "is over: the stream ended")
      yield* Effect.forkChild(client.callTool("endless"))
      yield* peer.until("tools/call", 2)
      assert.deepStrictEqual(Peer.count(peer, "GET"), 2)
    })
  )

  it.live("an event over the limit ends the connection with the limit's name", () =>
    Effect.gen(function* () {
      const { peer } = yield* serve({
        "tools/call": (x, stream) => stream.send(Peer.response(x, text("x".repeat(100_000))))
      })
      const client = yield* Effect.provide(connect(peer.url), Limits.layer({ eventBytes: 50_000 }))
      const error = yield* Effect.flip(client.callTool("large"))
      assert.include(error.message, "Limits.eventBytes")
      yield* Effect.flip(client.callTool("large"))
      assert.strictEqual(Peer.count(peer, "GET"), 2)
    })
  )

  it.live("closing the client closes the stream", () =>
    Effect.gen(function* () {
      const { peer } = yield* serve()
      yield* Effect.scoped(connect(peer.url))
      const { dropped } = yield* peer.until("GET")
      yield* Effect.promise(() => dropped)
    })
  )
})
