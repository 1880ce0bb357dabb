/** How a server ends while clients are there: what runs is answered, streams end with a hint, nothing new begins. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { Streaming } from "./faces.ts"
import { faces } from "./faces.ts"
import { call, initialize, json, legacy, message, modern, open, request } from "./messages.ts"
import * as Fixture from "./server.ts"

const listening = { accept: "text/event-stream" }

/** A server in a scope of its own, to be closed by the test. */
const running = (start: (typeof faces)[number][1], options: Parameters<typeof start>[1] = {}) =>
  Effect.gen(function* () {
    const fixture = Fixture.make()
    const scope = yield* Scope.make()
    const peer = yield* Scope.provide(start(fixture.server, { grace: "1 minute", ...options }), scope)
    return {
      ...fixture,
      peer,
      shutDown: Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
    }
  })

/** The events of a stream until it ends, as they are. */
const rest = Effect.fnUntraced(function* (stream: Streaming) {
  const events: Array<string> = []
  for (;;) {
    const event = yield* Effect.promise(stream.next)
    if (event === undefined) return events
    events.push(event)
  }
})

for (const [face, start] of faces) {
  describe(`H28: shutting down over ${face}`, () => {
    it.live("requests of both eras are answered, and streams of sessions say when to come back", () =>
      Effect.gen(function* () {
        const { inside, peer, shutDown } = yield* running(start)
        const session = yield* open(peer)
        const standalone = yield* peer.stream({ headers: { ...listening, ...session } })
        const newer = yield* Effect.forkChild(peer.ask(modern("tools/call", { name: "wait", arguments: {} })))
        const older = yield* Effect.forkChild(peer.ask(legacy(call(2, "wait"), session)))
        yield* Deferred.await(inside.started)
        while ((yield* peer.ask(legacy(request(3, "ping"), session))).status !== 200);
        const over = yield* shutDown
        assert.include((yield* rest(standalone)).join("\n"), "retry: 1000")
        yield* Deferred.succeed(inside.gate, undefined)
        for (const answering of [newer, older]) {
          assert.strictEqual(json(yield* Fiber.join(answering)).result.content[0].text, "waited")
        }
        yield* Fiber.join(over)
      }).pipe(Effect.scoped)
    )

    it.live("a subscription of 2026-07-28 is answered", () =>
      Effect.gen(function* () {
        const { peer, shutDown } = yield* running(start)
        const stream = yield* peer.stream(
          modern("subscriptions/listen", { notifications: { resourceSubscriptions: ["note://today"] } })
        )
        assert.strictEqual((yield* message(stream))?.method, "notifications/subscriptions/acknowledged")
        const over = yield* shutDown
        assert.strictEqual((yield* message(stream))?.id, 1)
        assert.isUndefined(yield* message(stream))
        yield* Fiber.join(over)
      }).pipe(Effect.scoped)
    )

    it.live("what runs on a line of HTTP+SSE is answered before the line ends", () =>
      Effect.gen(function* () {
        const { inside, peer, shutDown } = yield* running(start, { sse: true })
        const stream = yield* peer.stream({ path: "/sse", headers: listening })
        let address: string | undefined
        while (address === undefined) {
          address = /^data: (\/\S+)$/m.exec((yield* Effect.promise(stream.next)) ?? "")?.[1]
        }
        yield* peer.ask(legacy(initialize("2024-11-05"), {}, address))
        assert.strictEqual((yield* message(stream))?.id, 0)
        yield* peer.ask(legacy(call(1, "wait"), {}, address))
        yield* Deferred.await(inside.started)
        const over = yield* shutDown
        yield* Deferred.succeed(inside.gate, undefined)
        const answer = yield* message(stream)
        assert.strictEqual(answer?.id, 1)
        assert.include(JSON.stringify(answer?.result), "waited")
        assert.isUndefined(yield* message(stream))
        yield* Fiber.join(over)
      }).pipe(Effect.scoped)
    )

    it.live("who runs longer than the grace is interrupted, and told so where somebody listens", () =>
      Effect.gen(function* () {
        const { inside, peer, shutDown } = yield* running(start, { grace: 1 })
        const stream = yield* peer.stream(
          modern("tools/call", { name: "report_and_wait", arguments: {} }, { meta: { progressToken: 7 } })
        )
        yield* message(stream)
        const over = yield* shutDown
        yield* Deferred.await(inside.stopped)
        const last = yield* message(stream)
        assert.include(last?.error?.message, "shutting down")
        yield* Fiber.join(over)
      }).pipe(Effect.scoped)
    )
  })
}
