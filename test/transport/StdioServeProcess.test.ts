import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { start } from "../fixtures/stdio/program.ts"

describe("StdioServe in a process", () => {
  it.live("S148, P12/STDIO-2: what a handler prints goes to stderr, with one hint that names where", () =>
    Effect.gen(function* () {
      const program = yield* start("served.ts")
      yield* program.request(1, "print")
      yield* program.request(2, "log")
      yield* program.endInput
      assert.deepStrictEqual(yield* program.exit, { code: 0, signal: null })
      const { stderr, stdout } = yield* program.rest
      assert.deepStrictEqual(
        stdout.map((line) => JSON.parse(line).id),
        [1, 2]
      )
      assert.deepStrictEqual(
        stderr.filter((line) => line.startsWith("from")),
        ["from console.log", "from process.stdout", "from writeSync"]
      )
      assert.isTrue(stderr.some((line) => line.includes("from Effect.log")))
      const hints = stderr.filter((line) => line.includes("stdout carries the protocol"))
      assert.strictEqual(hints.length, 1)
      assert.include(hints[0], "served.ts:")
    })
  )

  it.live("G6/P12: a child that inherits the standard streams neither eats messages nor writes any", () =>
    Effect.gen(function* () {
      const program = yield* start("served.ts")
      yield* program.request(1, "spawn")
      yield* program.request(2, "echo", { while: "the child runs" })
      assert.deepInclude(yield* program.next, { id: 2 })
      assert.deepInclude(yield* program.next, { id: 1, result: { code: 0 } })
      yield* program.request(3, "spawnSync")
      assert.deepInclude(yield* program.next, { id: 3 })
      yield* program.endInput
      const { stderr, stdout } = yield* program.rest
      assert.deepStrictEqual(stdout, [])
      assert.includeMembers([...stderr], ["from spawn", "from execFileSync"])
    })
  )

  it.live(
    "STDIO-14: the process ends with code 0 at the end of input, after finalizers of calls in flight",
    () =>
      Effect.gen(function* () {
        const program = yield* start("served.ts")
        yield* program.request(1, "wait")
        yield* program.stderrWith("waiting")
        yield* program.endInput
        assert.deepStrictEqual(yield* program.exit, { code: 0, signal: null })
        assert.deepStrictEqual((yield* program.rest).stderr, ["interrupted", "released"])
      })
  )

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it.live(`S196: ${signal} interrupts what is in flight and runs finalizers`, () =>
      Effect.gen(function* () {
        const program = yield* start("served.ts")
        yield* program.request(1, "wait")
        yield* program.stderrWith("waiting")
        program.child.kill(signal)
        assert.strictEqual((yield* program.exit).signal, null)
        assert.deepStrictEqual((yield* program.rest).stderr, ["interrupted", "released"])
      })
    )
  }

  it.live("P13: an input that has ended before the start is a clean exit", () =>
    Effect.gen(function* () {
      const program = yield* start("served.ts")
      yield* program.endInput
      assert.deepStrictEqual(yield* program.exit, { code: 0, signal: null })
    })
  )

  it.live("P10, G10: a host that closes the output mid-stream ends the process quietly", () =>
    Effect.gen(function* () {
      const program = yield* start("served.ts")
      program.child.stdout.once("data", () => program.child.stdout.destroy())
      yield* program.request(1, "count", { to: 100_000 })
      assert.deepStrictEqual(yield* program.exit, { code: 0, signal: null })
      assert.deepStrictEqual((yield* program.rest).stderr, ["counting", "released"])
    })
  )

  it.live("P9: a host that stops reading is waited for, and gets everything in the end", () =>
    Effect.gen(function* () {
      const program = yield* start("served.ts")
      program.child.stdout.pause()
      yield* program.request(1, "count", { to: 100_000 })
      yield* program.stderrWith("counting")
      program.child.stdout.resume()
      for (let index = 0; index < 100_000; index++) {
        const said = yield* program.next
        if (index % 9999 === 0) assert.deepInclude(said, { params: { index } })
      }
      const answer = yield* program.next
      const { queued } = (answer as { readonly result: { readonly queued: number } }).result
      assert.isBelow(queued, 1.2 * 1024 * 1024, "seven megabytes were said")
      assert.isAbove(queued, 100_000, "some of it had to wait")
    })
  )

  it.live("P10, G10: a host that closes stderr does no harm", () =>
    Effect.gen(function* () {
      const program = yield* start("served.ts")
      program.child.stderr.destroy()
      yield* program.request(1, "log")
      assert.deepInclude(yield* program.next, { id: 1 })
      yield* program.request(2, "echo")
      assert.deepInclude(yield* program.next, { id: 2 })
      yield* program.endInput
      assert.deepStrictEqual(yield* program.exit, { code: 0, signal: null })
    })
  )

  it.live("P4: a host that is killed leaves no server behind", () =>
    Effect.gen(function* () {
      const host = yield* start("host.ts", ["served.ts"])
      yield* host.stderrWith("waiting")
      host.child.kill("SIGKILL")
      // The server shares the host's stderr, which closes when the last of the two is gone.
      assert.deepStrictEqual((yield* host.rest).stderr, ["interrupted", "released"])
    })
  )
})
