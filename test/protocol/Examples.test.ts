import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as spec from "../spec.ts"
import { types } from "./types.ts"

describe.skipIf(!spec.present)("the specification's examples of 2026-07-28", () => {
  const examples = spec.present ? spec.examples() : []

  it("CONF-14: are all there", () => {
    assert.strictEqual(examples.length, 129)
  })

  for (const { file, type, value } of examples) {
    it(`${type}/${file} decodes and encodes to itself`, () => {
      const codec = types.get(type)
      assert(codec !== undefined, `there is no schema named ${type}`)
      // The examples of errors are whole responses or the error alone, whatever their folder is called.
      const subject =
        type.endsWith("Error") && typeof value === "object" && value !== null && "error" in value
          ? value.error
          : value
      const decoded = Schema.decodeUnknownSync(codec)(subject)
      assert.deepStrictEqual(Schema.encodeSync(codec)(decoded), subject)
      assert.deepStrictEqual(decoded, subject)
    })
  }
})
