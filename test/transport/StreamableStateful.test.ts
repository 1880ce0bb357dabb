import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { connect, text } from "./httpConnect.ts"
import * as Peer from "./httpPeer.ts"

describe("StreamableClient, sessions", () => {
  it.live(
    "HTTPS-33/HTTPS-37/HTTPS-38/HTTPS-39/LIFE-14/S191: the session is named in every request after it began, and deleted",
    () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({
          ...Peer.initialize("s-1"),
          "tools/call": (x) => x.result(text("hi"))
        })
        yield* Effect.scoped(
          Effect.gen(function* () {
            const client = yield* connect(peer.url)
            yield* peer.until("GET")
            yield* client.callTool("greet")
          })
        )
        assert.deepStrictEqual(
          peer.heard.map(({ headers, word }) => [
            word,
            headers["mcp-session-id"],
            headers["mcp-protocol-version"]
          ]),
          [
            ["server/discover", undefined, "2026-07-28"],
            ["initialize", undefined, undefined],
            ["notifications/initialized", "s-1", "2025-11-25"],
            ["GET", "s-1", "2025-11-25"],
            ["tools/call", "s-1", "2025-11-25"],
            ["DELETE", "s-1", "2025-11-25"]
          ]
        )
      })
  )

  for (const version of ["2025-03-26", "2025-06-18", "2025-11-25"]) {
    it.live(
      `HTTPS-5/HTTPS-6/HTTPS-7/HTTPS-20: each message is one POST that accepts both answers, the GET accepts events (${version})`,
      () =>
        Effect.gen(function* () {
          const peer = yield* Peer.serve({
            ...Peer.initialize("s-1", version),
            "tools/call": (x) => x.result(text("hi"))
          })
          const client = yield* connect(peer.url)
          yield* Effect.all([client.callTool("a"), client.callTool("b")], { concurrency: "unbounded" })
          yield* peer.until("GET")
          for (const { headers, message, word } of peer.heard) {
            assert.strictEqual(
              headers.accept,
              word === "GET" ? "text/event-stream" : "application/json, text/event-stream"
            )
            assert.strictEqual(message.jsonrpc, word === "GET" ? undefined : "2.0")
          }
        })
    )
  }

  it.live("HTTPS-32: the id of a session stands in no error and no log, and goes to no other origin", () =>
    Effect.gen(function* () {
      const logged: Array<unknown> = []
      const logger = Logger.make((entry) => logged.push(entry))
      const canary = yield* Peer.serve({})
      const peer = yield* Peer.serve(Peer.initialize("very-secret-session"))
      const errors = yield* Effect.gen(function* () {
        const client = yield* connect(peer.url)
        const answers: ReadonlyArray<(x: Peer.Exchange) => void> = [
          (x) => x.text(500, "oops"),
          (x) => x.text(307, "", { location: canary.url }),
          (x) => x.reset(),
          (x) => x.text(404, "gone")
        ]
        return yield* Effect.forEach(answers, (answer) => {
          peer.become({ ...Peer.initialize("very-secret-session"), "tools/call": answer })
          return Effect.flip(client.callTool("x"))
        })
      }).pipe(
        Effect.provide(Logger.layer([logger])),
        Effect.provideService(References.MinimumLogLevel, "Trace")
      )
      assert.deepStrictEqual(canary.words(), [])
      const said = errors.map(({ message }) => message)
      assert.notInclude(JSON.stringify([said, logged]), "very-secret-session")
    })
  )

  it.live("S191: a server without sessions, and without a stream of its own, is served and not deleted", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({ ...Peer.initialize(), "tools/call": (x) => x.result(text("hi")) })
      yield* Effect.scoped(
        Effect.gen(function* () {
          const client = yield* connect(peer.url)
          yield* peer.until("GET")
          yield* client.callTool("greet")
        })
      )
      assert.isUndefined(peer.heard.at(-1)?.headers["mcp-session-id"])
      assert.strictEqual(peer.words().at(-1), "tools/call")
    })
  )

  it.live(
    "C6: a server that does not know DELETE, and one that is asked not to be told, are left in peace",
    () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({ ...Peer.initialize("s-1"), DELETE: (x) => x.text(405, "") })
        yield* Effect.scoped(connect(peer.url))
        assert.strictEqual(Peer.count(peer, "DELETE"), 1)
        yield* Effect.scoped(connect(peer.url, { terminateOnClose: false }))
        assert.strictEqual(Peer.count(peer, "DELETE"), 1)
      })
  )

  it.live("HTTPS-9: the answer to initialize may be a stream", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.initialize(),
        initialize: (x) => {
          const stream = x.events({ "mcp-session-id": "s-2" })
          stream.raw("id: 0\ndata:\n\n")
          stream.send(
            Peer.response(x, {
              protocolVersion: "2025-06-18",
              capabilities: {},
              serverInfo: { name: "streaming", version: "1" }
            }),
            "1"
          )
          stream.end()
        }
      })
      const client = yield* connect(peer.url)
      assert.strictEqual(client.server.protocolVersion, "2025-06-18")
      assert.strictEqual((yield* peer.until("GET")).headers["mcp-session-id"], "s-2")
    })
  )

  it.live("HTTPS-19: an interrupted request is cancelled by a notification, not by its connection", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({ ...Peer.initialize("s-1"), "tools/call": () => {} })
      const client = yield* connect(peer.url)
      const call = yield* Effect.forkChild(client.callTool("endless"))
      const { message } = yield* peer.until("tools/call")
      yield* Fiber.interrupt(call)
      const cancelled = yield* peer.until("notifications/cancelled")
      assert.deepInclude(cancelled.message.params, { requestId: message.id })
      assert.strictEqual(cancelled.headers["mcp-session-id"], "s-1")
    })
  )

  it.live("what the server asks on the stream of a request is answered by a POST", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.initialize("s-1"),
        "tools/call": (x) => {
          const stream = x.events()
          stream.send({ jsonrpc: "2.0", id: "q1", method: "roots/list" })
          peer.become({
            response: (answer) => {
              answer.text(202, "")
              stream.send(Peer.response(x, text("done")))
              stream.end()
            }
          })
        }
      })
      const client = yield* connect(peer.url, { client: { roots: [{ uri: "file:///project" }] } })
      yield* client.callTool("asks")
      const answer = yield* peer.until("response")
      assert.deepStrictEqual(answer.message, {
        jsonrpc: "2.0",
        id: "q1",
        result: { roots: [{ uri: "file:///project" }] }
      })
      assert.strictEqual(answer.headers["mcp-session-id"], "s-1")
    })
  )

  it.live("a batch of 2025-03-26 is taken apart, in a body and in an event", () =>
    Effect.gen(function* () {
      const log = (data: string) => ({
        jsonrpc: "2.0",
        method: "notifications/message",
        params: { level: "info", data }
      })
      const peer = yield* Peer.serve({
        ...Peer.initialize("s-1", "2025-03-26"),
        "tools/call": (x) => {
          const batch = [log("one"), Peer.response(x, text("done")), log("two")]
          if (x.message.params?.["name"] === "body") return x.json(batch)
          const stream = x.events()
          stream.send(batch)
          stream.end()
        }
      })
      const heard: Array<unknown> = []
      const client = yield* connect(peer.url, {
        client: { onLog: ({ data }) => Effect.sync(() => heard.push(data)) }
      })
      yield* client.callTool("body")
      yield* client.callTool("event")
      assert.deepStrictEqual(heard, ["one", "two", "one", "two"])
    })
  )
})

