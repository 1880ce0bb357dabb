import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as Progress from "../../src/server/Progress.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import { ask } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }
const reports = (...values: ReadonlyArray<number>) =>
  Resource.make("a://b", {}, () =>
    Effect.as(
      Effect.forEach(values, (value) => Progress.report(value, 10, `at ${value}`)),
      "done"
    )
  )
const read = (part: ReturnType<typeof reports>, meta: {}) =>
  ask(Server.make(info, part), "resources/read", { uri: "a://b" }, meta)

describe("Progress", () => {
  it.effect("S070, PROG-4: reports carry the token of the request, in order", () =>
    Effect.gen(function* () {
      const { said } = yield* read(reports(1, 2.5), { progressToken: "t" })
      assert.deepStrictEqual(said, [
        {
          method: "notifications/progress",
          params: { progressToken: "t", progress: 1, total: 10, message: "at 1" }
        },
        {
          method: "notifications/progress",
          params: { progressToken: "t", progress: 2.5, total: 10, message: "at 2.5" }
        }
      ])
    })
  )

  it.effect("what JSON has no number for is not said", () =>
    Effect.gen(function* () {
      const part = Resource.make("a://b", {}, () =>
        Effect.as(
          Effect.andThen(
            Progress.report(1, Number.NaN),
            Effect.andThen(Progress.report(2, Infinity), Progress.report(Infinity))
          ),
          "done"
        )
      )
      const { said } = yield* read(part, { progressToken: "t" })
      assert.deepStrictEqual(
        said.map(({ params }) => params),
        [
          { progressToken: "t", progress: 1 },
          { progressToken: "t", progress: 2 }
        ]
      )
    })
  )

  it.effect("S070: a stream reports how far it has come", () =>
    Effect.gen(function* () {
      const counts = Resource.make("a://b", {}, () =>
        Effect.map(Stream.runCollect(Stream.make("x", "y", "z").pipe(Progress.counted(3))), (all) =>
          all.join("")
        )
      )
      const { result, said } = yield* read(counts, { progressToken: "t" })
      assert.include(JSON.stringify(result["contents"]), "xyz")
      assert.deepStrictEqual(
        said.map(({ params }) => [params["progress"], params["total"]]),
        [
          [1, 3],
          [2, 3],
          [3, 3]
        ]
      )
    })
  )

  it.effect("PROG-2: progress that does not grow is dropped", () =>
    Effect.gen(function* () {
      const { said } = yield* read(reports(1, 1, 0, 3, 2, Number.NaN, 4), { progressToken: 0 })
      assert.deepStrictEqual(
        said.map(({ params }) => params["progress"]),
        [1, 3, 4]
      )
    })
  )

  it.effect("S070, PROG-4: nothing is said to a peer that did not ask", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* read(reports(1, 2), {})).said, [])
    })
  )

  it.effect("PROG-5: nothing is said after the request has ended", () =>
    Effect.gen(function* () {
      const ended = yield* Deferred.make<void>()
      let late: Fiber.Fiber<void> | undefined
      const leaves = Resource.make("a://b", {}, () =>
        Effect.gen(function* () {
          yield* Progress.report(1)
          late = yield* Effect.forkDetach(Effect.andThen(Deferred.await(ended), Progress.report(2)))
          return "done"
        })
      )
      const { said } = yield* read(leaves, { progressToken: 1 })
      yield* Deferred.succeed(ended, undefined)
      if (late !== undefined) yield* Fiber.join(late)
      assert.strictEqual(said.length, 1)
    })
  )
})
