import { assert, describe, it } from "@effect/vitest"
import * as Limits from "../../src/transport/Limits.ts"

describe("Limits", () => {
  const nested = (depth: number): unknown =>
    depth === 0 ? 1 : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) }

  it("RELIABILITY 5: every bound is finite", () => {
    for (const [name, bound] of Object.entries(Limits.defaults))
      assert.isTrue(Number.isFinite(bound) && bound > 0, name)
  })
  it("H13: depth is counted in objects and arrays", () => {
    assert.strictEqual(Limits.deeperThan(5, nested(5)), false)
    assert.strictEqual(Limits.deeperThan(5, nested(6)), true)
    assert.strictEqual(Limits.deeperThan(0, "text"), false)
    assert.strictEqual(Limits.deeperThan(5, null), false)
  })
  it("H13: nesting beyond any stack is survived", () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    assert.strictEqual(Limits.deeperThan(1000, deep), true)
  })
})
