import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as JsonText from "../../src/cli/hosts/JsonText.ts"

/** What is edited here is strict JSON, and stays strict JSON; `__proto__` is a name like others. */
const parse = (text: string): unknown => JSON.parse(text)

/** Objects in the layouts people and programs write. */
const layouts: ReadonlyArray<string | number> = [0, 2, 4, "\t"]
const texts = fc
  .tuple(
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.constantFrom(...layouts),
    fc.constantFrom("\n", "\r\n")
  )
  .map(([value, indent, eol]) => JSON.stringify(value, null, indent).replaceAll("\n", eol))

const absent = "a key that is not there"

describe("JsonText", () => {
  it("what is set is there, and nothing else is different", () => {
    fc.assert(
      fc.property(texts, fc.jsonValue(), (text, value) => {
        const set = JsonText.set(text, [absent, "inside"], value)
        const wanted = { ...(JSON.parse(text) as object), [absent]: { inside: value } }
        assert.deepStrictEqual(parse(set), JSON.parse(JSON.stringify(wanted)))
      }),
      { examples: [['{ "": [{ "__proto__": 0 }] }', JSON.parse('{ "__proto__": 1 }')]] }
    )
  })

  it("what was added and is removed leaves the text as it was", () => {
    fc.assert(
      fc.property(texts, fc.jsonValue(), (text, value) => {
        assert.strictEqual(JsonText.remove(JsonText.set(text, [absent], value), [absent]), text)
      })
    )
  })

  it("a member that is there can be set again, and gone again", () => {
    fc.assert(
      fc.property(texts, fc.jsonValue(), fc.nat(), (text, value, index) => {
        const object = JSON.parse(text) as { [key: string]: unknown }
        const keys = Object.keys(object)
        if (keys.length === 0) return
        const key = keys[index % keys.length]!
        const { [key]: _, ...others } = object
        assert.deepStrictEqual(parse(JsonText.remove(text, [key])), others)
        assert.deepStrictEqual(
          parse(JsonText.set(text, [key], value)),
          JSON.parse(JSON.stringify(Object.defineProperty(object, key, { value, enumerable: true })))
        )
      })
    )
  })

  const edits = (what: string, before: string, after: string) =>
    it(what, () => {
      assert.strictEqual(JsonText.set(before, ["servers", "b"], 2), after)
      assert.strictEqual(JsonText.remove(after, ["servers", "b"]), before)
    })

  edits(
    "comments beside the last member stay beside it",
    '{\n  "servers": {\n    "a": 1 // first\n  }\n}\n',
    '{\n  "servers": {\n    "a": 1, // first\n    "b": 2\n  }\n}\n'
  )
  edits(
    "comments below the last member stay below",
    '{\n  "servers": {\n    "a": 1\n    // more to come\n  }\n}\n',
    '{\n  "servers": {\n    "a": 1,\n    "b": 2\n    // more to come\n  }\n}\n'
  )
  edits(
    "a trailing comma is kept",
    '{ // x\n"servers": {\n"a": 1,\n},\n}',
    '{ // x\n"servers": {\n"a": 1,\n"b": 2,\n},\n}'
  )
  edits(
    "an object on one line stays on one line",
    '{\n  "servers": { "a": 1 }\n}',
    '{\n  "servers": { "a": 1, "b": 2 }\n}'
  )

  it("a text without anything becomes an object", () => {
    assert.strictEqual(JsonText.set("", ["servers", "b"], 2), '{\n  "servers": {\n    "b": 2\n  }\n}\n')
  })
})
