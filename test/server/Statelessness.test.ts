/** One server, several connections: what is said on one, or was said before, means nothing to another request. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Ask from "../../src/server/Ask.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"
import { call, modern, notification, peerOf, request, serving, shaken } from "./peers.ts"

const Size = Schema.Struct({ size: Schema.String })
const shop = Server.make(
  { name: "shop", version: "1.0.0", pageSize: 1, subscribe: true },
  Tool.handle(Tool.make("order", { output: Schema.String }), () =>
    Effect.map(Ask.elicit("Which size?", Size), ({ size }) => `Shirt in ${size}`)
  ),
  Tool.handle(Tool.make("look"), () => "Shirts"),
  Resource.text("shop://opening", { name: "opening" }, "9 to 5")
)
const asking = modern({ elicitation: { form: {} } })
const order = (id: number, more: JsonRpc.Params = {}) =>
  request(id, "tools/call", { name: "order", _meta: asking, ...more })
const list = (id: number, what: string, more: JsonRpc.Params = {}) =>
  request(id, `${what}/list`, { _meta: modern(), ...more })

describe("statelessness", () => {
  it.effect("STATE-3, STATE-5: a call that asks on one connection goes on, by its state, on another", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([peerOf(shop), peerOf(shop)])
      const { result: asked } = yield* one.accept(order(1))
      const [key = ""] = Object.keys(asked.inputRequests)
      const inputResponses = { [key]: { action: "accept", content: { size: "M" } } }
      const { requestState } = asked
      const { result } = yield* two.accept(order(1, { requestState, inputResponses }))
      assert.strictEqual(result.content[0].text, "Shirt in M")
      const { result: forgotten } = yield* one.accept(order(2, { inputResponses }))
      assert.strictEqual(forgotten.resultType, "input_required", "without the state nothing is remembered")
    }).pipe(Effect.scoped)
  )

  it.effect("STATE-3, STATE-5: a list that begins on one connection goes on, by its cursor, on another", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([peerOf(shop), peerOf(shop)])
      const { result: first } = yield* one.accept(list(1, "tools"))
      const { result: second } = yield* two.accept(list(1, "tools", { cursor: first.nextCursor }))
      assert.deepStrictEqual([first.tools[0].name, second.tools[0].name], ["order", "look"])
    }).pipe(Effect.scoped)
  )

  it.effect("STATE-6: lists are the same on every connection, whatever was said on it before", () =>
    Effect.gen(function* () {
      const fresh = yield* peerOf(shop)
      const used = yield* shaken(shop, "2025-11-25", { sampling: {}, roots: {} })
      yield* used.accept(request(1, "logging/setLevel", { level: "debug" }))
      yield* used.accept(request(2, "resources/subscribe", { uri: "shop://opening" }))
      yield* used.accept(order(3))
      yield* used.accept(notification("notifications/roots/list_changed"))
      for (const what of ["tools", "resources", "resources/templates"]) {
        assert.deepStrictEqual(
          (yield* used.accept(list(4, what))).result,
          (yield* fresh.accept(list(4, what))).result
        )
      }
    }).pipe(Effect.scoped)
  )

  it.effect("STATE-1, STATE-7: a handler knows of its client what the request says, and no more", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const server = serving(({ meta }) => Effect.sync(() => (seen.push({ ...meta, all: undefined }), {})))
      const { accept } = yield* shaken(server, "2025-11-25", { sampling: {} })
      yield* accept(request(1, "logging/setLevel", { level: "debug" }))
      const clientInfo = { name: "other", version: "2" }
      yield* accept(
        call(2, {
          _meta: modern(
            { roots: {} },
            {
              "io.modelcontextprotocol/clientInfo": clientInfo,
              "io.modelcontextprotocol/logLevel": "info"
            }
          )
        })
      )
      yield* accept(call(3))
      assert.deepStrictEqual(seen, [
        {
          protocolVersion: "2026-07-28",
          clientCapabilities: { roots: {} },
          clientInfo,
          logLevel: "info",
          all: undefined
        },
        { protocolVersion: "2026-07-28", clientCapabilities: {}, all: undefined }
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("META-13: whatever clients call themselves, they are served alike", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(shop)
      const answers = yield* Effect.forEach(["a", "Claude", "mcp-inspector", ""], (name) =>
        Effect.forEach(["tools/list", "server/discover", "no/such"], (method) =>
          accept(
            request(1, method, {
              _meta: modern({}, { "io.modelcontextprotocol/clientInfo": { name, version: "1" } })
            })
          )
        )
      )
      for (const answer of answers) assert.deepStrictEqual(answer, answers[0])
    }).pipe(Effect.scoped)
  )
})
