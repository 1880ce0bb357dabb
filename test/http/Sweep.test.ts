/** What is looked after from time to time goes on being looked after, whatever one request does. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Limits from "mcp-effect/Limits"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { Answering } from "../../src/transport/streamable/Answering.ts"
import * as Watch from "../../src/transport/streamable/Watch.ts"
import * as WebOut from "../../src/transport/streamable/WebOut.ts"
import { overFunction } from "./faces.ts"
import { call, legacy, open, request } from "./messages.ts"

describe("the sweep", () => {
  it.effect("goes on while a session that is over has a request that cannot be stopped", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const started = yield* Deferred.make<void>()
      const server = Server.make(
        { name: "stubborn", version: "1.0.0" },
        Tool.handle(Tool.make("stubborn"), () =>
          Effect.uninterruptible(
            Effect.as(Effect.andThen(Deferred.succeed(started, undefined), Deferred.await(gate)), "done")
          )
        )
      )
      const handler = yield* StreamableServer.handler(server).pipe(
        Effect.provide(Limits.layer({ sessionAge: 60_000, sessionIdle: 600_000 }))
      )
      const peer = overFunction(handler)
      const first = yield* open(peer)
      yield* Effect.forkChild(peer.ask(legacy(call(1, "stubborn"), first)))
      yield* Deferred.await(started)
      yield* TestClock.adjust("2 minutes")
      const second = yield* open(peer)
      yield* TestClock.adjust("2 minutes")
      const { status } = yield* peer.ask(legacy(request(1, "ping"), second))
      assert.strictEqual(status, 404, "the second session was too old as well, and was swept")
      yield* Deferred.succeed(gate, undefined)
    }).pipe(Effect.scoped)
  )

  it.effect("H3: looks after no stream of a client that left before anything was said", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const watched = Watch.make(60_000)
      const out = WebOut.make(1000, () => {})
      const answering = new Answering(out, "auto", { log: () => {}, lost: () => Effect.void, watched })
      const said = answering.say(JsonRpc.notification("notifications/progress", {}))
      // A request of a stateful revision goes on when its client is gone.
      const request = Effect.as(Effect.andThen(Deferred.await(gate), said), JsonRpc.success(1, {}))
      const fiber = yield* Effect.forkChild(request, { startImmediately: true })
      answering.settle(
        fiber,
        () => 200,
        1,
        () => {}
      )
      assert.strictEqual(watched.size(), 1)
      out.gone()
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(fiber)
      assert.strictEqual(watched.size(), 0)
    })
  )
})
