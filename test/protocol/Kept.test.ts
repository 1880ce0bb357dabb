import { assert, describe, it } from "@effect/vitest"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Kept from "../../src/protocol/Kept.ts"

const list = () => ({ tools: [{ name: "one" }] })

/** Counts how often something is written as JSON. */
const counted = () => {
  const count = { written: 0 }
  const result = {
    get tools() {
      count.written++
      return []
    }
  }
  return { count, result }
}

describe("Kept", () => {
  it("a kept result is written once, under whatever id it answers", () => {
    const { count, result } = counted()
    Kept.keep(result)
    assert.strictEqual(
      Kept.write(JsonRpc.success(1, result)),
      '{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}'
    )
    assert.strictEqual(
      Kept.write(JsonRpc.success('"', result)),
      '{"jsonrpc":"2.0","id":"\\"","result":{"tools":[]}}'
    )
    assert.strictEqual(count.written, 1)
  })

  it("any other message is written as it is each time", () => {
    const { count, result } = counted()
    for (const id of [1, 2]) {
      const message = JsonRpc.success(id, result)
      assert.strictEqual(Kept.write(message), JSON.stringify(message))
    }
    assert.strictEqual(count.written, 4)
    for (const message of [
      JsonRpc.request(1, "ping", {}),
      JsonRpc.notification("notifications/x", {}),
      JsonRpc.failure(undefined, { code: 1, message: "no" })
    ]) {
      assert.strictEqual(Kept.write(message), JSON.stringify(message))
    }
  })

  it("is translated once per translation and method", () => {
    let translated = 0
    const translate = (method: string, result: JsonRpc.Params) => {
      translated++
      return { ...result, method }
    }
    const kept = Kept.keep(list())
    const first = Kept.translate(translate, "tools/list", kept)
    assert.deepStrictEqual(first, { ...list(), method: "tools/list" })
    assert.strictEqual(Kept.translate(translate, "tools/list", kept), first)
    assert.strictEqual(translated, 1)
    assert.deepStrictEqual(Kept.translate(translate, "other", kept), { ...list(), method: "other" })
    assert.deepStrictEqual(
      Kept.translate((_, result) => result, "tools/list", kept),
      kept
    )
    Kept.translate(translate, "tools/list", list())
    assert.strictEqual(translated, 3)
  })

  it("what a kept result was translated into is kept as well", () => {
    const { count, result } = counted()
    const kept = Kept.keep(list())
    for (const id of [1, 2])
      Kept.write(
        JsonRpc.success(
          id,
          Kept.translate(() => result, "tools/list", kept)
        )
      )
    assert.strictEqual(count.written, 1)
  })

  it("a copy is an ordinary result: what is changed in it is written", () => {
    const kept = Kept.keep(list())
    Kept.write(JsonRpc.success(1, kept))
    const copy = { ...kept, more: true }
    assert.strictEqual(
      Kept.write(JsonRpc.success(1, copy)),
      '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"one"}],"more":true}}'
    )
    assert.deepStrictEqual(Reflect.ownKeys(copy), ["tools", "more"])
    assert.deepStrictEqual(Object.keys(kept), ["tools"])
  })
})
