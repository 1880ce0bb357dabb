/** Requests that say nothing for long: the head of their answer leaves before proxies give them up. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as StreamableServer from "mcp-effect/StreamableServer"
import { type Asked, overFunction, type Peer } from "./faces.ts"
import { call, json, legacy, message, modern, open } from "./messages.ts"
import * as Fixture from "./server.ts"

const quiet = (options: StreamableServer.Options = {}) =>
  Effect.gen(function* () {
    const fixture = Fixture.make()
    const handler = yield* StreamableServer.handler(fixture.server, { ...options, keepAlive: "10 seconds" })
    const peer: Peer = overFunction(handler)
    return { ...fixture, peer }
  })

const wait = modern("tools/call", { name: "wait", arguments: {} })

/** The same wait as clients of each era ask for it. */
const eras: ReadonlyArray<
  readonly [era: string, options: StreamableServer.Options, asked: (peer: Peer) => Effect.Effect<Asked>]
> = [
  ["2026-07-28", {}, () => Effect.succeed(wait)],
  ["a session", {}, (peer) => Effect.map(open(peer), (session) => legacy(call(1, "wait"), session))],
  ["no session", { stateless: true }, () => Effect.succeed(legacy(call(1, "wait")))]
]

for (const [era, options, asked] of eras) {
  describe(`a request of ${era} that is not answered`, () => {
    it.effect("H8: is a stream once a whole keep-alive interval has passed, and is kept alive", () =>
      Effect.gen(function* () {
        const { inside, peer } = yield* quiet(options)
        const answering = yield* Effect.forkChild(peer.stream(yield* asked(peer)))
        yield* Deferred.await(inside.started)
        yield* TestClock.adjust("10 seconds")
        assert.isUndefined(answering.pollUnsafe(), "it may have come just before the interval was over")
        yield* TestClock.adjust("10 seconds")
        const stream = yield* Fiber.join(answering)
        assert.strictEqual(stream.headers["content-type"], "text/event-stream")
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(yield* Effect.promise(stream.next), ":")
        yield* Deferred.succeed(inside.gate, undefined)
        assert.strictEqual((yield* message(stream))?.id, 1)
        assert.isUndefined(yield* message(stream), "and the response ends it")
      }).pipe(Effect.scoped)
    )

    it.effect("is JSON if the answer is there before", () =>
      Effect.gen(function* () {
        const { inside, peer } = yield* quiet(options)
        const answering = yield* Effect.forkChild(peer.ask(yield* asked(peer)))
        yield* Deferred.await(inside.started)
        yield* TestClock.adjust("10 seconds")
        yield* Deferred.succeed(inside.gate, undefined)
        const answer = yield* Fiber.join(answering)
        assert.strictEqual(json(answer).result.content[0].text, "waited")
      }).pipe(Effect.scoped)
    )

    it.effect("is JSON in JSON mode, however long it takes", () =>
      Effect.gen(function* () {
        const { inside, peer } = yield* quiet({ ...options, responseMode: "json" })
        const answering = yield* Effect.forkChild(peer.ask(yield* asked(peer)))
        yield* Deferred.await(inside.started)
        yield* TestClock.adjust("10 minutes")
        assert.isUndefined(answering.pollUnsafe())
        yield* Deferred.succeed(inside.gate, undefined)
        assert.strictEqual(json(yield* Fiber.join(answering)).result.content[0].text, "waited")
      }).pipe(Effect.scoped)
    )
  })
}

it.effect("HTTP-18: who goes away from a stream that began by waiting cancels the request", () =>
  Effect.gen(function* () {
    const { inside, peer } = yield* quiet()
    const answering = yield* Effect.forkChild(peer.stream(wait))
    yield* Deferred.await(inside.started)
    yield* TestClock.adjust("20 seconds")
    const stream = yield* Fiber.join(answering)
    stream.close()
    yield* Deferred.await(inside.stopped)
  }).pipe(Effect.scoped)
)
