import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { connect, text } from "./httpConnect.ts"
import * as Peer from "./httpPeer.ts"

const listChanged = { jsonrpc: "2.0", method: "notifications/tools/list_changed" }

describe("StreamableClient, what the server says unprompted", () => {
  it.live("S191: the stream opened after initialization is heard", () =>
    Effect.gen(function* () {
      const notices = yield* Queue.unbounded<string>()
      const peer = yield* Peer.serve({
        ...Peer.initialize("s-1"),
        GET: (x) => x.events().send(listChanged)
      })
      yield* connect(peer.url, {
        client: { onNotification: ({ method }) => Queue.offer(notices, method) }
      })
      assert.strictEqual(yield* Queue.take(notices), "notifications/tools/list_changed")
      assert.deepStrictEqual(peer.words(), [
        "server/discover",
        "initialize",
        "notifications/initialized",
        "GET"
      ])
    })
  )

  it.live("its requests are answered by a POST", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.initialize("s-1"),
        GET: (x) => x.events().send({ jsonrpc: "2.0", id: 7, method: "ping" })
      })
      yield* connect(peer.url)
      const { message } = yield* peer.until("response")
      assert.deepStrictEqual(message, { jsonrpc: "2.0", id: 7, result: {} })
    })
  )

  it.effect("HTTPS-28: it is opened again after its last event, however often it ends", () =>
    Effect.gen(function* () {
      const notices = yield* Queue.unbounded<string>()
      let opened = 0
      const peer = yield* Peer.serve({
        ...Peer.initialize("s-1"),
        GET: (x) => {
          const stream = x.events()
          if (++opened % 2 === 1) stream.send(listChanged, `event-${opened}`)
          stream.end()
        }
      })
      yield* connect(peer.url, {
        reconnect: { maxRetries: 1 },
        client: { onNotification: ({ method }) => Queue.offer(notices, method) }
      })
      yield* Peer.passing
      yield* peer.until("GET", 6)
      assert.deepStrictEqual(
        peer.heard
          .filter(({ word }) => word === "GET")
          .slice(0, 4)
          .map(({ headers }) => headers["last-event-id"]),
        [undefined, "event-1", "event-1", "event-3"]
      )
      assert.strictEqual((yield* Queue.takeAll(notices)).length, 3)
    })
  )

  for (const status of [404, 405, 403, 501]) {
    it.live(`C6: a server that answers GET with ${status} has no such stream, and keeps its session`, () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({
          ...Peer.initialize("s-1"),
          GET: (x) => x.text(status, "no"),
          "tools/call": (x) => x.result(text("hi"))
        })
        const client = yield* connect(peer.url)
        yield* peer.until("GET")
        yield* client.callTool("greet")
        yield* client.callTool("greet")
        assert.strictEqual(Peer.count(peer, "GET"), 1)
        assert.strictEqual(Peer.count(peer, "initialize"), 1)
      })
    )
  }

  it.effect("a stream that cannot be opened again, because the session is gone, tells whoever listens", () =>
    Effect.gen(function* () {
      const agreed = yield* Queue.unbounded<boolean>()
      let stream: Peer.Stream | undefined
      const script: Peer.Script = {
        ...Peer.initialize("s-1"),
        GET: (x) => {
          stream = x.events()
        }
      }
      const peer = yield* Peer.serve(script)
      const client = yield* connect(peer.url)
      yield* peer.until("GET")
      yield* Effect.forkScoped(
        Stream.runDrain(
          client.listen(
            { toolsListChanged: true },
            { onAcknowledged: (_, resumed) => void Queue.offerUnsafe(agreed, resumed) }
          )
        )
      )
      assert.isFalse(yield* Queue.take(agreed))
      peer.become({
        ...script,
        GET: (x) => (Peer.count(peer, "initialize") === 1 ? x.text(404, "") : script["GET"]!(x))
      })
      yield* Peer.passing
      stream?.end()
      assert.isTrue(yield* Queue.take(agreed))
      assert.strictEqual(Peer.count(peer, "initialize"), 2)
    })
  )
})
