import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import { Outbox } from "../../src/Connection.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Ask from "../../src/server/Ask.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"
import * as Limits from "../../src/transport/Limits.ts"
import { call, echo, modern, notification, peerOf, request, serving, shaken } from "./peers.ts"

const cancel = (requestId: unknown) =>
  notification("notifications/cancelled", { requestId, reason: "enough" })
const progress = JsonRpc.notification("notifications/progress", { progressToken: 1, progress: 1 })
const say = Effect.flatMap(Outbox, (outbox) => outbox.say(progress))

/** A server whose handler waits at `gate`, and what became of it. */
const waiting = Effect.gen(function* () {
  const gate = yield* Latch.make()
  const started = yield* Deferred.make<void>()
  const events: Array<string> = []
  const server = serving(() =>
    Deferred.succeed(started, undefined).pipe(
      Effect.andThen(gate.await),
      Effect.as({}),
      Effect.onInterrupt(() =>
        Effect.andThen(
          say,
          Effect.sync(() => events.push("finalized"))
        )
      )
    )
  )
  return { gate, started, events, server }
})

const start = <A>(effect: Effect.Effect<A>) => Effect.forkChild(effect, { startImmediately: true })

describe("Cancellation", () => {
  for (const [era, one] of [
    ["2026-07-28", (id: unknown) => call(id)],
    ["2025-11-25", (id: unknown) => request(id, "tools/call", {})]
  ] as const) {
    it.effect(
      `S174, CANC-7, STDIO-10, STDIO-11: a cancelled request is interrupted, finalized and not answered (${era})`,
      () =>
        Effect.gen(function* () {
          const { events, server, started } = yield* waiting
          const { accept, said } = yield* shaken(server)
          const fiber = yield* start(accept(one(1)))
          yield* Deferred.await(started)
          yield* accept(cancel(1))
          assert.strictEqual(yield* Fiber.join(fiber), undefined)
          assert.deepStrictEqual(events, ["finalized"])
          assert.deepStrictEqual(said, [], "nothing more is said for a cancelled request")
        }).pipe(Effect.scoped)
    )
  }

  it.effect("CANC-10: why a request was cancelled goes into the log", () =>
    Effect.gen(function* () {
      const logged: Array<unknown> = []
      const logger = Logger.make<unknown, void>(({ message }) => void logged.push(message))
      const { accept } = yield* peerOf(echo)
      yield* accept(cancel(1)).pipe(
        Effect.provide(Logger.layer([logger])),
        Effect.provideService(References.MinimumLogLevel, "All")
      )
      assert.deepStrictEqual(logged, [["Cancelled", "enough"]])
    }).pipe(Effect.scoped)
  )

  it.effect("CANC-5: whatever ends a request, the server cancels nothing but subscriptions", () =>
    Effect.gen(function* () {
      const server = Server.make(
        { name: "test", version: "1.0.0", subscribe: true },
        Tool.handle(Tool.make("ask"), () =>
          Effect.map(Ask.elicit("Which?", Schema.Struct({ size: Schema.String })), ({ size }) => size)
        ),
        Tool.handle(Tool.make("die"), () => Effect.die("x")),
        Tool.handle(Tool.make("forever"), () => Effect.never)
      )
      const { accept, said, session } = yield* peerOf(server)
      const tool = (id: unknown, name: string) =>
        accept(request(id, "tools/call", { name, _meta: modern({ elicitation: {} }) }))
      yield* tool("ask", "ask")
      yield* tool("die", "die")
      const left = yield* start(tool("left", "forever"))
      const dropped = yield* start(tool("dropped", "forever"))
      const ended = yield* start(
        accept(request("ended", "subscriptions/listen", { notifications: {}, _meta: modern() }))
      )
      const unheard = yield* start(
        accept(request("unheard", "subscriptions/listen", { notifications: {}, _meta: modern() }))
      )
      yield* accept(cancel("left"))
      yield* accept(cancel("unheard"))
      yield* Fiber.interrupt(dropped)
      yield* session.end
      yield* Effect.forEach([left, unheard, ended], Fiber.await)
      const cancelled = said.flatMap((message) =>
        "method" in message && message.method === "notifications/cancelled" ? [message.params] : []
      )
      assert.deepStrictEqual(
        cancelled.map((params) => params?.["requestId"]),
        ["ended"]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("CANC-11: unknown, finished and malformed ids are ignored", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      yield* accept(call(1))
      for (const id of [1, 2, "1", null, undefined, {}, 1.5, "__proto__"]) {
        assert.strictEqual(yield* accept(cancel(id)), undefined)
      }
      assert.strictEqual((yield* accept(call(1))).id, 1)
    }).pipe(Effect.scoped)
  )

  it.effect('H18: an id is a type, too: 1 does not cancel "1"', () =>
    Effect.gen(function* () {
      const { gate, server, started } = yield* waiting
      const { accept } = yield* peerOf(server)
      const fiber = yield* start(accept(call("1")))
      yield* Deferred.await(started)
      yield* accept(cancel(1))
      yield* gate.open
      assert.strictEqual((yield* Fiber.join(fiber)).id, "1")
    }).pipe(Effect.scoped)
  )

  it.effect("H18: cancelled twice, and the id is free again afterwards", () =>
    Effect.gen(function* () {
      const { events, gate, server, started } = yield* waiting
      const { accept } = yield* peerOf(server)
      const fiber = yield* start(accept(call(1)))
      yield* Deferred.await(started)
      yield* Effect.all([accept(cancel(1)), accept(cancel(1))])
      yield* Fiber.join(fiber)
      yield* gate.open
      assert.strictEqual((yield* accept(call(1))).id, 1)
      assert.deepStrictEqual(events, ["finalized"])
    }).pipe(Effect.scoped)
  )

  it.effect("H18: cancelled by what it says before it waits", () =>
    Effect.gen(function* () {
      const server = serving(() => Effect.as(say, {}))
      const { accept, onSaid } = yield* peerOf(server)
      onSaid(() => accept(cancel(1)))
      assert.strictEqual(yield* accept(call(1)), undefined)
    }).pipe(Effect.scoped)
  )

  it.effect("H18: cancelled by what it says before it waits for ever", () =>
    Effect.gen(function* () {
      const { accept, onSaid } = yield* peerOf(serving(() => Effect.andThen(say, Effect.never)))
      onSaid(() => accept(cancel(1)))
      assert.strictEqual(yield* accept(call(1)), undefined)
    }).pipe(Effect.scoped)
  )

  it.effect("interrupting the one who sends interrupts the handler and waits for its finalizers", () =>
    Effect.gen(function* () {
      const { events, server, started } = yield* waiting
      const { accept } = yield* peerOf(server)
      const fiber = yield* start(accept(call(1)))
      yield* Deferred.await(started)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(events, ["finalized"])
      assert.strictEqual((yield* accept(request(1, "ping"))).id, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("CANC-9, H18: however a cancellation races, there is one response or none, and one end", () =>
    Effect.gen(function* () {
      const yields = (n: number) => Effect.repeat(Effect.yieldNow, { times: n })
      for (let work = 0; work < 8; work++) {
        for (let delay = 0; delay < 10; delay++) {
          const ends: Array<string> = []
          const server = serving(() =>
            Effect.onExit(Effect.as(yields(work), {}), (exit) => Effect.sync(() => ends.push(exit._tag)))
          )
          const { accept } = yield* peerOf(server)
          const [answer] = yield* Effect.all(
            [accept(call(1)), Effect.andThen(yields(delay), accept(cancel(1)))],
            { concurrency: "unbounded" }
          )
          assert.strictEqual(ends.length, 1, `work ${work}, delay ${delay}`)
          if (ends[0] === "Failure") assert.strictEqual(answer, undefined, `work ${work}, delay ${delay}`)
          const again = yield* accept(call(1))
          assert.strictEqual(again.id, 1, "the id is free again")
        }
      }
    }).pipe(Effect.scoped)
  )
})

describe("In flight", () => {
  it.effect("H14: a second request with an id in flight is refused, the first is not hurt", () =>
    Effect.gen(function* () {
      const { gate, server, started } = yield* waiting
      const { accept } = yield* peerOf(server)
      const fiber = yield* start(accept(call(1)))
      yield* Deferred.await(started)
      const second = yield* accept(call(1))
      assert.deepStrictEqual([second.id, second.error.code], [1, -32600])
      yield* gate.open
      assert.strictEqual((yield* Fiber.join(fiber)).result.resultType, "complete")
    }).pipe(Effect.scoped)
  )

  it.effect("RELIABILITY 5: more requests than the limit are refused until one has ended", () =>
    Effect.gen(function* () {
      const { gate, server, started } = yield* waiting
      const { accept } = yield* peerOf(server)
      const first = yield* start(accept(call(1)))
      yield* Deferred.await(started)
      const second = yield* start(accept(call(2)))
      const third = yield* accept(call(3))
      assert.strictEqual(third.error.code, -32603)
      assert.strictEqual((yield* accept(request(4, "ping"))).id, 4, "signs of life are not work")
      yield* gate.open
      yield* Fiber.join(first)
      yield* Fiber.join(second)
      assert.strictEqual((yield* accept(call(3))).result.resultType, "complete")
    }).pipe(Effect.scoped, Effect.provide(Limits.layer({ inFlight: 2 })))
  )
})
