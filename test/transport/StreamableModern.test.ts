import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { complete, connect, text } from "./httpConnect.ts"
import * as Peer from "./httpPeer.ts"

const progress = (exchange: Peer.Exchange, at: number) => ({
  jsonrpc: "2.0",
  method: "notifications/progress",
  params: { progressToken: Peer.metaOf(exchange)["progressToken"], progress: at }
})

describe("StreamableClient, stateless era", () => {
  it.live(
    "HTTP-5/HTTP-6/HTTP-8: every request is a POST of its own to the endpoint, which accepts both answers",
    () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({
          ...Peer.discover(),
          "tools/call": (x) => x.result(complete(text("hi")))
        })
        const client = yield* connect(peer.url)
        yield* Effect.all([client.callTool("a"), client.callTool("b"), client.callTool("c")], {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(peer.words(), ["server/discover", "tools/call", "tools/call", "tools/call"])
        for (const { headers, message, path } of peer.heard) {
          assert.strictEqual(path, "/mcp")
          assert.strictEqual(headers.accept, "application/json, text/event-stream")
          assert.strictEqual(headers["content-type"], "application/json")
          assert.strictEqual(message.jsonrpc, "2.0")
        }
      })
  )

  it.live(
    "HTTP-7/HTTP-22/HTTP-27/HTTP-28: version, method and name stand in the headers as in the body",
    () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({
          ...Peer.discover({ capabilities: { tools: {}, prompts: {}, resources: {} } }),
          "tools/call": (x) => x.result(complete(text("hi"))),
          "prompts/get": (x) => x.result(complete({ messages: [] })),
          "resources/read": (x) => x.result(complete({ contents: [], ttlMs: 0, cacheScope: "private" })),
          "tools/list": (x) => x.result(complete({ tools: [], ttlMs: 0, cacheScope: "private" }))
        })
        const client = yield* connect(peer.url)
        yield* client.callTool("greet")
        yield* client.getPrompt("hello")
        yield* client.readResource("file:///a/b.txt")
        yield* client.tools
        for (const x of peer.heard) {
          assert.strictEqual(x.headers["mcp-protocol-version"], "2026-07-28")
          assert.strictEqual(Peer.metaOf(x)["io.modelcontextprotocol/protocolVersion"], "2026-07-28")
          assert.strictEqual(x.headers["mcp-method"], x.word)
          assert.isUndefined(x.headers["mcp-session-id"])
        }
        assert.deepStrictEqual(
          peer.heard.map(({ headers }) => headers["mcp-name"]),
          [undefined, "greet", "hello", "file:///a/b.txt", undefined]
        )
      })
  )

  it.live("only a client that is traced tells the server of a trace", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": (x) => x.result(complete(text("hi")))
      })
      const client = yield* connect(peer.url)
      yield* client.callTool("greet")
      yield* Effect.withSpan(client.callTool("greet"), "outer")
      const [, untraced, traced] = peer.heard
      assert.isUndefined(untraced?.headers["traceparent"])
      assert.isString(traced?.headers["traceparent"])
    })
  )

  it.live("HTTP-29: a name no header can have is encoded", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": (x) => x.result(complete(text("hi")))
      })
      const client = yield* connect(peer.url)
      yield* client.callTool("grüßen\r\nX-Evil: 1")
      const { headers } = yield* peer.until("tools/call")
      assert.strictEqual(headers["mcp-name"], "=?base64?Z3LDvMOfZW4NClgtRXZpbDogMQ==?=")
      assert.isUndefined(headers["x-evil"])
    })
  )

  it.live(
    "HTTP-12/HTTP-17: an answer may be a stream: what is said on the way is heard before the result",
    () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({
          ...Peer.discover(),
          "tools/call": (x) => {
            const stream = x.events()
            stream.raw(": keep-alive\r\n\r\n")
            stream.send(progress(x, 1))
            stream.raw(": more\n: comments\n\n")
            stream.send(progress(x, 2))
            stream.send(Peer.response(x, complete(text("done"))))
            stream.end()
          }
        })
        const client = yield* connect(peer.url)
        const heard: Array<number | string> = []
        const result = yield* client.callTool(
          "slow",
          {},
          {
            onProgress: ({ progress }) => Effect.sync(() => heard.push(progress))
          }
        )
        assert.deepStrictEqual(heard, [1, 2])
        assert.deepStrictEqual(result.content, text("done").content)
      })
  )

  it.live("a stream that the server leaves open after the response is let go", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": (x) => x.events().send(Peer.response(x, complete(text("done"))))
      })
      const client = yield* connect(peer.url)
      yield* client.callTool("open-ended")
      const { dropped } = yield* peer.until("tools/call")
      yield* Effect.promise(() => dropped)
    })
  )

  it.live("streams that end with the response leave their connection to the next request", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": (x) => {
          const stream = x.events()
          stream.send(Peer.response(x, complete(text("done"))))
          stream.end()
        }
      })
      const client = yield* connect(peer.url)
      for (let call = 0; call < 10; call++) yield* client.callTool("short")
      assert.isAtMost(peer.sockets(), 2)
    })
  )

  for (const answer of ["nothing yet", "a stream"]) {
    it.live(
      `CANC-3: interrupting a call closes its exchange and says nothing (the server sent ${answer})`,
      () =>
        Effect.gen(function* () {
          const peer = yield* Peer.serve({
            ...Peer.discover(),
            "tools/call": (x) => {
              if (answer === "a stream") x.events().send(progress(x, 1))
            }
          })
          const client = yield* connect(peer.url)
          const reported = yield* Queue.unbounded<void>()
          const call = yield* Effect.forkChild(
            client.callTool("endless", {}, { onProgress: () => Queue.offer(reported, undefined) })
          )
          const { dropped } = yield* peer.until("tools/call")
          if (answer === "a stream") yield* Queue.take(reported)
          yield* Fiber.interrupt(call)
          yield* Effect.promise(() => dropped)
          assert.deepStrictEqual(peer.words(), ["server/discover", "tools/call"])
        })
    )
  }

  it.live("HTTP-21: a broken stream fails its request, which is not resumed; the next is a new one", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": (x) => {
          const stream = x.events()
          stream.send(progress(x, 1), "event-1")
          stream.end()
        }
      })
      const client = yield* connect(peer.url)
      const error = yield* Effect.flip(client.callTool("cut", {}, { onProgress: () => Effect.void }))
      assert.strictEqual(error._tag, "TransportError")
      assert.include(error.message, "tools/call: the stream ended before the answer")
      peer.become({ "tools/call": (x) => x.result(complete(text("hi"))) })
      yield* client.callTool("cut")
      assert.deepStrictEqual(peer.words(), ["server/discover", "tools/call", "tools/call"])
      assert.notStrictEqual(peer.heard[1]?.message.id, peer.heard[2]?.message.id)
    })
  )

  it.live("C4: a stream that is cut fails its request, and says so", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({ ...Peer.discover(), "tools/call": (x) => x.events().cut() })
      const client = yield* connect(peer.url)
      const error = yield* Effect.flip(client.callTool("cut"))
      assert.match(error.message, /^tools\/call: the stream broke .* before the answer$|^Cannot reach /)
    })
  )

  it.live("a subscription is opened again after its stream broke, as a new request", () =>
    Effect.gen(function* () {
      const acknowledge = (x: Peer.Exchange) => {
        const stream = x.events()
        stream.send({
          jsonrpc: "2.0",
          method: "notifications/subscriptions/acknowledged",
          params: {
            notifications: { toolsListChanged: true },
            _meta: { "io.modelcontextprotocol/subscriptionId": x.message.id }
          }
        })
        return stream
      }
      const peer = yield* Peer.serve({
        ...Peer.discover({ capabilities: { tools: { listChanged: true } } }),
        "subscriptions/listen": (x) => acknowledge(x).end()
      })
      const client = yield* connect(peer.url)
      const agreed = yield* Queue.unbounded<boolean>()
      yield* Effect.forkScoped(
        Stream.runDrain(
          client.listen(
            { toolsListChanged: true },
            { onAcknowledged: (_, resumed) => void Queue.offerUnsafe(agreed, resumed) }
          )
        )
      )
      assert.isFalse(yield* Queue.take(agreed))
      peer.become({ "subscriptions/listen": acknowledge })
      assert.isTrue(yield* Queue.take(agreed))
      const [first, second] = peer.heard.filter(({ word }) => word === "subscriptions/listen")
      assert.notStrictEqual(first?.message.id, second?.message.id)
    })
  )

  it.effect("a message that needs no answer is given up after 30 seconds", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({ ...Peer.discover(), "example/said": () => {} })
      const client = yield* connect(peer.url)
      const saying = yield* Effect.forkChild(Effect.flip(client.notify("example/said")))
      yield* peer.until("example/said")
      yield* TestClock.adjust("30 seconds")
      assert.include((yield* Fiber.join(saying)).message, "within 30000 ms")
    })
  )

  it.live("closing the client ends what is in flight, and every connection", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": () => {},
        "prompts/get": (x) => x.events()
      })
      const pending = yield* Effect.scoped(
        Effect.gen(function* () {
          const client = yield* connect(peer.url)
          const calls = yield* Effect.forEach(
            [client.callTool("endless"), client.callTool("streaming")],
            (call) => Effect.forkDetach(Effect.flip(call))
          )
          yield* peer.until("tools/call", 2)
          return calls
        })
      )
      const errors = yield* Effect.forEach(pending, Fiber.join)
      assert.deepStrictEqual(
        errors.map(({ message }) => message),
        ["The connection was closed", "The connection was closed"]
      )
      for (const { dropped, word } of peer.heard) {
        if (word !== "server/discover") yield* Effect.promise(() => dropped)
      }
    })
  )
})
