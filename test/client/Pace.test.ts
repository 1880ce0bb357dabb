import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Client from "../../src/client/Client.ts"
import * as Pace from "../../src/client/Pace.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const yes = () => Effect.succeed({})
const ask = (answer: ReturnType<typeof Pace.limited>) => Effect.result(answer("elicitation/create", {}))
const tags = (results: ReadonlyArray<{ readonly _tag: string }>) => results.map(({ _tag }) => _tag)

describe("How much a server may ask", () => {
  it.effect("ELIC-31: so many questions in a minute, and again in the next", () =>
    Effect.gen(function* () {
      const answer = Pace.limited(yes, { perMinute: 2 })
      const asked = Effect.replicateEffect(ask(answer), 3)
      assert.deepStrictEqual(tags(yield* asked), ["Success", "Success", "Failure"])
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(tags([yield* ask(answer)]), ["Failure"])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(tags(yield* asked), ["Success", "Success", "Failure"])
    })
  )

  it.effect("so many questions at a time; the others wait for their turn", () =>
    Effect.gen(function* () {
      const answered = yield* Deferred.make<void>()
      let open = 0
      let most = 0
      const answer = Pace.limited(
        () =>
          Effect.gen(function* () {
            most = Math.max(most, ++open)
            yield* Deferred.await(answered)
            open--
            return {}
          }),
        { open: 2 }
      )
      const asked = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 5 }, () => ask(answer)),
          { concurrency: "unbounded" }
        ),
        { startImmediately: true }
      )
      assert.strictEqual(open, 2)
      yield* Deferred.succeed(answered, undefined)
      assert.deepStrictEqual(tags(yield* Fiber.join(asked)), Array<string>(5).fill("Success"))
      assert.strictEqual(most, 2)
    })
  )

  it.effect("ELIC-31: questions that nobody answers do not pile up", () =>
    Effect.gen(function* () {
      const answer = Pace.limited(() => Effect.never, { perMinute: 2 })
      yield* Effect.forkChild(Effect.all([ask(answer), ask(answer)], { concurrency: "unbounded" }), {
        startImmediately: true
      })
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(tags([yield* ask(answer)]), ["Failure"])
    })
  )

  it.effect("a sign of life is no question", () =>
    Effect.gen(function* () {
      const answer = Pace.limited(yes, { perMinute: 0 })
      yield* answer("ping", {})
      assert.deepStrictEqual(tags([yield* ask(answer)]), ["Failure"])
    })
  )

  it.effect("ELIC-31: a session is told, and nobody is bothered", () =>
    Effect.gen(function* () {
      let bothered = 0
      const question = (id: string) =>
        JsonRpc.request(id, "elicitation/create", {
          message: "?",
          requestedSchema: { type: "object", properties: {} }
        })
      const peer = Peer.make({
        ...Peer.initialize(),
        ping: (turn) =>
          Effect.gen(function* () {
            for (const id of ["q1", "q2"]) {
              yield* turn.say(question(id))
              yield* turn.reply(id)
            }
            return {}
          })
      })
      const client = yield* connect(peer, {
        versions: ["2025-11-25"],
        questions: { perMinute: 1 },
        elicit: () => Effect.sync(() => (bothered++, Client.decline))
      })
      yield* client.ping
      const replies = peer.heard.flatMap(({ message }) => (JsonRpc.isResponse(message) ? [message] : []))
      assert.deepStrictEqual(
        replies.map((reply) => (JsonRpc.isFailure(reply) ? reply.error.code : "answered")),
        ["answered", -32603]
      )
      assert.strictEqual(bothered, 1)
    }).pipe(Effect.scoped)
  )
})
