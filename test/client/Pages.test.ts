import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Pages from "../../src/client/Pages.ts"

/** A list whose pages are found by their cursors. */
const walk = (next: (cursor: string | undefined) => string | undefined) => {
  const asked: Array<string | undefined> = []
  return {
    asked,
    method: "tools/list",
    page: (cursor: string | undefined) =>
      Effect.sync(() => {
        asked.push(cursor)
        return { items: [cursor ?? "first"], nextCursor: next(cursor) }
      })
  }
}

describe("Pages", () => {
  it.effect("PAGE-3, PAGE-5: only a missing cursor ends a list", () =>
    Effect.gen(function* () {
      const list = walk((cursor) => (cursor === undefined ? "" : cursor === "" ? "b" : undefined))
      assert.deepStrictEqual(yield* Pages.all(list), ["first", "", "b"])
      assert.deepStrictEqual(yield* Stream.runCollect(Pages.stream(list)), ["first", "", "b"])
    })
  )

  it.effect("PAGE-1: pages may be of any size, and empty ones in between", () =>
    Effect.gen(function* () {
      const pages = new Map<string | undefined, Pages.Page<number>>([
        [undefined, { items: [1, 2, 3], nextCursor: "b" }],
        ["b", { items: [], nextCursor: "c" }],
        ["c", { items: [4], nextCursor: "d" }],
        ["d", { items: [], nextCursor: undefined }]
      ])
      const list = {
        method: "tools/list",
        page: (cursor: string | undefined) => Effect.succeed(pages.get(cursor)!)
      }
      assert.deepStrictEqual(yield* Pages.all(list), [1, 2, 3, 4])
      assert.deepStrictEqual(yield* Stream.runCollect(Pages.stream(list)), [1, 2, 3, 4])
    })
  )

  it.effect("a stream asks for no more pages than are read", () =>
    Effect.gen(function* () {
      const list = walk((cursor) => `${cursor ?? ""}x`)
      yield* Stream.runCollect(Stream.take(Pages.stream(list), 2))
      assert.strictEqual(list.asked.length, 2)
    })
  )

  it.effect("C10: a repeated cursor cuts the list", () =>
    Effect.gen(function* () {
      const list = walk((cursor) => (cursor === "a" ? "b" : "a"))
      const error = yield* Effect.flip(Pages.all(list))
      assert.match(error.message, /repeats a cursor/)
      assert.strictEqual(list.asked.length, 3)
    })
  )

  it.effect("C10: a list does not go on for ever", () =>
    Effect.gen(function* () {
      const list = walk((cursor) => String(Number(cursor ?? 0) + 1))
      const error = yield* Effect.flip(Pages.all(list))
      assert.strictEqual(error._tag, "InvalidResponse")
      assert.strictEqual(list.asked.length, 1000)
    })
  )
})
