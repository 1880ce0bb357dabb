import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { PassThrough } from "node:stream"
import * as Server from "../../src/server/Server.ts"
import * as StdioServer from "../../src/transport/StdioServer.ts"
import { start } from "../fixtures/stdio/program.ts"

const meta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {}
}

const call = (name: string) => ({ name, arguments: {}, _meta: meta })

/** The structured content of those lines that are answers, and the lines that are not even JSON. */
const read = (lines: ReadonlyArray<string>) => ({
  counts: lines
    .filter((line) => line.startsWith("{"))
    .map((line): { result: { structuredContent: unknown } } => JSON.parse(line))
    .map(({ result }) => result.structuredContent),
  stray: lines.filter((line) => !line.startsWith("{"))
})

describe("StdioServer", () => {
  for (const way of ["launch", "layer", "run"] as const) {
    it.live(
      `S027, S161, S163: by ${way}, a layer is opened and closed once per process, and exit code is 0`,
      () =>
        Effect.gen(function* () {
          const program = yield* start("lifespan.ts", [way])
          yield* program.request(1, "tools/call", call("count"))
          yield* program.request(2, "tools/call", call("count"))
          yield* program.request(3, "tools/call", call("wait"))
          yield* program.stderrWith("waiting")
          yield* program.endInput
          assert.deepStrictEqual(yield* program.exit, { code: 0, signal: null })
          const { stderr, stdout } = yield* program.rest
          const { counts, stray } = read(stdout)
          assert.deepStrictEqual(counts, [1, 2])
          assert.deepStrictEqual(stray, way === "launch" ? [] : ["counter opened"])
          const events = stderr.map((line) => line.replace(/.*(?=counter closed)/, ""))
          assert.deepStrictEqual(
            events.filter((line) => line === "call interrupted" || line === "counter closed"),
            ["call interrupted", "counter closed"]
          )
        })
    )
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it.live(`S027, S163: ${signal} closes the layer, too`, () =>
      Effect.gen(function* () {
        const program = yield* start("lifespan.ts", ["launch"])
        yield* program.request(1, "tools/call", call("wait"))
        yield* program.stderrWith("waiting")
        program.child.kill(signal)
        yield* program.exit
        const { stderr } = yield* program.rest
        assert.isTrue(stderr.some((line) => line.includes("call interrupted")))
        assert.isTrue(stderr.some((line) => line.includes("counter closed")))
      })
    )
  }

  for (const tool of ["crash", "reject"]) {
    it.live(`S163: what nobody catches (${tool}) ends the process, but closes the layer first`, () =>
      Effect.gen(function* () {
        const program = yield* start("lifespan.ts", ["launch"])
        yield* program.request(1, "tools/call", call("wait"))
        yield* program.stderrWith("waiting")
        yield* program.request(2, "tools/call", call(tool))
        assert.deepStrictEqual(yield* program.exit, { code: 1, signal: null })
        const { stderr } = yield* program.rest
        assert.isTrue(stderr.some((line) => line.includes("nobody caught this")))
        assert.isTrue(stderr.some((line) => line.includes("call interrupted")))
        assert.isTrue(stderr.some((line) => line.includes("counter closed")))
      })
    )
  }

  it.live("P4: launch ends a process that left something open", () =>
    Effect.gen(function* () {
      const program = yield* start("lifespan.ts", ["launch", "leak"])
      yield* program.request(1, "tools/call", call("count"))
      yield* program.next
      yield* program.endInput
      assert.deepStrictEqual(yield* program.exit, { code: 0, signal: null })
    })
  )

  it.effect("the layer ends the program that launched it with EndOfInput", () =>
    Effect.gen(function* () {
      const streams = { input: new PassThrough(), output: new PassThrough() }
      streams.input.end()
      const server = Server.make({ name: "empty", version: "1.0.0" })
      const exit = yield* Effect.exit(Layer.launch(StdioServer.layer(server, streams)))
      assert.isTrue(Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof StdioServer.EndOfInput)
    })
  )
})
