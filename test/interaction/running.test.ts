/** What happens while a request runs: progress, logs, cancellation, time-outs. */
import { assert } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Client from "mcp-effect/Client"
import { battery, Heard } from "./battery.ts"

battery("a running request", (it, { stateless, version }) => {
  it.effect(
    "PROG-2, PROG-3: progress arrives in order, only ever grows, and is there before the result",
    () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const seen: Array<Client.Progress> = []
        yield* client.callTool(
          "count",
          { to: 3 },
          { onProgress: (progress) => Effect.sync(() => seen.push(progress)) }
        )
        assert.deepStrictEqual(
          seen.map(({ progress }) => progress),
          [0, 1, 2, 3]
        )
        assert.strictEqual(seen[1]?.total, 3)
        assert.strictEqual(seen[1]?.message, version === "2024-11-05" ? undefined : "at 1")
      })
  )

  it.effect("PROG-1: concurrent requests keep their progress apart", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const counted = yield* Effect.forEach(
        [2, 3, 4],
        (to) => {
          const seen: Array<number> = []
          return Effect.as(
            client.callTool(
              "count",
              { to },
              { onProgress: ({ progress }) => Effect.sync(() => seen.push(progress)) }
            ),
            seen
          )
        },
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(counted, [
        [0, 1, 2],
        [0, 1, 2, 3],
        [0, 1, 2, 3, 4]
      ])
    })
  )

  it.effect("CANC-7: interrupting a call stops its handler and runs its finalizers", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const before = yield* stopped(client)
      const started = yield* Deferred.make<void>()
      const call = yield* Effect.forkChild(
        client.callTool("forever", {}, { onProgress: () => Deferred.succeed(started, undefined) })
      )
      yield* Deferred.await(started)
      yield* Fiber.interrupt(call)
      // The news may travel on another connection than the next question.
      const soon = yield* Effect.repeat(stopped(client), { until: (count) => count > before, times: 100 })
      assert.strictEqual(soon, before + 1)
    })
  )

  it.effect("LIFE-17: a tool's time-out is a result the model can read", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const result = yield* client.callTool("slow")
      assert.strictEqual(result.isError, true)
    })
  )

  it.effect("LIFE-18: a client's time-out ends the request at both ends", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const before = yield* stopped(client)
      const error = yield* Effect.flip(client.callTool("forever", {}, { timeout: { idle: "100 millis" } }))
      assert.strictEqual(error._tag, "RequestTimeout")
      // The client does not wait for the server to stop: it will have, soon.
      const soon = yield* Effect.repeat(stopped(client), { until: (count) => count > before, times: 100 })
      assert.strictEqual(soon, before + 1)
    })
  )

  it.effect("LOG-2, LOG-3, S212: messages come at the level asked for, and not before", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const heard = yield* Heard
      heard.logs.length = 0
      if (stateless) {
        yield* client.callTool("log")
        yield* settle(client)
        assert.deepStrictEqual(heard.logs, [])
      }
      yield* client.setLogLevel("info")
      yield* client.callTool("log")
      yield* settle(client)
      assert.deepStrictEqual(
        heard.logs.map(({ data, level }) => [level, data]),
        [
          ["info", "a fact"],
          ["notice", { structured: true }],
          ["error", "an error"]
        ]
      )
      heard.logs.length = 0
      yield* client.setLogLevel("debug")
      yield* client.callTool("log")
      yield* settle(client)
      assert.deepStrictEqual(
        heard.logs.map(({ level }) => level),
        ["debug", "info", "notice", "error"]
      )
    })
  )
})

const stopped = (client: Client.Service) =>
  Effect.map(client.callTool("stopped"), ({ content }) =>
    Number(content[0] && "text" in content[0] && content[0].text)
  )

/** Messages that are no answers are handled in their order, before the answer of a later request. */
const settle = (client: Client.Service) => client.ping
