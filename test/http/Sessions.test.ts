/** 2025-03-26 … 2025-11-25 over HTTP: sessions, what they carry, and how they end. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Limits from "mcp-effect/Limits"
import * as Progress from "mcp-effect/Progress"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import type { Peer } from "./faces.ts"
import { faces, overFunction } from "./faces.ts"
import { call, initialize, json, legacy, message, notification, open, request } from "./messages.ts"
import * as Fixture from "./server.ts"

const listening = { accept: "text/event-stream" }

for (const [face, start] of faces) {
  for (const version of ["2025-03-26", "2025-06-18", "2025-11-25"]) {
    describe(`sessions of ${version} over ${face}`, () => {
      it.live("S115, HTTPS-30, HTTPS-31: initialize begins a session with an id nobody can guess", () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server)
          const ids = new Set<string>()
          for (let i = 0; i < 20; i++) {
            const { "mcp-session-id": id } = yield* open(peer, version)
            assert.match(id, /^[\x21-\x7e]{32,}$/)
            ids.add(id)
          }
          assert.strictEqual(ids.size, 20)
        }).pipe(Effect.scoped)
      )

      it.live("HTTPS-9: a request that says nothing on the way is answered with one JSON object", () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server)
          const session = yield* open(peer, version)
          const answer = yield* peer.ask(legacy(call(1, "echo", { text: "hi" }), session))
          assert.strictEqual(answer.headers["content-type"], "application/json")
          assert.strictEqual(json(answer).result.content[0].text, "hi")
        }).pipe(Effect.scoped)
      )

      it.live("HTTPS-8: notifications and responses are accepted with an empty body", () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server)
          const session = yield* open(peer, version)
          for (const sent of [
            notification("notifications/example"),
            { jsonrpc: "2.0", id: 99, result: {} }
          ]) {
            const answer = yield* peer.ask(legacy(sent, session))
            assert.strictEqual(answer.status, 202)
            assert.strictEqual(answer.text, "")
          }
          const refused = yield* peer.ask(legacy({ jsonrpc: "1.0", method: "x" }, session))
          assert.strictEqual(refused.status, 400)
        }).pipe(Effect.scoped)
      )

      it.live("HTTPS-14, HTTPS-15, HTTPS-17, S138: what belongs to a request goes to its stream", () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server)
          const session = yield* open(peer, version)
          const stream = yield* peer.stream(
            legacy(call(1, "count", { to: 2 }, { progressToken: 7 }), session)
          )
          assert.strictEqual(stream.headers["content-type"], "text/event-stream")
          assert.strictEqual((yield* message(stream))?.params?.["progress"], 1)
          assert.strictEqual((yield* message(stream))?.params?.["progress"], 2)
          assert.strictEqual((yield* message(stream))?.id, 1)
          assert.isUndefined(yield* message(stream), "the stream has ended")
        }).pipe(Effect.scoped)
      )

      it.live("HTTPS-18, H3: a broken connection cancels nothing; a notification does", () =>
        Effect.gen(function* () {
          const { inside, server } = Fixture.make()
          const peer = yield* start(server)
          const session = yield* open(peer, version)
          const stream = yield* peer.stream(
            legacy(call(1, "report_and_wait", {}, { progressToken: 7 }), session)
          )
          yield* message(stream)
          stream.close()
          const answer = yield* peer.ask(legacy(request(2, "ping"), session))
          assert.deepStrictEqual(json(answer).result, {})
          assert.isFalse(Deferred.isDoneUnsafe(inside.stopped))
          yield* peer.ask(legacy(notification("notifications/cancelled", { requestId: 1 }), session))
          yield* Deferred.await(inside.stopped)
        }).pipe(Effect.scoped)
      )

      it.live("HTTPS-21, HTTPS-22, HTTPS-25, H24: GET opens the stream for what belongs to no request", () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server)
          const session = yield* open(peer, version)
          yield* peer.ask(legacy(request(1, "resources/subscribe", { uri: "note://today" }), session))
          const first = yield* peer.stream({ headers: { ...listening, ...session } })
          assert.strictEqual(first.status, 200)
          yield* peer.ask(legacy(call(2, "touch"), session))
          assert.strictEqual((yield* message(first))?.method, "notifications/resources/updated")
          const second = yield* peer.stream({ headers: { ...listening, ...session } })
          assert.isUndefined(yield* message(first), "the new stream has taken the place of the old one")
          yield* peer.ask(legacy(call(3, "touch"), session))
          assert.strictEqual((yield* message(second))?.method, "notifications/resources/updated")
          second.close()
        }).pipe(Effect.scoped)
      )

      it.live("HTTPS-41: a DELETE in a version nobody speaks ends nothing", () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server)
          const session = yield* open(peer, version)
          const headers = { ...session, "mcp-protocol-version": "1999-01-01" }
          assert.strictEqual((yield* peer.ask({ method: "DELETE", headers })).status, 400)
          assert.strictEqual((yield* peer.ask(legacy(request(1, "ping"), session))).status, 200)
        }).pipe(Effect.scoped)
      )

      it.live(
        "HTTPS-35, S136, H21: after DELETE the session is over for everybody, and its requests have ended",
        () =>
          Effect.gen(function* () {
            const { inside, server } = Fixture.make()
            const peer = yield* start(server)
            const session = yield* open(peer, version)
            const stream = yield* peer.stream(
              legacy(call(1, "report_and_wait", {}, { progressToken: 7 }), session)
            )
            yield* message(stream)
            const deleted = yield* peer.ask({ method: "DELETE", headers: session })
            assert.strictEqual(deleted.status, 200)
            yield* Deferred.await(inside.stopped)
            assert.strictEqual((yield* peer.ask(legacy(request(2, "ping"), session))).status, 404)
            assert.strictEqual((yield* peer.ask({ headers: { ...listening, ...session } })).status, 404)
            assert.strictEqual((yield* peer.ask({ method: "DELETE", headers: session })).status, 404)
          }).pipe(Effect.scoped)
      )

      it.live("a second initialize changes nothing", () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server)
          const session = yield* open(peer, version)
          const again = yield* peer.ask(legacy(initialize("2025-06-18"), session))
          assert.strictEqual(json(again).error.code, -32600)
          assert.strictEqual(json(yield* peer.ask(legacy(call(1, "echo", { text: "a" }), session))).id, 1)
        }).pipe(Effect.scoped)
      )

      it.live("two sessions with equal ids do not hear each other", () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server)
          const [a, b] = [yield* open(peer, version), yield* open(peer, version)]
          const say = (session: typeof a, text: string) =>
            Effect.map(peer.ask(legacy(call(1, "echo", { text }), session)), json)
          const [x, y] = yield* Effect.all([say(a, "a"), say(b, "b")], { concurrency: 2 })
          assert.strictEqual(x.result.content[0].text, "a")
          assert.strictEqual(y.result.content[0].text, "b")
        }).pipe(Effect.scoped)
      )
    })
  }

  describe(`sessions over ${face}`, () => {
    it.live("S138: a question is put on the stream of its request and answered by a POST", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server)
        const session = yield* open(peer)
        const stream = yield* peer.stream(legacy(call(1, "ask"), session))
        const question = yield* message(stream)
        assert.strictEqual(question?.method, "elicitation/create")
        const answer = {
          jsonrpc: "2.0",
          id: question?.id,
          result: { action: "accept", content: { colour: "red" } }
        }
        assert.strictEqual((yield* peer.ask(legacy(answer, session))).status, 202)
        const result = (yield* message(stream))?.result as {
          readonly content: ReadonlyArray<{ text: string }>
        }
        assert.strictEqual(result.content[0]?.text, "red")
      }).pipe(Effect.scoped)
    )

    it.live(
      "S132: in JSON mode a question that no stream can carry fails, and one that GET can is put there",
      () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server, { responseMode: "json" })
          const session = yield* open(peer)
          const failed = json(yield* peer.ask(legacy(call(1, "ask"), session)))
          assert.include(failed.error.message, "cannot be asked")
          const stream = yield* peer.stream({ headers: { ...listening, ...session } })
          const asking = yield* Effect.forkChild(peer.ask(legacy(call(2, "ask"), session)))
          const question = yield* message(stream)
          const answer = {
            jsonrpc: "2.0",
            id: question?.id,
            result: { action: "accept", content: { colour: "red" } }
          }
          yield* peer.ask(legacy(answer, session))
          assert.strictEqual(json(yield* Fiber.join(asking)).result.content[0].text, "red")
          stream.close()
        }).pipe(Effect.scoped)
    )

    it.live("S132: in SSE mode everything is a stream", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server, { responseMode: "sse" })
        const session = yield* open(peer)
        const stream = yield* peer.stream(legacy(call(1, "echo", { text: "hi" }), session))
        assert.strictEqual(stream.headers["content-type"], "text/event-stream")
        assert.strictEqual((yield* message(stream))?.id, 1)
      }).pipe(Effect.scoped)
    )

    it.live("BASE-16: a batch of 2025-03-26 is answered with an array; other revisions refuse it", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server)
        const batch = [call(1, "echo", { text: "a" }), notification("notifications/x"), request(2, "ping")]
        const old = yield* peer.ask(legacy(batch, yield* open(peer, "2025-03-26")))
        assert.deepStrictEqual(
          json(old).map(({ id }: { readonly id: number }) => id),
          [1, 2]
        )
        const newer = yield* peer.ask(legacy(batch, yield* open(peer, "2025-06-18")))
        assert.strictEqual(newer.status, 400)
      }).pipe(Effect.scoped)
    )

    it.live(
      "S116, S128, S129, HTTPS-40: without sessions every request stands for itself, at the version it names",
      () =>
        Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server, { stateless: true })
          const begun = yield* peer.ask(legacy(initialize("2025-11-25")))
          assert.strictEqual(json(begun).result.protocolVersion, "2025-11-25")
          assert.isUndefined(begun.headers["mcp-session-id"])
          assert.strictEqual((yield* peer.ask(legacy(notification("notifications/initialized")))).status, 202)
          const answer = yield* peer.ask(legacy(call(1, "echo", { text: "hi" })))
          assert.strictEqual(json(answer).result.content[0].text, "hi")
          const asked = json(
            yield* peer.ask(legacy(call(2, "ask"), { "mcp-protocol-version": "2025-11-25" }))
          )
          assert.strictEqual(asked.error.code, -32600, "nobody is known to be there to answer")
          const batch = yield* peer.ask(legacy([request(3, "ping")]))
          assert.strictEqual(json(batch)[0].id, 3, "what names no version is of 2025-03-26")
        }).pipe(Effect.scoped)
    )

    it.live("HTTPS-8: without sessions, too, only 2025-03-26 has batches, of notifications as well", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server, { stateless: true })
        const batch = [notification("notifications/example")]
        const status = (version: string) =>
          Effect.map(peer.ask(legacy(batch, { "mcp-protocol-version": version })), (answer) => answer.status)
        assert.strictEqual(yield* status("2025-03-26"), 202)
        assert.strictEqual(yield* status("2025-06-18"), 400)
      }).pipe(Effect.scoped)
    )
  })
}

/** A server under the clock of the test. */
const timed = (limits: Partial<Limits.Limits>, options: StreamableServer.Options = {}) =>
  Effect.gen(function* () {
    const fixture = Fixture.make()
    const handler = yield* StreamableServer.handler(fixture.server, options)
    const peer: Peer = overFunction(handler)
    return { ...fixture, peer }
  }).pipe(Effect.provide(Limits.layer(limits)))

