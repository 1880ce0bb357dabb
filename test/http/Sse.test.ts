/** HTTP+SSE of 2024-11-05, under every path it can be found at. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Limits from "mcp-effect/Limits"
import * as StreamableServer from "mcp-effect/StreamableServer"
import type { Peer, Streaming } from "./faces.ts"
import { faces, overFunction } from "./faces.ts"
import { call, initialize, legacy, message, notification } from "./messages.ts"
import * as Fixture from "./server.ts"

const listening = { accept: "text/event-stream" }

/** The address the stream announces. */
const endpoint = (stream: Streaming) =>
  Effect.gen(function* () {
    for (;;) {
      const event = yield* Effect.promise(stream.next)
      const address = /^event: endpoint\ndata: (.*)$/.exec(event ?? "")?.[1]
      if (address !== undefined) return address
      assert.isDefined(event, "the stream announces an address")
    }
  })

const begin = (peer: Peer, path = "/sse") =>
  Effect.gen(function* () {
    const stream = yield* peer.stream({ path, headers: listening })
    const address = yield* endpoint(stream)
    const post = (sent: unknown) => peer.ask(legacy(sent, {}, address))
    const accepted = yield* post(initialize("2024-11-05"))
    assert.strictEqual(accepted.status, 202, accepted.text)
    assert.strictEqual((yield* message(stream))?.result?.["protocolVersion"], "2024-11-05")
    yield* post(notification("notifications/initialized"))
    return { stream, address, post }
  })

for (const [face, start] of faces) {
  describe(`HTTP+SSE over ${face}`, () => {
    it.live(
      "S139, S142, SSE-3, SSE-4, SSE-5: the stream announces where to post, and carries the answers",
      () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server, { sse: true })
          const { address, post, stream } = yield* begin(peer)
          assert.match(address, /^\/messages\/\?session_id=\S{32}$/)
          const accepted = yield* post(call(1, "count", { to: 1 }, { progressToken: 7 }))
          assert.strictEqual(accepted.text, "Accepted")
          assert.strictEqual((yield* message(stream))?.method, "notifications/progress")
          assert.strictEqual((yield* message(stream))?.id, 1)
          stream.close()
        }).pipe(Effect.scoped)
    )

    it.live("S142: posts without a session, to nobody's, and of no JSON are refused", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server, { sse: true })
        const { address, stream } = yield* begin(peer)
        const post = (path: string, body = "{}") =>
          Effect.map(peer.ask({ ...legacy({}, {}, path), body }), ({ status }) => status)
        assert.strictEqual(yield* post("/messages/"), 400)
        assert.strictEqual(yield* post("/messages/?session_id=x"), 404)
        assert.strictEqual(yield* post(address, "{"), 400)
        stream.close()
      }).pipe(Effect.scoped)
    )

    it.live("a question goes out on the stream, its answer comes by POST", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server, { sse: true })
        const stream = yield* peer.stream({ path: "/sse", headers: listening })
        const address = yield* endpoint(stream)
        const post = (sent: unknown) => peer.ask(legacy(sent, {}, address))
        yield* post(initialize("2025-06-18", { elicitation: {} }))
        yield* message(stream)
        yield* post(notification("notifications/initialized"))
        yield* post(call(1, "ask"))
        const question = yield* message(stream)
        yield* post({
          jsonrpc: "2.0",
          id: question?.id,
          result: { action: "accept", content: { colour: "red" } }
        })
        assert.strictEqual((yield* message(stream))?.id, 1)
        stream.close()
      }).pipe(Effect.scoped)
    )

    it.live("who goes away ends the session and what runs in it", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const peer = yield* start(server, { sse: true })
        const { address, post, stream } = yield* begin(peer)
        yield* post(call(1, "wait"))
        yield* Deferred.await(inside.started)
        stream.close()
        yield* Deferred.await(inside.stopped)
        assert.strictEqual((yield* peer.ask(legacy(notification("x"), {}, address))).status, 404)
      }).pipe(Effect.scoped)
    )

    it.live("S140, S147: its paths are the application's to choose", () =>
      Effect.gen(function* () {
        const sse = { sse: "/events", messages: "/inbox" }
        const peer = yield* start(Fixture.make().server, { path: false, sse })
        const { address, stream } = yield* begin(peer, "/events")
        assert.match(address, /^\/inbox\?/)
        stream.close()
      }).pipe(Effect.scoped)
    )

    it.live("S143, S144, S145: a proxy that takes a prefix off every path is told of", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server, { sse: { prefix: "/github" } })
        const stream = yield* peer.stream({ path: "/sse", headers: listening })
        assert.match(yield* endpoint(stream), /^\/github\/messages\/\?/)
        stream.close()
      }).pipe(Effect.scoped)
    )
  })
}

describe("HTTP+SSE", () => {
  it.live("H6: who asks and does not read is not answered without end", () =>
    Effect.gen(function* () {
      const handler = yield* StreamableServer.handler(Fixture.make().server, { sse: true })
      const { post, stream } = yield* begin(overFunction(handler))
      const statuses = []
      for (let id = 1; id <= 10; id++) {
        statuses.push((yield* post(call(id, "echo", { text: "x".repeat(100) }))).status)
      }
      assert.deepStrictEqual(statuses.slice(-5), [503, 503, 503, 503, 503])
      const cancelled = yield* post(notification("notifications/cancelled", { requestId: 1 }))
      assert.strictEqual(cancelled.status, 202, "what needs no answer is heard all the same")
      for (let said = yield* message(stream); said?.id !== 3; said = yield* message(stream));
      assert.strictEqual((yield* post(call(11, "echo", { text: "again" }))).status, 202)
      stream.close()
    }).pipe(Effect.scoped, Effect.provide(Limits.layer({ inFlight: 3, queueBytes: 100 })))
  )

  it.live("there is a limit to requests of all clients together", () =>
    Effect.gen(function* () {
      const { inside, server } = Fixture.make()
      const handler = yield* StreamableServer.handler(server, { sse: true })
      const { post, stream } = yield* begin(overFunction(handler))
      yield* post(call(1, "wait"))
      yield* Deferred.await(inside.started)
      assert.strictEqual((yield* post(call(2, "echo", { text: "hi" }))).status, 503)
      stream.close()
    }).pipe(Effect.scoped, Effect.provide(Limits.layer({ requests: 2 })))
  )
})
