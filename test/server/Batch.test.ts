import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { echo, notification, request, serving, shaken } from "./peers.ts"

type Answer = { readonly id?: unknown; readonly error?: { readonly code: number } }

const item = (id: unknown) => request(id, "tools/call", { n: id })

describe("Batch", () => {
  it.effect("BASE-16: an array in, an array of responses out, in order and without the notifications", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo, "2025-03-26")
      const answers = yield* accept([
        item(1),
        notification("notifications/cancelled", { requestId: 99 }),
        request("p", "ping"),
        { jsonrpc: "1.0", id: 3, method: "ping" },
        [item(4)]
      ])
      assert.deepStrictEqual(
        answers.map((answer: Answer) => [answer.id, answer.error?.code]),
        [
          [1, undefined],
          ["p", undefined],
          [3, -32600],
          [undefined, -32600]
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("BASE-15: a batch of notifications has no answer at all", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo, "2025-03-26")
      assert.strictEqual(
        yield* accept([notification("notifications/x"), notification("notifications/y")]),
        undefined
      )
    }).pipe(Effect.scoped)
  )

  it.effect("H17: an empty batch is one -32600", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo, "2025-03-26")
      assert.strictEqual((yield* accept([])).error.code, -32600)
    }).pipe(Effect.scoped)
  )

  it.effect("H17, E13: 100 items are answered, 101 are refused as a whole", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo, "2025-03-26")
      const items = Array.from({ length: 101 }, (_, index) => item(index))
      assert.strictEqual((yield* accept(items.slice(0, 100))).length, 100)
      assert.strictEqual((yield* accept(items)).error.code, -32600)
    }).pipe(Effect.scoped)
  )

  it.effect("H17, E13: at most 16 items are answered at a time", () =>
    Effect.gen(function* () {
      let now = 0
      let most = 0
      const server = serving(() =>
        Effect.sync(() => {
          most = Math.max(most, ++now)
        }).pipe(Effect.andThen(Effect.yieldNow), Effect.andThen(Effect.sync(() => (now--, {}))))
      )
      const { accept } = yield* shaken(server, "2025-03-26")
      yield* accept(Array.from({ length: 100 }, (_, index) => item(index)))
      assert.strictEqual(most, 16)
    }).pipe(Effect.scoped)
  )

  it.effect("H14: an id twice in one batch is refused once", () =>
    Effect.gen(function* () {
      const server = serving(() => Effect.as(Effect.yieldNow, {}))
      const { accept } = yield* shaken(server, "2025-03-26")
      const [first, second] = yield* accept([item(1), item(1)])
      assert.deepStrictEqual([first.error, second.error?.code], [undefined, -32600])
    }).pipe(Effect.scoped)
  )

  it.effect("BASE-17: initialize in a batch is refused and changes nothing", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo, "2025-03-26")
      const [answer] = yield* accept([
        request(5, "initialize", { protocolVersion: "2025-11-25", capabilities: {} })
      ])
      assert.deepStrictEqual([answer.id, answer.error.code], [5, -32600])
    }).pipe(Effect.scoped)
  )

  it.effect("H18: cancelling one item does not hurt the others", () =>
    Effect.gen(function* () {
      const server = serving(({ params }) => (params["n"] === 1 ? Effect.never : Effect.succeed({})))
      const { accept } = yield* shaken(server, "2025-03-26")
      const answers = yield* accept([
        item(1),
        item(2),
        notification("notifications/cancelled", { requestId: 1 })
      ])
      assert.deepStrictEqual(
        answers.map((answer: Answer) => answer.id),
        [2]
      )
    }).pipe(Effect.scoped)
  )
})
