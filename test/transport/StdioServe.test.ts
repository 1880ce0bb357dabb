import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { PassThrough } from "node:stream"
import * as Limits from "../../src/transport/Limits.ts"
import * as StdioServe from "../../src/transport/StdioServe.ts"
import { type Methods, peer, say } from "../fixtures/stdio/peer.ts"

const request = (id: number, method: string, params = {}) =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`

/** Serves these methods over two streams in this process, and gives back what was answered to an input. */
const answers = (methods: Methods, input: string | Uint8Array) =>
  Effect.gen(function* () {
    const streams = { input: new PassThrough(), output: new PassThrough() }
    streams.input.end(input)
    yield* StdioServe.serve(Effect.succeed(peer(methods)), streams)
    return String(streams.output.read() ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line): Record<string, unknown> => JSON.parse(line))
  })

describe("StdioServe", () => {
  it.effect("STDIO-1: each message is one line, whatever its text contains", () =>
    Effect.gen(function* () {
      const text = "one\ntwo\r\nthree\u2028four\0"
      const [answer] = yield* answers(
        { echo: (params) => Effect.succeed(params) },
        request(1, "echo", { text })
      )
      assert.deepStrictEqual(answer, { jsonrpc: "2.0", id: 1, result: { text } })
    })
  )

  it.effect("S148, STDIO-1: a bad line is answered with -32700 and the connection lives", () =>
    Effect.gen(function* () {
      const said = yield* answers(
        { echo: Effect.succeed },
        `nonsense\n{"jsonrpc":\n\u0000\n${request(1, "echo")}`
      )
      assert.deepStrictEqual(
        said.map((answer) => answer["error"] ?? answer["id"]),
        [
          ...Array.from({ length: 3 }, () => ({
            code: -32700,
            message: said[0]?.["error"]?.["message" as never]
          })),
          1
        ]
      )
    })
  )

  it.effect("P7: a line that is not UTF-8 is answered with -32700 and the connection lives", () =>
    Effect.gen(function* () {
      const input = Buffer.concat([Buffer.from('"\xFF"\n', "latin1"), Buffer.from(request(1, "echo"))])
      const said = yield* answers({ echo: Effect.succeed }, input)
      assert.deepStrictEqual(said[0]?.["error"], {
        code: -32700,
        message: "Parse error: the line is not UTF-8"
      })
      assert.strictEqual(said[1]?.["id"], 1)
    })
  )

  it.effect("P6: a line over the limit is answered with -32700 once, and the next line is served", () =>
    Effect.gen(function* () {
      const said = yield* answers({ echo: Effect.succeed }, `${"x".repeat(5000)}\n${request(1, "echo")}`)
      assert.strictEqual(said.length, 2)
      assert.deepInclude(said[0]?.["error"], { code: -32700 })
      assert.strictEqual(said[1]?.["id"], 1)
    }).pipe(Effect.provide(Limits.layer({ lineBytes: 1000 })))
  )

  it.effect("P8: the last line needs no newline", () =>
    Effect.gen(function* () {
      const said = yield* answers({ echo: Effect.succeed }, request(1, "echo").trimEnd())
      assert.strictEqual(said[0]?.["id"], 1)
    })
  )

  it.effect(
    "S174: requests are in flight together, and each response comes after its own notifications",
    () =>
      Effect.gen(function* () {
        const gate = Deferred.makeUnsafe<void>()
        const streams = { input: new PassThrough(), output: new PassThrough() }
        const finished = Deferred.makeUnsafe<void>()
        streams.input.write(request(1, "slow") + request(2, "open"))
        const serving = yield* Effect.forkChild(
          StdioServe.serve(
            Effect.succeed(
              peer({
                slow: () =>
                  say("notifications/slow", { at: 1 }).pipe(
                    Effect.andThen(Deferred.await(gate)),
                    Effect.andThen(say("notifications/slow", { at: 2 })),
                    Effect.as({}),
                    Effect.tap(Deferred.succeed(finished, undefined))
                  ),
                open: () => Effect.as(Deferred.succeed(gate, undefined), {})
              })
            ),
            streams
          )
        )
        yield* Deferred.await(finished)
        yield* Effect.yieldNow
        streams.input.end()
        yield* Fiber.join(serving)
        const said = String(streams.output.read())
        const order = said
          .trim()
          .split("\n")
          .map((line): { id?: number; params?: { at: number } } => JSON.parse(line))
          .map((message) => message.id ?? `said ${message.params?.at}`)
        assert.deepStrictEqual(
          order,
          ["said 1", "said 2", 1, 2],
          "the first was answered with the help of the second"
        )
      })
  )

  it.effect("PERF: answers of one chunk of input leave in one write", () =>
    Effect.gen(function* () {
      const streams = { input: new PassThrough(), output: new PassThrough() }
      const writes: Array<string> = []
      streams.output.on("data", (chunk) => writes.push(String(chunk)))
      streams.input.end(request(1, "echo") + request(2, "echo") + request(3, "echo"))
      yield* StdioServe.serve(Effect.succeed(peer({ echo: Effect.succeed })), streams)
      assert.strictEqual(writes.length, 1)
      assert.strictEqual(writes[0]?.trim().split("\n").length, 3)
    })
  )

  it.effect("STDIO-14: the end of input interrupts what is in flight, and waits for its finalizers", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const waiting = Deferred.makeUnsafe<void>()
      const streams = { input: new PassThrough(), output: new PassThrough() }
      streams.input.write(request(1, "wait"))
      const wait = () =>
        Effect.andThen(Deferred.succeed(waiting, undefined), Effect.never).pipe(
          Effect.onInterrupt(() =>
            Effect.andThen(
              Effect.yieldNow,
              Effect.sync(() => events.push("call"))
            )
          )
        )
      const connect = Effect.as(
        Effect.addFinalizer(() => Effect.sync(() => events.push("connection"))),
        peer({ wait })
      )
      const serving = yield* Effect.forkChild(StdioServe.serve(connect, streams))
      yield* Deferred.await(waiting)
      streams.input.end()
      yield* Fiber.join(serving)
      assert.deepStrictEqual(events, ["call", "connection"])
      assert.isNull(streams.output.read(), "nothing is said about an interrupted call")
    })
  )

  it.effect("P9: a peer that does not read is not listened to, and hears everything once it reads", () =>
    Effect.gen(function* () {
      const count = 500
      let called = 0
      const streams = { input: new PassThrough(), output: new PassThrough() }
      const large = () => Effect.sync(() => ((called += 1), { text: "x".repeat(10_000) }))
      const serving = yield* Effect.forkChild(StdioServe.serve(Effect.succeed(peer({ large })), streams), {
        startImmediately: true
      })
      const done = Deferred.makeUnsafe<number>()
      for (let id = 1; id <= count; id++) streams.input.write(request(id, "large"))
      while (!streams.input.isPaused()) yield* Effect.yieldNow
      assert.isBelow(called, 150, "one mebibyte of answers waits, not five")
      assert.isBelow(streams.output.writableLength, 1_200_000)
      let lines = 0
      streams.output.on("data", (chunk: Uint8Array) => {
        for (const byte of chunk) lines += byte === 10 ? 1 : 0
        if (lines === count) Deferred.doneUnsafe(done, Effect.succeed(lines))
      })
      assert.strictEqual(yield* Deferred.await(done), count)
      streams.input.end()
      yield* Fiber.join(serving)
    })
  )

  it.effect("P9: a handler that says much waits for a peer that reads slowly", () =>
    Effect.gen(function* () {
      let said = 0
      const streams = { input: new PassThrough(), output: new PassThrough() }
      const chatter = Effect.suspend(() => {
        said += 1
        return say("notifications/chatter", { text: "x".repeat(10_000) })
      })
      const serving = yield* Effect.forkChild(
        StdioServe.serve(Effect.succeed(peer({ chatter: () => Effect.forever(chatter) })), streams),
        { startImmediately: true }
      )
      streams.input.write(request(1, "chatter"))
      while (streams.output.writableLength < 1_000_000) yield* Effect.yieldNow
      for (let turn = 0; turn < 100; turn++) yield* Effect.yieldNow
      assert.isBelow(said, 150, "the handler did not go on")
      streams.output.destroy()
      yield* Fiber.join(serving)
    })
  )

  it.effect("P10: a peer that goes away after any answer ends the connection once and quietly", () =>
    Effect.forEach(
      Array.from({ length: 10 }, (_, index) => index),
      (before) =>
        Effect.gen(function* () {
          const streams = { input: new PassThrough(), output: new PassThrough() }
          const write = streams.output.write.bind(streams.output)
          let writes = 0
          streams.output.write = ((...args: Parameters<typeof write>) => {
            if (writes++ === before)
              streams.output.destroy(Object.assign(new Error("gone"), { code: "EPIPE" }))
            return write(...args)
          }) as typeof write
          const serving = yield* Effect.forkChild(
            StdioServe.serve(Effect.succeed(peer({ echo: Effect.succeed })), streams),
            { startImmediately: true }
          )
          for (let id = 0; id <= before; id++) {
            streams.input.write(request(id, "echo"))
            yield* Effect.promise(() => Promise.resolve())
          }
          yield* Fiber.join(serving)
          assert.isFalse(streams.input.listenerCount("data") > 0, "nobody listens any more")
        }),
      { discard: true }
    )
  )
})
