import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Eras from "../../src/client/Eras.ts"
import { complete, connect, text } from "./httpConnect.ts"
import * as Peer from "./httpPeer.ts"

const call: Peer.Script = { "tools/call": (x) => x.result(complete(text("hi"))) }

describe("StreamableClient, which era a server is of", () => {
  const probes: ReadonlyArray<readonly [why: string, answer: (x: Peer.Exchange) => void]> = [
    ["400 with an empty body", (x) => x.text(400, "")],
    ["400 with words", (x) => x.text(400, "Bad Request: Server not initialized")],
    [
      "400 with an error that names no request",
      (x) => x.json({ jsonrpc: "2.0", id: null, error: { code: -32000, message: "No session" } }, 400)
    ],
    [
      "400 with an error of somebody else",
      (x) =>
        x.json(
          { jsonrpc: "2.0", id: "server-error", error: { code: -32600, message: "Missing session ID" } },
          400
        )
    ],
    ["400 with an error no modern server has for it", (x) => x.error(-32000, "Server not initialized")],
    ["404 with a page", (x) => x.text(404, "<html>Not found</html>", { "content-type": "text/html" })],
    ["405", (x) => x.text(405, "")],
    ["406", (x) => x.text(406, "Not Acceptable")],
    ["415", (x) => x.text(415, "")],
    ["422", (x) => x.text(422, "")],
    ["200 with an unknown method", (x) => x.error(-32601, "Method not found", 200)]
  ]
  for (const [why, answer] of probes) {
    it.live(`VER-11: ${why} to a modern request means initialize`, () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({ ...Peer.initialize("s-1"), ...call, "server/discover": answer })
        const client = yield* connect(peer.url)
        yield* client.callTool("greet")
        assert.strictEqual(client.server.era, "stateful")
        assert.deepStrictEqual(peer.words().slice(0, 3), [
          "server/discover",
          "initialize",
          "notifications/initialized"
        ])
      })
    )
  }

  const final: ReadonlyArray<readonly [why: string, answer: (x: Peer.Exchange) => void, says: string]> = [
    ["-32020", (x) => x.error(-32020, "Header mismatch"), "Header mismatch"],
    ["-32021", (x) => x.error(-32021, "Missing required client capability"), "Missing required"],
    [
      "-32020 that names no request",
      (x) => x.json({ jsonrpc: "2.0", id: null, error: { code: -32020, message: "Header mismatch" } }, 400),
      "Header mismatch"
    ],
    ["401", (x) => x.text(401, "who are you?"), 'HTTP 401: "who are you?"'],
    ["403", (x) => x.text(403, ""), "HTTP 403, and nothing else"],
    ["429", (x) => x.text(429, ""), "HTTP 429"],
    ["500", (x) => x.text(500, ""), "HTTP 500"],
    ["503", (x) => x.text(503, ""), "HTTP 503"],
    ["200 with a page", (x) => x.text(200, "<p>Welcome</p>", { "content-type": "text/html" }), '"Welcome"']
  ]
  for (const [why, answer, says] of final) {
    it.live(`VER-9/H6: ${why} to a modern request does not`, () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({ ...Peer.initialize("s-1"), ...call, "server/discover": answer })
        const error = yield* Effect.flip(connect(peer.url))
        assert.include(error.message, says)
        assert.deepStrictEqual(peer.words(), ["server/discover"])
      })
    )
  }

  it.live("VER-2: of the versions a server says it supports, the best is spoken", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.initialize("s-1", "2025-06-18"),
        "server/discover": (x) =>
          x.error(-32022, "Unsupported protocol version", 400, {
            supported: ["2025-06-18"],
            requested: "2026-07-28"
          })
      })
      const client = yield* connect(peer.url)
      assert.strictEqual(client.server.era, "stateful")
      const { message } = yield* peer.until("initialize")
      assert.strictEqual(message.params?.["protocolVersion"], "2025-06-18")
    })
  )

  it.live("VER-12: the era is remembered for the endpoint, and looked at again when it proves wrong", () =>
    Effect.gen(function* () {
      const eras = Eras.make()
      const peer = yield* Peer.serve({ ...Peer.initialize("s-1"), ...call })
      yield* Effect.scoped(connect(peer.url, { eras }))
      yield* Effect.scoped(connect(`${peer.url}?tenant=1`, { eras }))
      assert.strictEqual(Peer.count(peer, "server/discover"), 1)
      peer.become({
        ...Peer.discover(),
        ...call,
        initialize: (x) => x.error(-32601, "Method not found", 404)
      })
      const client = yield* connect(peer.url, { eras })
      assert.strictEqual(client.server.era, "stateless")
      yield* Effect.scoped(connect(peer.url, { eras }))
      assert.strictEqual(Peer.count(peer, "server/discover"), 3)
    })
  )

  it.live("VER-12: a modern server that was replaced by an older one is recognised at the next call", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({ ...Peer.discover(), ...call })
      const client = yield* connect(peer.url)
      yield* client.callTool("greet")
      assert.strictEqual(client.server.era, "stateless")
      const older = { ...Peer.initialize("s-1"), "tools/call": (x: Peer.Exchange) => x.result(text("old")) }
      peer.become({ ...older, "tools/call": (x) => x.text(400, "Bad Request: no session") })
      const error = yield* Effect.flip(client.callTool("greet"))
      assert.include(error.message, "Bad Request: no session")
      peer.become(older)
      const { content } = yield* client.callTool("greet")
      assert.deepStrictEqual(content, text("old").content)
      assert.strictEqual(client.server.era, "stateful")
    })
  )

  it.live("a modern server that does not know a method is not taken for an older one", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        ...call,
        "x/unknown": (x) => x.error(-32601, "Method not found: x/unknown", 404)
      })
      const client = yield* connect(peer.url)
      const error = yield* Effect.flip(client.request("x/unknown"))
      assert.deepInclude(error, { _tag: "McpError", code: -32601 })
      yield* client.callTool("greet")
      assert.deepStrictEqual(peer.words(), ["server/discover", "x/unknown", "tools/call"])
    })
  )

  it.live("HTTP-9: what a server of the stateless era asks on a stream is not answered", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": (x) => {
          const stream = x.events()
          stream.send({ jsonrpc: "2.0", id: 1, method: "ping" })
          stream.send({ jsonrpc: "2.0", id: x.message.id, result: complete(text("hi")) })
          stream.end()
        }
      })
      yield* Effect.scoped(Effect.flatMap(connect(peer.url), (client) => client.callTool("asks")))
      assert.deepStrictEqual(peer.words(), ["server/discover", "tools/call"])
    })
  )
})

