import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { call, peerOf, serving } from "./peers.ts"
import { _meta, askWord, converse, handled, word } from "./rounds.ts"

describe("Replay", () => {
  it.effect("a handler that asks nothing is answered in the same turn", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(serving(() => Effect.succeed({ value: 1 })))
      const fiber = yield* Effect.forkChild(accept(call(1)), { startImmediately: true })
      assert.strictEqual(fiber.pollUnsafe()?._tag, "Success")
    }).pipe(Effect.scoped)
  )

  it.effect("MRTR-5: a question is a result with the question and a state", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(serving(() => handled(askWord("Which?"))))
      const { result } = yield* accept(call(1, { _meta }))
      const [question] = Object.values(result.inputRequests)
      assert.strictEqual(result.resultType, "input_required")
      assert.strictEqual(typeof result.requestState, "string")
      assert.deepStrictEqual(question, {
        method: "elicitation/create",
        params: {
          mode: "form",
          message: "Which?",
          requestedSchema: { type: "object", properties: { word: { type: "string" } }, required: ["word"] }
        }
      })
    }).pipe(Effect.scoped)
  )

  it.effect("the answer arrives where the question was asked", () =>
    Effect.gen(function* () {
      const { result, rounds } = yield* converse(askWord("Which?"), { "Which?": word("this") })
      assert.strictEqual(result.value, "this")
      assert.deepStrictEqual(rounds, [["Which?"]])
    })
  )

  it.effect(
    "TRAPS 12: questions that depend on each other take a round each, and the handler runs from the top",
    () =>
      Effect.gen(function* () {
        let runs = 0
        const { result, rounds } = yield* converse(
          Effect.gen(function* () {
            runs++
            const first = yield* askWord("first")
            const second = yield* askWord(`after ${first}`)
            return [first, second]
          }),
          { first: word("a"), "after a": word("b") }
        )
        assert.deepStrictEqual(result.value, ["a", "b"])
        assert.deepStrictEqual(rounds, [["first"], ["after a"]])
        assert.strictEqual(runs, 3)
      })
  )

  it.effect("MRTR-3: concurrent questions share a round, equal ones have their own keys", () =>
    Effect.gen(function* () {
      const { result, rounds } = yield* converse(
        Effect.all([askWord("a"), Effect.andThen(Effect.yieldNow, askWord("b")), askWord("a")], {
          concurrency: "unbounded"
        }),
        { a: word("1"), b: word("2") }
      )
      assert.deepStrictEqual(result.value, ["1", "2", "1"])
      assert.deepStrictEqual(
        rounds.map((round: ReadonlyArray<string>) => round.toSorted()),
        [["a", "a", "b"]]
      )
    })
  )

  it.effect(
    "MRTR-7, ELIC-26: nobody waits: the handler's finalizers have run when the question goes out",
    () =>
      Effect.gen(function* () {
        const events: Array<string> = []
        const server = serving(() =>
          handled(
            Effect.acquireUseRelease(
              Effect.sync(() => events.push("open")),
              () => askWord("Which?"),
              () =>
                Effect.andThen(
                  Effect.yieldNow,
                  Effect.sync(() => events.push("close"))
                )
            )
          )
        )
        const { accept } = yield* peerOf(server)
        yield* accept(call(1, { _meta }))
        assert.deepStrictEqual(events, ["open", "close"])
      }).pipe(Effect.scoped)
  )

  it.effect("a question in an uninterruptible region does not hang", () =>
    Effect.gen(function* () {
      const { result } = yield* converse(Effect.uninterruptible(askWord("Which?")), { "Which?": word("x") })
      assert.strictEqual(result.value, "x")
    })
  )

  it.effect("a handler cannot catch its way past an open question", () =>
    Effect.gen(function* () {
      let past = false
      const { result } = yield* converse(
        Effect.andThen(
          Effect.exit(askWord("Which?")),
          Effect.suspend(() => {
            past = true
            return askWord("And?")
          })
        ),
        { "Which?": word("x"), "And?": word("y") }
      )
      assert.strictEqual(result.value, "y")
      assert.strictEqual(past, true)
    })
  )

  it.effect("a handler that gives up waiting goes on without asking", () =>
    Effect.gen(function* () {
      const { result, rounds } = yield* converse(Effect.race(askWord("slow?"), Effect.succeed("quick")), {})
      assert.strictEqual(result.value, "quick")
      assert.deepStrictEqual(rounds, [])
    })
  )

  it.effect("a question that was given up is not asked with those that come after", () =>
    Effect.gen(function* () {
      const { rounds } = yield* converse(
        Effect.andThen(Effect.race(askWord("slow?"), Effect.succeed("quick")), askWord("then?")),
        { "slow?": word("s"), "then?": word("t") }
      )
      assert.deepStrictEqual(rounds, [["then?"]])
    })
  )

  it.effect("ELIC-27: declined and cancelled arrive as such", () =>
    Effect.gen(function* () {
      const declined = yield* converse(askWord("?"), { "?": { action: "decline" } })
      assert.strictEqual(declined.result.tag, "Declined")
      const cancelled = yield* converse(askWord("?"), { "?": { action: "cancel" } })
      assert.strictEqual(cancelled.result.tag, "Cancelled")
    })
  )

  it.effect("MRTR-6, META-11: a question the client cannot answer is -32021 with what it needs", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(serving(() => handled(askWord("?"))))
      const { error } = yield* accept(call(1))
      assert.strictEqual(error.code, -32021)
      assert.deepStrictEqual(error.data, { requiredCapabilities: { elicitation: { form: {} } } })
    }).pipe(Effect.scoped)
  )

  it.effect("a handler may fall back when the client cannot be asked", () =>
    Effect.gen(function* () {
      const server = serving(() => handled(Effect.orElseSucceed(askWord("?"), () => "fallback")))
      const { accept } = yield* peerOf(server)
      assert.strictEqual((yield* accept(call(1))).result.value, "fallback")
    }).pipe(Effect.scoped)
  )

  it.effect("cancelling a request that waits for its round runs the finalizers", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const started = yield* Deferred.make<void>()
      const server = serving(() =>
        Effect.as(
          Effect.onInterrupt(Effect.andThen(Deferred.succeed(started, undefined), Effect.never), () =>
            Effect.sync(() => events.push("finalized"))
          ),
          {}
        )
      )
      const { accept } = yield* peerOf(server)
      const fiber = yield* Effect.forkChild(accept(call(1)), { startImmediately: true })
      yield* Deferred.await(started)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(events, ["finalized"])
    }).pipe(Effect.scoped)
  )
})
