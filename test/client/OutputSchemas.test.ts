import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as OutputSchemas from "../../src/client/OutputSchemas.ts"

const tool = (name: string) => ({ name, outputSchema: { type: "object", required: ["a"] } })
const empty = { structuredContent: {} }

describe("OutputSchemas", () => {
  it.effect("a server that always lists other tools does not fill the memory: the oldest are forgotten", () =>
    Effect.gen(function* () {
      const outputs = OutputSchemas.make()
      outputs.learn([tool("first"), tool("listed again")])
      for (let page = 0; page < 100; page++) {
        outputs.learn(Array.from({ length: 100 }, (_, index) => tool(`${page} ${index}`)))
        outputs.learn([tool("listed again")])
      }
      yield* outputs.check("first", empty)
      assert.strictEqual((yield* Effect.flip(outputs.check("listed again", empty)))._tag, "InvalidResponse")
      assert.strictEqual((yield* Effect.flip(outputs.check("99 99", empty)))._tag, "InvalidResponse")
    })
  )
})
