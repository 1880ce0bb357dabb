import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Schema from "effect/Schema"
import * as Ask from "../../src/server/Ask.ts"
import { call, peerOf, serving } from "./peers.ts"
import { _meta, askWord, converse, handled, word } from "./rounds.ts"

describe("Ask.once", () => {
  const count = () => {
    let done = 0
    return { work: Effect.sync(() => ++done), done: () => done }
  }

  it.effect("runs once per call, however many rounds it takes", () =>
    Effect.gen(function* () {
      const { done, work } = count()
      const { result } = yield* converse(
        Effect.gen(function* () {
          const ticket = yield* Ask.once("ticket", Schema.Finite, work)
          const a = yield* askWord("a")
          const b = yield* askWord("b")
          return [ticket, a, b]
        }),
        { a: word("1"), b: word("2") }
      )
      assert.deepStrictEqual(result.value, [1, "1", "2"])
      assert.strictEqual(done(), 1)
    })
  )

  it.effect("in a loop under one name it runs once for each turn", () =>
    Effect.gen(function* () {
      const { done, work } = count()
      const { result } = yield* converse(
        Effect.tap(
          Effect.forEach([1, 2, 3], () => Ask.once("turn", Schema.Finite, work)),
          () => askWord("go?")
        ),
        { "go?": word("y") }
      )
      assert.deepStrictEqual(result.value, [1, 2, 3])
      assert.strictEqual(done(), 3)
    })
  )

  it.effect("what it gave is encoded and decoded by its schema", () =>
    Effect.gen(function* () {
      const { result } = yield* converse(
        Effect.gen(function* () {
          const date = yield* Ask.once("now", Schema.Date, Effect.succeed(new Date(0)))
          yield* askWord("go?")
          return date instanceof Date && date.getTime()
        }),
        { "go?": word("y") }
      )
      assert.strictEqual(result.value, 0)
    })
  )

  it.effect("a failure is not remembered", () =>
    Effect.gen(function* () {
      let tries = 0
      const flaky = Effect.suspend(() =>
        ++tries === 1 ? Effect.fail("flaky" as const) : Effect.succeed(tries)
      )
      const { result } = yield* converse(
        Effect.gen(function* () {
          const first = yield* Effect.result(Ask.once("flaky", Schema.Finite, flaky))
          yield* askWord("go?")
          return first._tag
        }),
        { "go?": word("y") }
      )
      assert.strictEqual(result.value, "Success")
      assert.strictEqual(tries, 2)
    })
  )

  it.effect("a round does not cut off what is under way once", () =>
    Effect.gen(function* () {
      const gate = yield* Latch.make()
      const { done, work } = count()
      const slow = Effect.andThen(
        Effect.andThen(
          Effect.forkDetach(Effect.andThen(Effect.repeat(Effect.yieldNow, { times: 20 }), gate.open)),
          gate.await
        ),
        work
      )
      const { result, rounds } = yield* converse(
        Effect.all([askWord("a"), Ask.once("slow", Schema.Finite, slow)], { concurrency: "unbounded" }),
        { a: word("1") }
      )
      assert.deepStrictEqual(result.value, ["1", 1])
      assert.deepStrictEqual(rounds, [["a"]])
      assert.strictEqual(done(), 1)
    })
  )

  it.effect("work and a question may have the same name", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(
        serving(() =>
          handled(
            Effect.andThen(
              Ask.once("name", Schema.Finite, Effect.succeed(1)),
              Ask.named("name")(askWord("a"))
            )
          )
        )
      )
      const { result } = yield* accept(call(1, { _meta }))
      assert.deepStrictEqual(Object.keys(result.inputRequests), ["name"])
    }).pipe(Effect.scoped)
  )

  it.effect("what runs once may ask", () =>
    Effect.gen(function* () {
      const { result } = yield* converse(Ask.once("asks", Schema.String, askWord("a")), { a: word("1") })
      assert.strictEqual(result.value, "1")
    })
  )

  it.effect("several questions of what runs once do not cut off other work", () =>
    Effect.gen(function* () {
      const { done, work } = count()
      const slow = Effect.tap(work, () => Effect.repeat(Effect.yieldNow, { times: 20 }))
      const both = Effect.all([askWord("a"), askWord("b")], { concurrency: "unbounded" })
      const { result, rounds } = yield* converse(
        Effect.all(
          [Ask.once("slow", Schema.Finite, slow), Ask.once("asks", Schema.Array(Schema.String), both)],
          { concurrency: "unbounded" }
        ),
        { a: word("1"), b: word("2") }
      )
      assert.deepStrictEqual(result.value, [1, ["1", "2"]])
      assert.deepStrictEqual(rounds, [["a", "b"]])
      assert.strictEqual(done(), 1)
    })
  )

  it.effect("what runs once inside of what runs once may ask", () =>
    Effect.gen(function* () {
      const inner = Ask.once("inner", Schema.String, askWord("a"))
      const { result } = yield* converse(Ask.once("outer", Schema.String, inner), { a: word("1") })
      assert.strictEqual(result.value, "1")
    })
  )

  it.effect("a question asked once and the same one asked again have answers of their own", () =>
    Effect.gen(function* () {
      const given = ["yes", "no"]
      const answers = {
        get "sure?"() {
          return word(given.shift() ?? "asked too often")
        }
      }
      const { result, rounds } = yield* converse(
        Effect.all([Ask.once("first", Schema.String, askWord("sure?")), askWord("sure?"), askWord("go?")]),
        Object.defineProperty(answers, "go?", { value: word("y") })
      )
      assert.deepStrictEqual(result.value, ["yes", "no", "y"])
      assert.deepStrictEqual(rounds, [["sure?"], ["sure?"], ["go?"]])
    })
  )

  it.effect("work that ran once inside of other work keeps its place among work of its name", () =>
    Effect.gen(function* () {
      const { done, work } = count()
      const turn = Ask.once("turn", Schema.Finite, work)
      const { result } = yield* converse(
        Effect.all([Ask.once("outer", Schema.Finite, turn), turn, askWord("go?")]),
        { "go?": word("y") }
      )
      assert.deepStrictEqual(result.value, [1, 2, "y"])
      assert.strictEqual(done(), 2)
    })
  )
})