describe("StreamableClient, a session that is gone", () => {
  it.live("HTTPS-36, C6: on 404 a new session is begun, once, and what was not looked at is sent again", () =>
    Effect.gen(function* () {
      let session = 0
      const script: Peer.Script = {
        ...Peer.initialize(),
        initialize: (x) => Peer.initialize(`s-${++session}`)["initialize"]!(x),
        "tools/call": (x) =>
          x.headers["mcp-session-id"] === "s-1"
            ? x.error(-32001, "Session not found", 404)
            : x.result(text(String(x.message.params?.["name"])))
      }
      const peer = yield* Peer.serve(script)
      const client = yield* connect(peer.url)
      const names = ["a", "b", "c", "d"]
      const results = yield* Effect.forEach(names, (name) => client.callTool(name), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(
        results.map(({ content }) => content),
        names.map((name) => text(name).content)
      )
      assert.strictEqual(Peer.count(peer, "initialize"), 2, "one session after the other")
      const again = peer.heard.filter(({ word }) => word === "initialize")[1]
      assert.isUndefined(again?.headers["mcp-session-id"])
      assert.strictEqual(Peer.count(peer, "DELETE"), 0, "a session that is gone is not deleted")
    })
  )

  it.live("HTTPS-36: a call the new session does not know either fails, and is not sent a third time", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.initialize("s-1"),
        "tools/call": (x) => x.text(404, "Session not found")
      })
      const client = yield* connect(peer.url)
      const error = yield* Effect.flip(client.callTool("lost"))
      assert.include(error.message, "has ended (HTTP 404)")
      assert.notInclude(error.message, "s-1")
      assert.strictEqual(Peer.count(peer, "tools/call"), 2)
    })
  )

  it.live("a request that may have run is not sent again", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({ ...Peer.initialize("s-1"), "tools/call": (x) => x.reset() })
      const client = yield* connect(peer.url)
      const error = yield* Effect.flip(client.callTool("once"))
      assert.deepInclude(error, { _tag: "TransportError", refused: true })
      assert.strictEqual(Peer.count(peer, "tools/call"), 1)
      peer.become({ "tools/call": (x) => x.result(text("hi")) })
      yield* client.callTool("twice")
      assert.strictEqual(Peer.count(peer, "initialize"), 1, "the session goes on")
    })
  )

  it.live(
    "an error that names no request, with 400, ends the session as well: many servers know no other",
    () =>
      Effect.gen(function* () {
        let session = 0
        const unnamed = {
          jsonrpc: "2.0",
          error: { code: -32000, message: "Bad Request: No valid session ID provided" }
        }
        const peer = yield* Peer.serve({
          ...Peer.initialize(),
          initialize: (x) => Peer.initialize(`s-${++session}`)["initialize"]!(x),
          "tools/call": (x) =>
            x.headers["mcp-session-id"] === "s-1" ? x.json(unnamed, 400) : x.result(text("hi"))
        })
        const client = yield* connect(peer.url)
        yield* client.callTool("greet")
        assert.strictEqual(session, 2)
        peer.become({ ...Peer.initialize("s-3"), "tools/call": (x) => x.json(unnamed, 400) })
        const error = yield* Effect.flip(client.callTool("greet"))
        assert.include(error.message, "No valid session ID provided")
      })
  )
})
