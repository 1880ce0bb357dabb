import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { PassThrough } from "node:stream"
import { TransportError } from "../../src/client/Transport.ts"
import { Outbox } from "../../src/Connection.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Duplex from "../../src/transport/Duplex.ts"
import * as Limits from "../../src/transport/Limits.ts"
import * as StdioChannel from "../../src/transport/StdioChannel.ts"

/** A connection whose other end is played by the test. */
const scripted = Effect.fnUntraced(function* (
  options?: Duplex.DuplexOptions & { readonly lineBytes?: number }
) {
  const input = new PassThrough()
  const output = new PassThrough()
  const lineBytes = options?.lineBytes ?? 100_000
  const channel = yield* StdioChannel.make({ input, output, lineBytes, queueBytes: 100_000 })
  const duplex = yield* Duplex.make(channel, options)
  const heard: Array<JsonRpc.Notification | JsonRpc.Request> = []
  const collect = {
    say: (message: JsonRpc.Notification | JsonRpc.Request) => Effect.sync(() => void heard.push(message))
  }
  return {
    input,
    output,
    duplex,
    heard,
    send: (message: JsonRpc.Message, outbox: Outbox["Service"] = collect) =>
      Effect.forkChild(Effect.provideService(duplex.send(message), Outbox, outbox), {
        startImmediately: true
      }),
    /** The server says something. */
    say: (...messages: ReadonlyArray<unknown>) =>
      Effect.sync(() => input.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(""))),
    /** What the server has received since it was last asked. */
    received: Effect.promise(() => Promise.resolve()).pipe(
      Effect.map(() =>
        String(output.read() ?? "")
          .split("\n")
          .filter((line) => line !== "")
      ),
      Effect.map((lines) => lines.map((line): Record<string, unknown> => JSON.parse(line)))
    )
  }
})

const call = (id: JsonRpc.Id, meta: JsonRpc.Params = {}) => JsonRpc.request(id, "tools/call", { _meta: meta })
const progress = (token: JsonRpc.Id, value: number) =>
  JsonRpc.notification("notifications/progress", { progressToken: token, progress: value })
const changed = (subscription: JsonRpc.Id) =>
  JsonRpc.notification("notifications/tools/list_changed", {
    _meta: { "io.modelcontextprotocol/subscriptionId": subscription }
  })

