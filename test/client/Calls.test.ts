import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Contract from "../../src/Contract.ts"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const Sum = Contract.make("sum", { input: { a: Schema.Finite }, output: Schema.Finite })
const Forecast = Contract.make("forecast", { output: Schema.Struct({ on: Schema.Date }) })
const Free = Contract.make("free")
const Silent = Contract.make("silent", { output: Schema.Void })

const text = (said: string) => ({ content: [{ type: "text", text: said }] })
const answering = (result: JsonRpc.Params, tools: ReadonlyArray<JsonRpc.Params> = []) =>
  connect(
    Peer.make({
      ...Peer.discover(),
      "tools/call": Peer.always({ resultType: "complete", ...result }),
      "tools/list": Peer.always({ resultType: "complete", tools, ttlMs: 0, cacheScope: "private" })
    })
  )

describe("Calls by contract", () => {
  it.effect("the structured answer is decoded", () =>
    Effect.gen(function* () {
      const client = yield* answering({ content: [], structuredContent: { on: "2026-07-28T00:00:00.000Z" } })
      assert.deepStrictEqual(yield* client.call(Forecast, {}), { on: new Date("2026-07-28") })
    })
  )

  it.effect("where a revision has no place for it, the answer is read from the text", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* (yield* answering(text("42"))).call(Sum, { a: 1 }), 42)
    })
  )

  it.effect("TOOL-17: an answer that does not fit the contract is an InvalidResponse", () =>
    Effect.gen(function* () {
      const client = yield* answering({ content: [], structuredContent: "many" })
      const error = yield* Effect.flip(client.call(Sum, { a: 1 }))
      assert.strictEqual(error._tag, "InvalidResponse")
      assert.match(error.message, /The answer of the tool sum does not fit its contract/)
    })
  )

  it.effect("a failure that was not declared is a ToolError with the words for a model", () =>
    Effect.gen(function* () {
      const client = yield* answering({ ...text("It rains"), isError: true })
      const error = yield* Effect.flip(client.call(Sum, { a: 1 }))
      assert.strictEqual(error._tag, "ToolError")
      assert.strictEqual(error.message, "It rains")
    })
  )

  it.effect("a tool without declared output answers with content, a silent one with nothing", () =>
    Effect.gen(function* () {
      const client = yield* answering(text("hi"))
      assert.deepStrictEqual(yield* client.call(Free, {}), [{ type: "text", text: "hi" }])
      assert.isUndefined(yield* client.call(Silent, {}))
    })
  )
})

describe("Calls by name", () => {
  const tool = (outputSchema: JsonRpc.Params) => [
    { name: "t", inputSchema: { type: "object" }, outputSchema }
  ]
  const needsId = { type: "object", properties: { id: { type: "integer" } }, required: ["id"] }

  it.effect("TOOL-17: the answer of a listed tool is checked against its schema", () =>
    Effect.gen(function* () {
      const client = yield* answering({ content: [], structuredContent: { id: "7" } }, tool(needsId))
      yield* client.callTool("t")
      yield* client.tools
      const error = yield* Effect.flip(client.callTool("t"))
      assert.strictEqual(error._tag, "InvalidResponse")
      assert.deepStrictEqual(error._tag === "InvalidResponse" && error.path, ["structuredContent", "id"])
    })
  )

  it.effect("TOOL-16: a promised structure that is missing is noticed, but not for a failed call", () =>
    Effect.gen(function* () {
      const missing = yield* answering({ content: [] }, tool(needsId))
      yield* missing.tools
      assert.strictEqual((yield* Effect.flip(missing.callTool("t")))._tag, "InvalidResponse")
      const failed = yield* answering({ content: [], isError: true }, tool(needsId))
      yield* failed.tools
      assert.isTrue((yield* failed.callTool("t")).isError)
    })
  )

  it.effect("JSCH-6, TOOL-24: a schema that points to the network checks nothing and fetches nothing", () =>
    Effect.gen(function* () {
      const remote = { $ref: "https://example.com/schema.json" }
      const client = yield* answering({ content: [], structuredContent: 1 }, tool(remote))
      yield* client.tools
      assert.strictEqual((yield* client.callTool("t")).structuredContent, 1)
    })
  )

  it.effect("C9: a result that is not what the protocol says is told with its path", () =>
    Effect.gen(function* () {
      const client = yield* answering({ content: [{ type: "text" }] })
      const error = yield* Effect.flip(client.callTool("t"))
      assert.deepStrictEqual(error._tag === "InvalidResponse" && error.path.slice(0, 2), ["content", 0])
    })
  )

  it.effect("C9: what a server adds is kept", () =>
    Effect.gen(function* () {
      const client = yield* answering({ ...text("hi"), "com.example/extra": true })
      assert.isTrue((yield* client.callTool("t"))["com.example/extra"])
    })
  )
})
