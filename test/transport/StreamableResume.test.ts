import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as TestClock from "effect/testing/TestClock"
import { connect, text } from "./httpConnect.ts"
import * as Peer from "./httpPeer.ts"

describe("StreamableClient, streams that break", () => {
  const resumable = (retry: string, rest: (x: Peer.Exchange, asked: Peer.Exchange) => void) => {
    let asked: Peer.Exchange | undefined
    const script: Peer.Script = {
      ...Peer.initialize("s-1"),
      "tools/call": (x) => {
        asked = x
        const stream = x.events()
        stream.raw(`${retry}id: call/1\ndata:\n\n`)
        stream.end()
      },
      GET: (x) => (asked === undefined ? x.text(405, "") : rest(x, asked))
    }
    return script
  }
  const finish = (x: Peer.Exchange, asked: Peer.Exchange) => {
    const stream = x.events()
    stream.send(Peer.response(asked, text("done")), "call/2")
    stream.end()
  }

  it.effect(
    "HTTPS-11/HTTPS-13/HTTPS-28/CONF-13: a stream that ended early is asked for again, after the time the server wants",
    () =>
      Effect.gen(function* () {
        const { currentTimeMillisUnsafe: now } = yield* Clock.Clock
        const times: Array<number> = []
        const peer = yield* Peer.serve(
          resumable("retry: 1500\n", (x, asked) => {
            times.push(now())
            finish(x, asked)
          })
        )
        const client = yield* connect(peer.url)
        yield* peer.until("GET")
        const started = now()
        yield* Peer.passing
        const { content } = yield* client.callTool("slow")
        assert.deepStrictEqual(content, text("done").content)
        assert.isAtLeast(times[0]! - started, 1500)
        const resumed = yield* peer.until("GET", 2)
        assert.strictEqual(resumed.headers["last-event-id"], "call/1")
        assert.strictEqual(resumed.headers["mcp-session-id"], "s-1")
        assert.strictEqual(Peer.count(peer, "tools/call"), 1)
      })
  )

  for (const [asked, least] of [
    ["0", 100],
    ["315360000000", 60_000]
  ] as const) {
    it.effect(`C3: a retry of ${asked} is a retry of ${least}`, () =>
      Effect.gen(function* () {
        const { currentTimeMillisUnsafe: now } = yield* Clock.Clock
        let resumedAt = 0
        const peer = yield* Peer.serve(
          resumable(`retry: ${asked}\n`, (x, call) => {
            resumedAt = now()
            finish(x, call)
          })
        )
        const client = yield* connect(peer.url, {
          client: { timeout: { idle: Infinity, absolute: Infinity } }
        })
        yield* peer.until("GET")
        const started = now()
        yield* Peer.passing
        yield* client.callTool("slow")
        assert.isAtLeast(resumedAt - started, least)
      })
    )
  }

  it.effect(
    "C3: a stream that is cut again and again is resumed as long as something comes, then given up",
    () =>
      Effect.gen(function* () {
        let connections = 0
        const peer = yield* Peer.serve(
          resumable("", (x) => {
            connections++
            if (connections <= 5) x.events().raw(`id: call/${connections + 1}\ndata:\n\n`)
            x.reset()
          })
        )
        const client = yield* connect(peer.url, {
          reconnect: { maxRetries: 3 },
          client: { timeout: { idle: Infinity, absolute: Infinity } }
        })
        yield* peer.until("GET")
        yield* Peer.passing
        const error = yield* Effect.flip(client.callTool("cut"))
        assert.match(error.message, /^tools\/call: .* before the answer, and did not go on$/)
        assert.isAtLeast(connections, 3)
        assert.isAtMost(connections, 5 + 3)
      })
  )

  it.effect("C3: maxRetries 0 means none", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve(resumable("retry: 100\n", finish))
      const client = yield* connect(peer.url, { reconnect: { maxRetries: 0 } })
      yield* peer.until("GET")
      const error = yield* Effect.flip(client.callTool("slow"))
      assert.include(error.message, "before the answer")
      assert.strictEqual(Peer.count(peer, "GET"), 1)
    })
  )

  it.live("C4: a stream without ids cannot be resumed: the request fails, the session goes on", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.initialize("s-1"),
        "tools/call": (x) => {
          const stream = x.events()
          stream.send({
            jsonrpc: "2.0",
            method: "notifications/message",
            params: { level: "info", data: "x" }
          })
          stream.end()
        }
      })
      const client = yield* connect(peer.url)
      const error = yield* Effect.flip(client.callTool("cut"))
      assert.deepInclude(error, { _tag: "TransportError", refused: true })
      assert.strictEqual(error.message, "tools/call: the stream ended before the answer")
      peer.become({ "tools/call": (x) => x.result(text("hi")) })
      yield* client.callTool("greet")
      assert.strictEqual(Peer.count(peer, "initialize"), 1)
    })
  )

  it.effect("a server that refuses to resume fails the request with what it says", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve(resumable("retry: 100\n", (x) => x.text(400, "Unknown event")))
      const client = yield* connect(peer.url)
      yield* peer.until("GET")
      yield* Peer.passing
      const error = yield* Effect.flip(client.callTool("slow"))
      assert.include(
        error.message,
        'tools/call: its stream broke and cannot be resumed: HTTP 400: "Unknown event"'
      )
    })
  )

  it.effect("a stream that falls silent for longer than readTimeout counts as broken", () =>
    Effect.gen(function* () {
      const heard = yield* Queue.unbounded<unknown>()
      let stream: Peer.Stream | undefined
      const peer = yield* Peer.serve({
        ...Peer.initialize("s-1"),
        "tools/call": (x) => {
          stream = x.events()
        }
      })
      const client = yield* connect(peer.url, {
        client: {
          timeout: { idle: Infinity, absolute: Infinity },
          onLog: ({ data }) => Queue.offer(heard, data)
        }
      })
      const call = yield* Effect.forkChild(Effect.flip(client.callTool("mute")))
      yield* peer.until("tools/call")
      yield* TestClock.adjust("4 minutes")
      stream?.send({
        jsonrpc: "2.0",
        method: "notifications/message",
        params: { level: "info", data: "alive" }
      })
      assert.strictEqual(yield* Queue.take(heard), "alive")
      yield* TestClock.adjust("4 minutes")
      assert.isUndefined(call.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(call)
      assert.strictEqual(error.message, "tools/call: the server said nothing for 300000 ms")
    })
  )
})