describe("how long sessions last", () => {
  const isThere = (peer: Peer, session: { readonly [name: string]: string }) =>
    Effect.map(peer.ask(legacy(request(1, "ping"), session)), ({ status }) => status === 200)

  it.effect("HTTPS-35: a session that nobody uses is over after a while", () =>
    Effect.gen(function* () {
      const { peer } = yield* timed({ sessionIdle: 60_000 })
      const session = yield* open(peer)
      yield* TestClock.adjust("45 seconds")
      assert.isTrue(yield* isThere(peer, session), "used again before it was over")
      yield* TestClock.adjust("45 seconds")
      assert.isTrue(yield* isThere(peer, session))
      yield* TestClock.adjust("90 seconds")
      assert.isFalse(yield* isThere(peer, session))
    }).pipe(Effect.scoped)
  )

  it.effect("a session with a request running or a stream open is in use", () =>
    Effect.gen(function* () {
      const { inside, peer } = yield* timed({ sessionIdle: 60_000 })
      const [running, listens] = [yield* open(peer), yield* open(peer)]
      const waiting = yield* Effect.forkChild(peer.ask(legacy(call(1, "wait"), running)))
      yield* Deferred.await(inside.started)
      const stream = yield* peer.stream({ headers: { ...listening, ...listens } })
      yield* TestClock.adjust("5 minutes")
      assert.isTrue(yield* isThere(peer, running))
      assert.isTrue(yield* isThere(peer, listens))
      yield* Deferred.succeed(inside.gate, undefined)
      yield* Fiber.join(waiting)
      stream.close()
      yield* TestClock.adjust("5 minutes")
      assert.isFalse(yield* isThere(peer, listens))
    }).pipe(Effect.scoped)
  )

  it.effect("no session lasts for ever", () =>
    Effect.gen(function* () {
      const { peer } = yield* timed({ sessionAge: 120_000, sessionIdle: 60_000 })
      const session = yield* open(peer)
      const stream = yield* peer.stream({ headers: { ...listening, ...session } })
      yield* TestClock.adjust("3 minutes")
      assert.isUndefined(yield* message(stream), "its streams have ended")
      assert.isFalse(yield* isThere(peer, session))
    }).pipe(Effect.scoped)
  )

  it.effect("more sessions than are allowed are refused, and no one loses theirs", () =>
    Effect.gen(function* () {
      const { peer } = yield* timed({ sessions: 2 })
      const first = yield* open(peer)
      yield* open(peer)
      const refused = yield* peer.ask(legacy(initialize("2025-11-25")))
      assert.strictEqual(refused.status, 503)
      assert.isString(refused.headers["retry-after"])
      assert.isTrue(yield* isThere(peer, first))
      yield* peer.ask({ method: "DELETE", headers: first })
      yield* open(peer)
    }).pipe(Effect.scoped)
  )

  it.effect("H21: a session that ends while an answer leaves does not answer again", () =>
    Effect.gen(function* () {
      const answered = yield* Deferred.make<void>()
      const server = Server.make(
        { name: "talkative", version: "1.0.0" },
        Tool.handle(Tool.make("talk"), () =>
          Effect.ensuring(Effect.as(Progress.report(1, 2), "done"), Deferred.succeed(answered, undefined))
        )
      )
      const handler = yield* StreamableServer.handler(server).pipe(
        Effect.provide(Limits.layer({ queueBytes: 10 }))
      )
      const peer = overFunction(handler)
      const session = yield* open(peer)
      const stream = yield* peer.stream(legacy(call(1, "talk", {}, { progressToken: 7 }), session))
      yield* message(stream)
      yield* Deferred.await(answered)
      yield* peer.ask({ method: "DELETE", headers: session })
      assert.strictEqual((yield* message(stream))?.id, 1)
      assert.isUndefined(yield* message(stream), "one response, and no more")
    }).pipe(Effect.scoped)
  )

  it.effect("H8: a quiet stream is kept alive", () =>
    Effect.gen(function* () {
      const { peer } = yield* timed({}, { keepAlive: "10 seconds" })
      const session = yield* open(peer)
      const stream = yield* peer.stream({ headers: { ...listening, ...session } })
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* Effect.promise(stream.next), ":")
      stream.close()
    }).pipe(Effect.scoped)
  )
})
