/** What a session may be asked when, handlers that do not behave, and what is left of it all. Over every face. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Middleware from "mcp-effect/Middleware"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { faces } from "../http/faces.ts"
import { call, initialize, json, legacy, modern, open as begin, request } from "../http/messages.ts"
import { baseline } from "./baseline.ts"
import { listening, turn } from "./telling.ts"

const make = () => {
  const seen = { calls: 0, running: 0, gate: Deferred.makeUnsafe<void>() }
  const running = <A, E, R>(work: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      seen.running++
      return Effect.ensuring(
        work,
        Effect.sync(() => void seen.running--)
      )
    })
  const server = Server.make(
    { name: "states", version: "1.0.0" },
    Resource.text("note://a", { name: "a", updates: true }, "A"),
    Tool.handle(Tool.make("count"), () => Effect.sync(() => void seen.calls++)),
    Tool.handle(Tool.make("dies"), () => Effect.die(new Error("the password is hunter2"))),
    Tool.handle(Tool.make("rejects"), () => Promise.reject(new Error("the password is hunter2"))),
    Tool.handle(Tool.make("throws"), () => {
      throw new Error("the password is hunter2")
    }),
    Tool.handle(Tool.make("never"), () => running(Effect.never)),
    Tool.handle(Tool.make("stubborn"), () => running(Effect.uninterruptible(Deferred.await(seen.gate))))
  )
  return { seen, server }
}

const versions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]

for (const [face, open] of faces) {
  describe(`states over ${face}`, () => {
    for (const version of versions) {
      it.live(`H16: before, in and after a session of ${version} only what belongs there is served`, () =>
        Effect.gen(function* () {
          const { seen, server } = make()
          const peer = yield* open(server)
          const early = yield* peer.ask(legacy(call(1, "count"), { "mcp-protocol-version": version }))
          assert.strictEqual(early.status, 400, "before initialize")
          const session = yield* begin(peer, version)
          const again = yield* peer.ask(legacy(initialize(version), session))
          assert.strictEqual(json(again).error.code, -32600, "a second initialize")
          const unknown = { ...session, "mcp-protocol-version": "2020-01-01" }
          assert.strictEqual((yield* peer.ask(legacy(call(1, "count"), unknown))).status, 400)
          const newer = { ...session, "mcp-protocol-version": "2026-07-28" }
          assert.strictEqual((yield* peer.ask(legacy(call(1, "count"), newer))).status, 400)
          assert.strictEqual(seen.calls, 0)
          assert.isUndefined(json(yield* peer.ask(legacy(call(1, "count"), session))).error)
          assert.strictEqual(seen.calls, 1)
          yield* peer.ask({ method: "DELETE", headers: session })
          assert.strictEqual(
            (yield* peer.ask(legacy(call(2, "count"), session))).status,
            404,
            "after its end"
          )
          assert.strictEqual((yield* peer.ask({ method: "DELETE", headers: session })).status, 404)
          assert.strictEqual((yield* peer.ask({ headers: { ...listening, ...session } })).status, 404)
          assert.strictEqual(seen.calls, 1)
        }).pipe(baseline)
      )
    }

    it.live("H20: a handler that dies, rejects or throws says nothing of why, and others are served", () => {
      const logged: Array<unknown> = []
      return Effect.gen(function* () {
        const { server } = make()
        const peer = yield* open(server)
        const session = yield* begin(peer)
        for (const name of ["dies", "rejects", "throws"]) {
          for (const asked of [
            modern("tools/call", { name, arguments: {} }),
            legacy(call(1, name), session)
          ]) {
            const answer = yield* peer.ask(asked)
            assert.notInclude(answer.text, "hunter2", name)
            assert.isTrue(
              json(answer).error?.code === -32603 || json(answer).result?.isError === true,
              answer.text
            )
          }
        }
        assert.isUndefined(json(yield* peer.ask(legacy(call(2, "count"), session))).error)
        assert.isNotEmpty(logged, "the operator is told")
      }).pipe(
        baseline,
        Effect.provide(Logger.layer([Logger.make(({ message }) => void logged.push(message))]))
      )
    })

    it.live("H20: a handler that never returns has a deadline, if the server sets one", () =>
      Effect.gen(function* () {
        const limited = Server.make(
          { name: "limited", version: "1.0.0" },
          Tool.handle(Tool.make("never"), () => Effect.never),
          Middleware.timeout("20 millis")
        )
        const peer = yield* open(limited)
        const session = yield* begin(peer)
        for (const asked of [
          modern("tools/call", { name: "never", arguments: {} }),
          legacy(call(1, "never"), session)
        ]) {
          const answer = json(yield* peer.ask(asked))
          assert.isTrue(answer.result.isError)
        }
      }).pipe(baseline)
    )

    it.live("H21, H3: DELETE ends what can be ended at once, and waits for nobody", () =>
      Effect.gen(function* () {
        const { seen, server } = make()
        const peer = yield* open(server, { responseMode: "json" })
        const session = yield* begin(peer)
        const calls = ["never", "stubborn"].map((name, id) => peer.ask(legacy(call(id, name), session)))
        const asking = yield* Effect.forkChild(Effect.all(calls, { concurrency: "unbounded" }), {
          startImmediately: true
        })
        while (seen.running < 2) yield* turn
        assert.strictEqual((yield* peer.ask({ method: "DELETE", headers: session })).status, 200)
        while (seen.running > 1) yield* turn
        assert.strictEqual((yield* peer.ask(legacy(request(3, "ping"), session))).status, 404)
        yield* Deferred.succeed(seen.gate, undefined)
        while (asking.pollUnsafe() === undefined) yield* turn
        assert.strictEqual(seen.running, 0)
      }).pipe(baseline)
    )

    it.live("F6: an address that is no resource of the server is read by nobody", () =>
      Effect.gen(function* () {
        const peer = yield* open(make().server)
        const session = yield* begin(peer)
        const strange = [
          "file:///etc/passwd",
          "file://localhost/etc/passwd",
          "http://127.0.0.1:1/",
          "data:text/plain,x",
          "javascript:1",
          "note://a/../b",
          "NOTE://A",
          "note://a#x",
          "/etc/passwd",
          ""
        ]
        for (const uri of strange) {
          const headers = { "mcp-name": uri }
          const answer = json(yield* peer.ask(modern("resources/read", { uri }, { headers })))
          assert.strictEqual(answer.error?.code, -32602, uri)
          const older = json(yield* peer.ask(legacy(request(1, "resources/read", { uri }), session)))
          assert.include([-32002, -32602], older.error?.code, uri)
        }
      }).pipe(baseline)
    )
  })
}
