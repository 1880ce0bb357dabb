import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const done = { resultType: "complete", content: [] }
const progress = (token: unknown, value: number) =>
  JsonRpc.notification("notifications/progress", { progressToken: token, progress: value })
const tokenOf = (params: JsonRpc.Params) => (params["_meta"] as JsonRpc.Params)["progressToken"]

describe("Requests", () => {
  it.effect("LIFE-17: whatever the server says about a request extends its silence", () =>
    Effect.gen(function* () {
      const speak = yield* Deferred.make<void>()
      const spoken = yield* Deferred.make<void>()
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": ({ say }) =>
          Deferred.await(speak).pipe(
            Effect.andThen(
              say(JsonRpc.notification("notifications/message", { level: "info", data: "busy" }))
            ),
            Effect.andThen(Deferred.succeed(spoken, undefined)),
            Effect.andThen(Effect.never)
          )
      })
      const client = yield* connect(peer)
      const call = yield* Effect.forkChild(Effect.flip(client.callTool("x")))
      yield* TestClock.adjust("50 seconds")
      yield* Deferred.succeed(speak, undefined)
      yield* Deferred.await(spoken)
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(call.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(call))._tag, "RequestTimeout")
    })
  )

  it.effect("PROG-1: a token is sent only where progress is wanted, and each request has its own", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.discover(), "tools/call": Peer.always(done) })
      const client = yield* connect(peer)
      const onProgress = () => Effect.void
      yield* client.callTool("x")
      yield* client.callTool("x", {}, { onProgress })
      yield* client.callTool("x", {}, { onProgress })
      const [none, one, two] = peer.requests("tools/call").map(({ params }) => tokenOf(params ?? {}))
      assert.isUndefined(none)
      assert.isNumber(one)
      assert.notStrictEqual(one, two)
    })
  )

  it.effect("progress is heard before the result, however long its handler takes", () =>
    Effect.gen(function* () {
      const heard: Array<number> = []
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": ({ params, say }) =>
          say(progress(tokenOf(params), 1)).pipe(
            Effect.andThen(say(progress(tokenOf(params), 2))),
            Effect.as(done)
          )
      })
      const client = yield* connect(peer)
      yield* client.callTool(
        "x",
        {},
        {
          onProgress: (report) =>
            Effect.andThen(
              Effect.yieldNow,
              Effect.sync(() => heard.push(report.progress))
            )
        }
      )
      assert.deepStrictEqual(heard, [1, 2])
    })
  )

  it.effect("a progress handler may call the client", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": ({ params, say }) => Effect.as(say(progress(tokenOf(params), 1)), done)
      })
      const client = yield* connect(peer)
      yield* client.callTool("x", {}, { onProgress: () => Effect.orDie(client.ping) })
      assert.deepStrictEqual(peer.words(), ["1 server/discover", "1 tools/call", "1 server/discover"])
    })
  )

  it.effect("H5, PROG-6: progress with a token of nobody is dropped and counted", () =>
    Effect.gen(function* () {
      const heard: Array<number> = []
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": ({ say }) => Effect.as(say(progress(4711, 1)), done)
      })
      const client = yield* connect(peer)
      yield* client.callTool(
        "x",
        {},
        { onProgress: (report) => Effect.sync(() => heard.push(report.progress)) }
      )
      assert.deepStrictEqual(heard, [])
      assert.strictEqual(client.ignored(), 1)
    })
  )

  it.effect("an interrupted request is abandoned at the transport", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": () => Effect.andThen(Deferred.succeed(asked, undefined), Effect.never)
      })
      const client = yield* connect(peer)
      const call = yield* Effect.forkChild(client.callTool("x"))
      yield* Deferred.await(asked)
      yield* Fiber.interrupt(call)
      assert.strictEqual(peer.words().at(-1), "1 interrupted tools/call")
    })
  )

  it.effect("what the server said before it answered is heard before the answer", () =>
    Effect.gen(function* () {
      const heard: Array<unknown> = []
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": ({ announce }) =>
          Effect.as(announce(JsonRpc.notification("notifications/message", { level: "info", data: 1 })), done)
      })
      const client = yield* connect(peer, { onLog: ({ data }) => Effect.sync(() => heard.push(data)) })
      yield* client.callTool("x")
      assert.deepStrictEqual(heard, [1])
    })
  )
})
