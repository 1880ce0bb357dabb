import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import { Transport } from "../../src/client/Transport.ts"
import { Outbox } from "../../src/Connection.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Dynamic from "../../src/server/Dynamic.ts"
import * as Events from "../../src/server/Events.ts"
import * as Method from "../../src/server/Method.ts"
import * as Server from "../../src/server/Server.ts"
import * as Loopback from "../../src/transport/Loopback.ts"
import { modern, serving } from "../server/peers.ts"

const open = Effect.flatMap(Transport, (transport) => transport.open)
const call = (id: JsonRpc.Id, params: JsonRpc.Params = {}) =>
  JsonRpc.request(id, "tools/call", { _meta: modern(), ...params })
const silent = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, Outbox, { say: () => Effect.void })

describe("Loopback", () => {
  it.effect("S194: what goes through is JSON, both ways: a copy, without what JSON cannot say", () =>
    Effect.gen(function* () {
      const kept = { when: new Date(0), nothing: undefined, list: [1] }
      const seen: Array<JsonRpc.Params> = []
      const server = serving(({ params }) => Effect.sync(() => (seen.push(params), kept)))
      const { send } = yield* Effect.provide(open, Loopback.layer(server))
      const response = yield* silent(send(call(1, { arguments: { at: new Date(0), nothing: undefined } })))
      assert.deepStrictEqual(seen[0]?.["arguments"], { at: "1970-01-01T00:00:00.000Z" })
      const result =
        response !== undefined && "result" in response ? response.result : assert.fail("no result")
      assert.strictEqual(result["when"], "1970-01-01T00:00:00.000Z")
      assert.strictEqual("nothing" in result, false)
      assert.notStrictEqual(result["list"], kept.list)
    }).pipe(Effect.scoped)
  )

  it.effect("what a handler says goes to the outbox of its request, as JSON", () =>
    Effect.gen(function* () {
      const server = serving(() =>
        Effect.as(
          Effect.flatMap(Outbox, ({ say }) =>
            say(JsonRpc.notification("notifications/message", { data: new Date(0) }))
          ),
          {}
        )
      )
      const { send } = yield* Effect.provide(open, Loopback.layer(server))
      const said: Array<unknown> = []
      yield* Effect.provideService(send(call(1)), Outbox, {
        say: (one) => Effect.sync(() => void said.push(one))
      })
      assert.deepStrictEqual(said, [
        JsonRpc.notification("notifications/message", { data: "1970-01-01T00:00:00.000Z" })
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("interrupting a call interrupts its handler", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      const events: Array<string> = []
      const server = serving(() =>
        Effect.onInterrupt(Effect.andThen(Deferred.succeed(started, undefined), Effect.never), () =>
          Effect.sync(() => events.push("finalized"))
        )
      )
      const { send } = yield* Effect.provide(open, Loopback.layer(server))
      const fiber = yield* Effect.forkChild(silent(send(call(1))))
      yield* Deferred.await(started)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(events, ["finalized"])
    }).pipe(Effect.scoped)
  )

  it.effect("opening again is another session", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.provide(
        Effect.all([open, open]),
        Loopback.layer(serving(() => Effect.succeed({})))
      )
      const initialize = JsonRpc.request(1, "initialize", { protocolVersion: "2025-11-25", capabilities: {} })
      const isFailure = (response: JsonRpc.Response | undefined) =>
        response !== undefined && JsonRpc.isFailure(response)
      assert.strictEqual(isFailure(yield* silent(one.send(initialize))), false)
      assert.strictEqual(isFailure(yield* silent(two.send(initialize))), false)
      assert.strictEqual(isFailure(yield* silent(one.send(initialize))), true)
    }).pipe(Effect.scoped)
  )

  it.effect("what is said unprompted comes through the inbox", () =>
    Effect.gen(function* () {
      const server = Server.make({ name: "test", version: "1" }, Dynamic.make({ kinds: ["tools"] }).part)
      const { inbox, send } = yield* Effect.provide(open, Loopback.layer(server))
      yield* silent(
        send(JsonRpc.request(1, "initialize", { protocolVersion: "2025-11-25", capabilities: {} }))
      )
      yield* silent(send(JsonRpc.notification("notifications/initialized", {})))
      yield* server.events.publish(Events.ToolsChanged)
      assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(inbox, 1)), [
        JsonRpc.notification("notifications/tools/list_changed", {})
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("what the handlers need, the layer needs", () =>
    Effect.gen(function* () {
      class Name extends Context.Service<Name, string>()("test/Name") {}
      const server = Server.make(
        { name: "test", version: "1" },
        Method.make("tools/call", () => Effect.map(Name, (name) => ({ name })))
      )
      const layer: Layer.Layer<Transport, never, Name> = Loopback.layer(server)
      const { send } = yield* Effect.provide(open, Layer.provide(layer, Layer.succeed(Name, "Ada")))
      const response = yield* silent(send(call(1)))
      assert.strictEqual(response !== undefined && "result" in response && response.result["name"], "Ada")
    }).pipe(Effect.scoped)
  )

  it.effect("S041: a result that JSON cannot say fails its request, as over any wire", () =>
    Effect.gen(function* () {
      const cyclic: Record<string, unknown> = {}
      cyclic["self"] = cyclic
      const { send } = yield* Effect.provide(open, Loopback.layer(serving(() => Effect.succeed(cyclic))))
      const answer = yield* silent(send(call(1)))
      assert(answer !== undefined && JsonRpc.isFailure(answer))
      assert.strictEqual(answer.error.code, -32603)
    }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
  )
})
