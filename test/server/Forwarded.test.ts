import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Ask from "../../src/server/Ask.ts"
import * as Method from "../../src/server/Method.ts"
import * as Server from "../../src/server/Server.ts"
import { call, peerOf, request, serving } from "./peers.ts"
import { _meta, word } from "./rounds.ts"

const which = {
  method: "elicitation/create",
  params: { mode: "form", message: "Which?", requestedSchema: {} }
}
const asks = (members: JsonRpc.Params): JsonRpc.Params => ({ resultType: "input_required", ...members })

/** A low-level handler that answers with what it is retried with, once it is. */
const lowLevel = (question: JsonRpc.Params) =>
  serving(({ params: { inputResponses, requestState } }) =>
    Effect.succeed(
      inputResponses === undefined && requestState === undefined
        ? asks(question)
        : { inputResponses, requestState }
    )
  )

describe("A handler that asks by itself", () => {
  it.effect("MRTR-8: finds its state again, which the client could neither read nor change", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(lowLevel({ inputRequests: { which }, requestState: "step 1" }))
      const { result } = yield* accept(call(1, { _meta }))
      assert.deepStrictEqual(result.inputRequests, { which })
      assert.notInclude(atob(result.requestState.replaceAll("-", "+").replaceAll("_", "/")), "step 1")
      const retry = { _meta, inputResponses: { which: word("this") }, requestState: result.requestState }
      const again = yield* accept(call(2, retry))
      assert.deepInclude(again.result, { inputResponses: { which: word("this") }, requestState: "step 1" })
      const forged = yield* accept(call(3, { ...retry, requestState: "step 2" }))
      assert.strictEqual(forged.error.code, -32602)
    }).pipe(Effect.scoped)
  )

  it.effect("MRTR-5: may have a state alone, or questions alone", () =>
    Effect.gen(function* () {
      const stated = yield* peerOf(lowLevel({ requestState: "s" }))
      const { requestState } = (yield* stated.accept(call(1, { _meta }))).result
      const waited = yield* stated.accept(call(2, { _meta, requestState }))
      assert.strictEqual(waited.result.requestState, "s")
      const asked = yield* peerOf(lowLevel({ inputRequests: { which } }))
      assert.notProperty((yield* asked.accept(call(1, { _meta }))).result, "requestState")
      const answered = yield* asked.accept(call(2, { _meta, inputResponses: { which: word("this") } }))
      assert.deepInclude(answered.result, { inputResponses: { which: word("this") } })
    }).pipe(Effect.scoped)
  )

  it.effect("may ask by Ask first: what was answered stays answered", () =>
    Effect.gen(function* () {
      const server = serving(({ params: { inputResponses, requestState } }) =>
        Effect.map(
          Effect.orDie(Ask.elicit("First?", Schema.Struct({ word: Schema.String }))),
          ({ word: first }) =>
            inputResponses === undefined
              ? asks({ inputRequests: { which } })
              : { first, inputResponses, requestState }
        )
      )
      const { accept } = yield* peerOf(server)
      const one = yield* accept(call(1, { _meta }))
      const [key] = Object.keys(one.result.inputRequests)
      const { requestState } = one.result
      const two = yield* accept(call(2, { _meta, requestState, inputResponses: { [key!]: word("a") } }))
      assert.deepStrictEqual(Object.keys(two.result.inputRequests), ["which"])
      const inputResponses = { which: word("b") }
      const three = yield* accept(call(3, { _meta, requestState: two.result.requestState, inputResponses }))
      assert.deepInclude(three.result, { first: "a", inputResponses })
      assert.strictEqual(three.result.requestState, undefined)
    }).pipe(Effect.scoped)
  )

  for (const [title, question] of [
    [
      "MRTR-4: must ask for what a client can answer",
      { inputRequests: { a: { method: "tools/call", params: {} } } }
    ],
    ["MRTR-4: must ask by requests", { inputRequests: { a: "Which?" } }],
    ["MRTR-4: must ask under keys", { inputRequests: [which] }],
    ["MRTR-5: must ask, or give a state", {}],
    ["MRTR-5: must give a state that is a string", { requestState: { step: 1 } }]
  ] as const) {
    it.effect(`${title}, or is a defect`, () =>
      Effect.gen(function* () {
        const { accept } = yield* peerOf(lowLevel(question))
        const { error } = yield* accept(call(1, { _meta }))
        assert.deepInclude(error, { code: -32603, message: "Internal error" })
      }).pipe(Effect.scoped)
    )
  }

  it.effect("MRTR-6: must not ask for what the client did not declare", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(lowLevel({ inputRequests: { which } }))
      const { error } = yield* accept(call(1))
      assert.strictEqual(error.code, -32021)
      assert.deepStrictEqual(error.data, { requiredCapabilities: { elicitation: { form: {} } } })
    }).pipe(Effect.scoped)
  )

  it.effect("MRTR-2: must be one of the three methods, or of an extension", () =>
    Effect.gen(function* () {
      const question = () => Effect.succeed(asks({ inputRequests: { which } }))
      const { accept } = yield* peerOf(
        Server.make(
          { name: "low", version: "1.0.0" },
          Method.make("tools/list", question),
          Method.make("completion/complete", question),
          Method.make("com.example/x", question)
        )
      )
      for (const method of ["tools/list", "completion/complete"]) {
        assert.strictEqual((yield* accept(request(1, method, { _meta }))).error.code, -32603, method)
      }
      const { result } = yield* accept(request(1, "com.example/x", { _meta }))
      assert.strictEqual(result.resultType, "input_required")
    }).pipe(Effect.scoped)
  )
})