/** A server of HTTP+SSE: its GET opens the stream, `/messages` takes what is posted. */
const older = (endpoint = "/messages?session=1", refuse = 405) => {
  let stream: Peer.Stream | undefined
  const taken =
    (answer: (x: Peer.Exchange) => object | undefined) =>
    (x: Peer.Exchange): void => {
      if (!x.path.startsWith("/messages"))
        return x.text(refuse, "<pre>Cannot POST /mcp</pre>", { "content-type": "text/html" })
      x.text(202, "Accepted")
      const result = answer(x)
      if (result !== undefined) stream?.send({ jsonrpc: "2.0", id: x.message.id, result })
    }
  const script: Peer.Script = {
    GET: (x) => {
      stream = x.events()
      stream.raw(`event: endpoint\ndata: ${endpoint}\n\n`)
    },
    "server/discover": taken(() => undefined),
    initialize: taken(() => ({
      protocolVersion: "2024-11-05",
      capabilities: { tools: {} },
      serverInfo: { name: "old", version: "1" }
    })),
    "notifications/initialized": taken(() => {
      stream?.send({ jsonrpc: "2.0", method: "notifications/tools/list_changed" })
      return undefined
    }),
    "tools/call": taken(() => text("old"))
  }
  return { script, stream: () => stream }
}

describe("StreamableClient, a server of HTTP+SSE", () => {
  for (const status of [400, 404, 405, 406]) {
    it.live(
      `SSE-8: after ${status} to initialize the URL is opened with GET, and used if it says where to post`,
      () =>
        Effect.gen(function* () {
          const notices = yield* Queue.unbounded<string>()
          const peer = yield* Peer.serve(older(undefined, status).script)
          const client = yield* connect(peer.url, {
            client: { onNotification: ({ method }) => Queue.offer(notices, method) }
          })
          assert.strictEqual(client.server.protocolVersion, "2024-11-05")
          assert.strictEqual(yield* Queue.take(notices), "notifications/tools/list_changed")
          const { content } = yield* client.callTool("greet")
          assert.deepStrictEqual(content, text("old").content)
          assert.deepStrictEqual(
            peer.heard.map(({ path, word }) => `${word} ${path}`),
            [
              "server/discover /mcp",
              "initialize /mcp",
              "GET /mcp",
              "initialize /messages?session=1",
              "notifications/initialized /messages?session=1",
              "tools/call /messages?session=1"
            ]
          )
        })
    )
  }

  it.live("SSE-8: a server that is neither is explained by its answer to initialize", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        "server/discover": (x) => x.text(404, "Not here"),
        initialize: (x) => x.text(404, "Not here")
      })
      const error = yield* Effect.flip(connect(peer.url))
      assert.include(error.message, 'initialize: HTTP 404: "Not here"')
      assert.deepStrictEqual(peer.words(), ["server/discover", "initialize", "GET"])
    })
  )

  it.live("SSE-8: an error only a modern server has is final; so is what `sse: false` says", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        "server/discover": (x) => x.text(404, ""),
        initialize: (x) => x.error(-32022, "Unsupported protocol version", 400, { supported: ["2027-01-01"] })
      })
      const error = yield* Effect.flip(connect(peer.url))
      assert.deepInclude(error, { _tag: "NegotiationError", supported: ["2027-01-01"] })
      assert.strictEqual(Peer.count(peer, "GET"), 0)
      peer.become({ "server/discover": (x) => x.text(404, ""), initialize: (x) => x.text(404, "") })
      yield* Effect.flip(connect(peer.url, { sse: false }))
      assert.strictEqual(Peer.count(peer, "GET"), 0)
    })
  )

  it.live("S192: a place to post at another origin is refused, and nothing is sent there", () =>
    Effect.gen(function* () {
      const canary = yield* Peer.serve({})
      const peer = yield* Peer.serve(older(`${canary.origin}/messages`).script)
      const error = yield* Effect.flip(connect(peer.url, { headers: { "x-api-key": "secret" } }))
      assert.include(error.message, "wants its messages posted to another origin")
      assert.deepStrictEqual(canary.words(), [])
    })
  )

  it.live("a connection that ends is opened again, from the start, when it is needed", () =>
    Effect.gen(function* () {
      const server = older()
      const peer = yield* Peer.serve({ ...server.script, "tools/call": (x) => x.text(202, "") })
      const client = yield* connect(peer.url)
      const fiber = yield* Effect.forkChild(Effect.flip(client.callTool("greet")))
      yield* peer.until("tools/call")
      server.stream()?.end()
      const error = yield* Fiber.join(fiber)
      assert.include(error.message, "is over: the stream ended")
      peer.become(server.script)
      yield* client.callTool("greet")
      assert.strictEqual(Peer.count(peer, "notifications/initialized"), 2)
    })
  )
})
