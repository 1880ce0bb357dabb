import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { Outbox } from "../../src/Connection.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Stateless from "../../src/server/Stateless.ts"
import { echo, modern, serving } from "./peers.ts"

const send = (server: ReturnType<typeof serving>, message: JsonRpc.Message) =>
  Effect.provideService(Stateless.connect(server).send(message), Outbox, { say: () => Effect.void })
const request = (id: JsonRpc.Id, method: string, params: JsonRpc.Params = { _meta: modern() }) =>
  JsonRpc.request(id, method, params)
const codeOf = (response: JsonRpc.Response | undefined) =>
  response !== undefined && JsonRpc.isFailure(response) ? response.error.code : undefined

describe("Stateless", () => {
  it.effect("VER-3: discover is answered without anything before it", () =>
    Effect.gen(function* () {
      const response = yield* send(echo, request(1, "server/discover"))
      assert.strictEqual(codeOf(response), undefined)
    })
  )

  for (const method of ["ping", "logging/setLevel", "resources/subscribe"]) {
    it.effect(`STATE-1: ${method} is not of this era`, () =>
      Effect.gen(function* () {
        assert.strictEqual(codeOf(yield* send(echo, request(1, method))), -32601)
      })
    )
  }

  it.effect("VER-1: only what is spoken without a handshake is said to be supported", () =>
    Effect.gen(function* () {
      const discovered = yield* send(echo, request(1, "server/discover"))
      assert.deepStrictEqual((discovered as JsonRpc.Success).result["supportedVersions"], ["2026-07-28"])
      const _meta = { ...modern(), "io.modelcontextprotocol/protocolVersion": "2025-11-25" }
      const refused = yield* send(echo, request(1, "tools/call", { _meta }))
      assert.deepStrictEqual((refused as JsonRpc.Failure).error, {
        code: -32022,
        message: "Unsupported protocol version",
        data: { supported: ["2026-07-28"], requested: "2025-11-25" }
      })
    })
  )

  for (const [title, params, code] of [
    ["without _meta", { protocolVersion: "2025-11-25" }, -32602],
    ["with it", { _meta: modern() }, -32601]
  ] as const) {
    it.effect(`VER-13: initialize ${title} is told which versions are spoken here`, () =>
      Effect.gen(function* () {
        const response = yield* send(echo, request(1, "initialize", params))
        assert.strictEqual(codeOf(response), code)
        const { error } = response as JsonRpc.Failure
        assert.deepStrictEqual(error.data, { supported: ["2026-07-28"] })
        assert.match(error.message, /2026-07-28/)
      })
    )
  }

  it.effect("BASE-22: a handler cannot make a request of its own", () =>
    Effect.gen(function* () {
      const said: Array<JsonRpc.Message> = []
      const asking = serving(() =>
        Effect.flatMap(Outbox, ({ say }) =>
          Effect.as(
            Effect.andThen(
              say(JsonRpc.request("q", "roots/list", {})),
              say(JsonRpc.notification("notifications/message", {}))
            ),
            {}
          )
        )
      )
      yield* Effect.provideService(Stateless.connect(asking).send(request(1, "tools/call")), Outbox, {
        say: (message) => Effect.sync(() => said.push(message))
      })
      assert.deepStrictEqual(said, [JsonRpc.notification("notifications/message", {})])
    })
  )

  it.effect("STATE-2: one connection serves peers that use the same id at once", () =>
    Effect.gen(function* () {
      const gate = yield* Latch.make()
      const server = serving(({ params }) => Effect.as(gate.await, { name: params["name"] }))
      const both = yield* Effect.forkChild(
        Effect.all(
          ["a", "b"].map((name) => send(server, request(1, "tools/call", { name, _meta: modern() }))),
          { concurrency: "unbounded" }
        ),
        { startImmediately: true }
      )
      yield* gate.open
      const responses = yield* Effect.flatMap(
        Effect.yieldNow,
        () => both.pollUnsafe() ?? Effect.die("not done")
      )
      assert.deepStrictEqual(
        responses.map(
          (response) => response !== undefined && "result" in response && response.result["name"]
        ),
        ["a", "b"]
      )
    })
  )

  it.effect("BASE-15, BASE-23: notifications and responses are not answered", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* send(echo, JsonRpc.notification("notifications/x", {})), undefined)
      assert.strictEqual(yield* send(echo, JsonRpc.success(1, {})), undefined)
    })
  )
})
