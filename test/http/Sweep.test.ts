/** What is looked after from time to time goes on being looked after, whatever one request does. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Limits from "mcp-effect/Limits"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
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
})
