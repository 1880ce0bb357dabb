import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Contract from "../../src/Contract.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Tool from "../../src/server/Tool.ts"
import { call, textOf } from "./ToolCall.ts"

class OutOfStock extends Schema.TaggedError<OutOfStock>()("OutOfStock", {
  sku: Schema.String,
  left: Schema.Int
}) {
  override get message() {
    return `only ${this.left} left of ${this.sku}`
  }
}

describe("failures", () => {
  const Buy = Tool.make("buy", {
    input: { how: Schema.String },
    failure: OutOfStock,
    output: Schema.Struct({ id: Schema.Int })
  })
  const expected = {
    resultType: "complete",
    content: [{ type: "text", text: 'OutOfStock: only 3 left of x\n{"sku":"x","left":3}' }],
    isError: true,
    _meta: { [Contract.failureKey]: { _tag: "OutOfStock", sku: "x", left: 3 } }
  }
  const failure = () => new OutOfStock({ sku: "x", left: 3 })

  it.effect(
    "TOOL-19: a declared failure is a result for the model, and data for clients with the contract",
    () =>
      Effect.map(
        call(
          Tool.handle(Buy, () => Effect.fail(failure())),
          { how: "" }
        ),
        (result) => assert.deepStrictEqual<unknown>(result, expected)
      )
  )

  it.effect("S056: functions and Promises may throw it", () =>
    Effect.gen(function* () {
      const throwing = Tool.handle(Buy, (): { id: number } => {
        throw failure()
      })
      const rejecting = Tool.handle(Buy, async (): Promise<{ id: number }> => {
        throw failure()
      })
      assert.deepStrictEqual<unknown>(yield* call(throwing, { how: "" }), expected)
      assert.deepStrictEqual<unknown>(yield* call(rejecting, { how: "" }), expected)
    })
  )

  it.effect("a field named cause stays on the server", () =>
    Effect.gen(function* () {
      class Broken extends Schema.TaggedError<Broken>()("Broken", { cause: Schema.Defect() }) {}
      const part = Tool.handle(Tool.make("t", { failure: Broken }), () =>
        Effect.fail(new Broken({ cause: new Error("database password is hunter2") }))
      )
      assert.notInclude(JSON.stringify(yield* call(part)), "hunter2")
    })
  )

  it.effect("McpError fails the request with its code", () =>
    Effect.gen(function* () {
      const part = Tool.handle(Buy, () => Effect.fail(McpError.make(-32042, "visit first", { url: "x" })))
      const error = yield* Effect.flip(call(part, { how: "" }))
      assert.deepStrictEqual(error.fault, { code: -32042, message: "visit first", data: { url: "x" } })
    })
  )

  it.effect("an exception is a defect that the edge will hide", () =>
    Effect.gen(function* () {
      const part = Tool.handle(Buy, (): { id: number } => {
        throw new Error("database password is hunter2")
      })
      const exit = yield* Effect.exit(call(part, { how: "" }))
      assert.isTrue(exit._tag === "Failure" && exit.cause.reasons.every((reason) => reason._tag === "Die"))
    })
  )

  for (const [tag, words] of [
    ["Declined", "The user declined to answer a question"],
    ["Cancelled", "The user dismissed a question"]
  ] as const) {
    it.effect(`${tag} need not be declared: the model is told`, () =>
      Effect.gen(function* () {
        const unanswered = { _tag: tag, message: "Which size?" }
        const part = Tool.handle(Buy, () => Effect.fail(unanswered as never))
        const result = yield* call(part, { how: "" })
        assert.isTrue(result["isError"])
        assert.include(textOf(result), words)
        assert.include(textOf(result), "Which size?")
      })
    )
  }

  it.effect("TOOL-20: arguments that do not fit are a result since 2025-11-25 and an error before", () =>
    Effect.gen(function* () {
      const part = Tool.handle(Buy, () => ({ id: 1 }))
      for (const version of ["2026-07-28", "2025-11-25"]) {
        assert.isTrue((yield* call(part, {}, version))["isError"], version)
      }
      for (const version of ["2025-06-18", "2025-03-26", "2024-11-05"]) {
        assert.strictEqual((yield* Effect.flip(call(part, {}, version))).code, -32602, version)
      }
    })
  )
})