describe("Duplex", () => {
  it.effect('responses find their requests in any order, and 1 is not "1"', () =>
    Effect.gen(function* () {
      const { say, send } = yield* scripted()
      const one = yield* send(call(1))
      const text = yield* send(call("1"))
      yield* say(JsonRpc.success("1", { is: "text" }), JsonRpc.success(1, { is: "number" }))
      assert.deepStrictEqual(yield* Fiber.join(one), JsonRpc.success(1, { is: "number" }))
      assert.deepStrictEqual(yield* Fiber.join(text), JsonRpc.success("1", { is: "text" }))
    })
  )

  it.effect("BASE-15: a notification is written and answered by nothing", () =>
    Effect.gen(function* () {
      const { received, send } = yield* scripted()
      const message = JsonRpc.notification("notifications/initialized", {})
      assert.isUndefined(yield* Fiber.join(yield* send(message)))
      assert.deepStrictEqual(yield* received, [{ ...message }])
    })
  )

  it.effect("CANC-8, CANC-9, C14: unknown, repeated and late responses are ignored and counted", () =>
    Effect.gen(function* () {
      const { duplex, say, send } = yield* scripted()
      const fiber = yield* send(call(1))
      yield* say(JsonRpc.success(7, {}), JsonRpc.success(1, { first: true }), JsonRpc.success(1, {}))
      assert.deepStrictEqual(yield* Fiber.join(fiber), JsonRpc.success(1, { first: true }))
      const late = yield* send(call(2))
      yield* Fiber.interrupt(late)
      yield* say(JsonRpc.success(2, {}), JsonRpc.failure(undefined, JsonRpc.parseError))
      assert.strictEqual(duplex.counts().unmatched, 4)
    })
  )

  it.effect("BASE-8: an id that is already in flight fails, and leaves the first request alone", () =>
    Effect.gen(function* () {
      const { say, send } = yield* scripted()
      const first = yield* send(call(1))
      const second = yield* send(call(1))
      assert.instanceOf(yield* Effect.flip(Fiber.join(second)), TransportError)
      yield* say(JsonRpc.success(1, {}))
      assert.deepStrictEqual(yield* Fiber.join(first), JsonRpc.success(1, {}))
    })
  )

  it.effect("STDIO-9, CANC-3: interruption sends notifications/cancelled with the id of the request", () =>
    Effect.gen(function* () {
      const { received, send } = yield* scripted()
      yield* Fiber.interrupt(yield* send(call("a")))
      const cancelled = (yield* received).slice(1)
      assert.deepStrictEqual(cancelled, [
        { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "a" } }
      ])
    })
  )

  it.effect("CANC-1, CANC-2: what is answered, was cancelled already or is no request is not cancelled", () =>
    Effect.gen(function* () {
      const { received, say, send } = yield* scripted()
      const answered = yield* send(call(1))
      yield* say(JsonRpc.success(1, {}))
      yield* Fiber.join(answered)
      yield* Fiber.interrupt(answered)
      const cancelled = yield* send(call(2))
      yield* Fiber.interrupt(cancelled)
      yield* Fiber.interrupt(cancelled)
      yield* Fiber.interrupt(yield* send(JsonRpc.notification("notifications/x", {})))
      const cancellations = (yield* received).filter(({ method }) => method === "notifications/cancelled")
      assert.deepStrictEqual(
        cancellations.map(({ params }) => params),
        [{ requestId: 2 }]
      )
    })
  )

  it.effect("LIFE-15: initialize is never cancelled", () =>
    Effect.gen(function* () {
      const { received, send } = yield* scripted()
      yield* Fiber.interrupt(yield* send(JsonRpc.request(0, "initialize", {})))
      assert.strictEqual((yield* received).length, 1)
    })
  )

  it.effect("PROG-1: progress goes to the request with its token, before its response", () =>
    Effect.gen(function* () {
      const { heard, say, send } = yield* scripted()
      const gate = Deferred.makeUnsafe<void>()
      const slow: Array<unknown> = []
      const waiting: Outbox["Service"] = {
        say: (message) =>
          Effect.andThen(
            Deferred.await(gate),
            Effect.sync(() => void slow.push(message.params?.["progress"]))
          )
      }
      const quick = yield* send(call(1, { progressToken: "p" }))
      const late = yield* send(call(2, { progressToken: 2 }), waiting)
      yield* say(
        progress(2, 1),
        progress("p", 1),
        progress(2, 2),
        JsonRpc.success(2, {}),
        JsonRpc.success(1, {})
      )
      yield* Fiber.join(quick)
      assert.deepStrictEqual(heard, [progress("p", 1)])
      assert.isUndefined(late.pollUnsafe(), "the response waits for what was said before it")
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(late)
      assert.deepStrictEqual(slow, [1, 2])
    })
  )

  it.effect(
    "P9, PROG-6: a listener that does not keep up loses the oldest of what waits for it, counted",
    () =>
      Effect.gen(function* () {
        const { duplex, say, send } = yield* scripted()
        const gate = Deferred.makeUnsafe<void>()
        const slow: Array<unknown> = []
        const fiber = yield* send(call(1, { progressToken: 1 }), {
          say: (message) =>
            Effect.andThen(
              Deferred.await(gate),
              Effect.sync(() => void slow.push(message.params?.["progress"]))
            )
        })
        yield* say(progress(1, 1), progress(1, 2), progress(1, 3), progress(1, 4), JsonRpc.success(1, {}))
        assert.strictEqual(duplex.counts().dropped, 1)
        yield* Deferred.succeed(gate, undefined)
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(slow, [1, 3, 4])
      }).pipe(Effect.provide(Limits.layer({ inboxMessages: 2 })))
  )

  it.effect("STDIO-8, SUBS-7: notifications of concurrent subscriptions are told apart", () =>
    Effect.gen(function* () {
      const { heard, say, send } = yield* scripted()
      const other: Array<JsonRpc.Message> = []
      yield* send(JsonRpc.request("s1", "subscriptions/listen", {}))
      yield* send(JsonRpc.request("s2", "subscriptions/listen", {}), {
        say: (message) => Effect.sync(() => void other.push(message))
      })
      yield* say(changed("s2"), changed("s1"), changed("s2"))
      assert.deepStrictEqual([heard.length, other.length], [1, 2])
    })
  )

  it.effect("STDIO-8: what belongs to no request goes to the inbox, in order", () =>
    Effect.gen(function* () {
      const { duplex, say, send } = yield* scripted()
      yield* send(call(1, { progressToken: 1 }))
      const messages = [
        JsonRpc.notification("notifications/tools/list_changed", {}),
        progress(99, 1),
        changed("nobody"),
        JsonRpc.request(1, "ping", {})
      ]
      yield* say(...messages)
      assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(duplex.inbox, 4)), messages)
    })
  )

  it.effect("P9: a full inbox drops notifications, and refuses requests at once", () =>
    Effect.gen(function* () {
      const { duplex, received, say, send } = yield* scripted()
      yield* send(JsonRpc.request(1, "initialize", {}))
      yield* received
      yield* say(JsonRpc.notification("a", {}), JsonRpc.notification("b", {}), JsonRpc.request(5, "ping", {}))
      assert.strictEqual(duplex.counts().dropped, 1)
      const [refusal] = yield* received
      assert.strictEqual(refusal?.["id"], 5)
      assert.deepInclude(refusal?.["error"], { code: -32603 })
    }).pipe(Effect.provide(Limits.layer({ inboxMessages: 1 })))
  )

  it.effect("BASE-23, STDIO-6: without a handshake a request is dropped, too, and not answered", () =>
    Effect.gen(function* () {
      const { duplex, received, say } = yield* scripted()
      yield* say(JsonRpc.notification("a", {}), JsonRpc.request(5, "ping", {}))
      assert.strictEqual(duplex.counts().dropped, 1)
      assert.deepStrictEqual(yield* received, [])
    }).pipe(Effect.provide(Limits.layer({ inboxMessages: 1 })))
  )

  it.effect("BASE-16: the messages of a batch are taken one by one", () =>
    Effect.gen(function* () {
      const { say, send } = yield* scripted()
      const fibers = [yield* send(call(1)), yield* send(call(2))]
      yield* say([JsonRpc.success(2, {}), JsonRpc.success(1, {})])
      assert.strictEqual((yield* Fiber.awaitAll(fibers)).filter(Exit.isSuccess).length, 2)
    })
  )

  it.effect("P5: noise is skipped and counted, and nothing is answered to it", () =>
    Effect.gen(function* () {
      const { duplex, input, received, say, send } = yield* scripted()
      const fiber = yield* send(call(1))
      yield* received
      input.write(
        'Server listening\n{"jsonrpc":"2.0","id":1,"res\n\u001b[32mgreen\u001b[0m\n42\n"text"\nnull\n{"id":1}\n'
      )
      input.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a]))
      input.write("\uFEFF")
      yield* say(JsonRpc.success(1, {}))
      assert.deepStrictEqual(yield* Fiber.join(fiber), JsonRpc.success(1, {}))
      assert.strictEqual(duplex.counts().noise, 8)
      assert.deepStrictEqual(yield* received, [])
    })
  )

  it.effect("P6/E5: a line over the limit ends the connection with a typed error", () =>
    Effect.gen(function* () {
      const { duplex, input, send } = yield* scripted({ lineBytes: 1000 })
      const fiber = yield* send(call(1))
      input.write("x".repeat(1001))
      assert.instanceOf(yield* Effect.flip(Fiber.join(fiber)), TransportError)
      assert.instanceOf(yield* Effect.flip(Fiber.join(yield* send(call(2)))), TransportError)
      assert.instanceOf(yield* Effect.flip(Stream.runDrain(duplex.inbox)), TransportError)
    })
  )

  it.effect("S189, P10: the end of the channel fails everything pending once, with its reason", () =>
    Effect.gen(function* () {
      const reason = new TransportError({ message: "it died" })
      const { input, send } = yield* scripted({ ended: () => Effect.succeed(reason) })
      const fibers = [yield* send(call(1)), yield* send(call(2))]
      input.end()
      for (const fiber of fibers) assert.strictEqual(yield* Effect.flip(Fiber.join(fiber)), reason)
      assert.strictEqual(yield* Effect.flip(Fiber.join(yield* send(call(3)))), reason)
    })
  )

  it.effect(
    "P9: requests wait while the server does not read, and are not cancelled if given up before they left",
    () =>
      Effect.gen(function* () {
        const { output, received, send } = yield* scripted()
        yield* send(JsonRpc.request(1, "large", { text: "x".repeat(200_000) }))
        const waiting = yield* send(call(2))
        yield* Fiber.interrupt(waiting)
        const through = yield* send(call(3))
        output.read()
        yield* Effect.promise(() => Promise.resolve())
        while (output.writableLength > 0 || output.readableLength === 0) yield* Effect.yieldNow
        const seen = yield* received
        assert.deepStrictEqual(
          seen.map((message) => message["id"]),
          [3]
        )
        yield* Fiber.interrupt(through)
      })
  )

  it.effect("S180: closing the scope fails what is pending", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { send } = yield* Scope.provide(scripted(), scope)
      const fiber = yield* send(call(1))
      yield* Scope.close(scope, Exit.void)
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.isFailure(exit) && Cause.hasFails(exit.cause))
    })
  )
})
