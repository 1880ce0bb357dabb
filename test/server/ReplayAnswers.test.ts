import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Limits from "../../src/transport/Limits.ts"
import { call, peerOf, request, serving } from "./peers.ts"
import { _meta, type Asked, askWord, converse, handled, word } from "./rounds.ts"

describe("Replay answers", () => {
  const server = serving(() => handled(askWord("Which?")))

  it.effect("MRTR-20: a missing answer is asked for again", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(
        serving(() => handled(Effect.all([askWord("a"), askWord("b")], { concurrency: "unbounded" })))
      )
      const first = yield* accept(call(1, { _meta }))
      const [key] = Object.keys(first.result.inputRequests)
      const second = yield* accept(
        call(2, { _meta, requestState: first.result.requestState, inputResponses: { [key!]: word("1") } })
      )
      const [open] = Object.entries<Asked>(second.result.inputRequests)
      assert.strictEqual(Object.keys(second.result.inputRequests).length, 1)
      const third = yield* accept(
        call(3, {
          _meta,
          requestState: second.result.requestState,
          inputResponses: { [open![0]]: word("2") }
        })
      )
      assert.deepStrictEqual(third.result.value.toSorted(), ["1", "2"])
    }).pipe(Effect.scoped)
  )

  it.effect("MRTR-19: unknown keys are ignored", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(server)
      const first = yield* accept(call(1, { _meta }))
      const again = yield* accept(
        call(2, { _meta, requestState: first.result.requestState, inputResponses: { other: word("x") } })
      )
      assert.strictEqual(again.result.resultType, "input_required")
    }).pipe(Effect.scoped)
  )

  it.effect("MRTR-8: answers to what was not asked are not accepted", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(server)
      const { result } = yield* accept(call(1, { _meta }))
      const [key] = Object.keys(result.inputRequests)
      const forged = yield* accept(call(2, { _meta, inputResponses: { [key!]: word("forged") } }))
      assert.strictEqual(forged.result.resultType, "input_required")
    }).pipe(Effect.scoped)
  )

  const malformed: ReadonlyArray<readonly [string, JsonRpc.Params]> = [
    ["inputResponses is a list", { inputResponses: [] }],
    ["inputResponses is a string", { inputResponses: "x" }],
    ["requestState is a number", { requestState: 5 }],
    ["requestState is an object", { requestState: {}, inputResponses: {} }],
    ["requestState is rubbish", { requestState: "rubbish" }]
  ]
  for (const [title, params] of malformed) {
    it.effect(`MRTR-18: ${title} is -32602`, () =>
      Effect.gen(function* () {
        const { accept } = yield* peerOf(server)
        assert.strictEqual((yield* accept(call(1, { _meta, ...params }))).error.code, -32602)
      }).pipe(Effect.scoped)
    )
  }
  for (const answer of [
    5,
    null,
    {},
    { action: "maybe" },
    { action: "accept", content: [] },
    { action: "accept" }
  ]) {
    it.effect(`MRTR-18: the answer ${JSON.stringify(answer)} is -32602`, () =>
      Effect.gen(function* () {
        const { error } = yield* converse(askWord("?"), { "?": answer as JsonRpc.Params })
        assert.strictEqual(error.code, -32602)
      })
    )
  }

  it.effect("MRTR-9: a state is refused on other arguments, and by a server of another name", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(server)
      const other = yield* peerOf(serving(() => handled(askWord("Which?")), { name: "other" }))
      const { result } = yield* accept(call(1, { _meta, arguments: { a: 1 } }))
      const retry = (params: JsonRpc.Params) =>
        call(2, { _meta, requestState: result.requestState, ...params })
      assert.strictEqual((yield* accept(retry({ arguments: { a: 2 } }))).error.code, -32602)
      assert.strictEqual((yield* accept(retry({ arguments: { a: 1 }, name: "b" }))).error.code, -32602)
      assert.strictEqual((yield* other.accept(retry({ arguments: { a: 1 } }))).error.code, -32602)
      assert.strictEqual((yield* accept(retry({ arguments: { a: 1 } }))).result.resultType, "input_required")
    }).pipe(Effect.scoped)
  )

  it.effect("a call that remembers more than the limit fails", () =>
    Effect.gen(function* () {
      const { error } = yield* converse(Effect.andThen(askWord("a"), askWord("b")), {
        a: word("x".repeat(1000))
      })
      assert.strictEqual(error.code, -32603)
    }).pipe(Effect.provide(Limits.layer({ requestStateBytes: 500 })))
  )

  it.effect("MRTR-2: a method that must not ask does not", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(server)
      assert.strictEqual(
        (yield* accept(request(1, "tools/list", { _meta, requestState: 5 }))).error,
        undefined
      )
    }).pipe(Effect.scoped)
  )
})
