/** Three readers of errors: what the peer is told, and what it is never told. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { battery } from "./battery.ts"

battery("errors", (it) => {
  it.effect("ERR-8: an McpError keeps its code and data", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const error = yield* Effect.flip(client.callTool("refuse"))
      assert(error._tag === "McpError", error._tag)
      assert.deepStrictEqual([error.code, error.message, error.data], [1234, "Refused", { why: "because" }])
    })
  )

  for (const tool of ["die", "throw"]) {
    it.effect(`S041, TOOL-22: the text of a defect stays inside (${tool})`, () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const error = yield* Effect.flip(client.callTool(tool))
        assert(error._tag === "McpError", error._tag)
        assert.strictEqual(error.code, -32603)
        assert.notInclude(JSON.stringify([error.message, error.data]), "hunter2")
        assert.isString((error.data as { readonly reference?: unknown }).reference)
      })
    )
  }

  it.effect("S174: a request that fails leaves the others alone", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const [died, sum] = yield* Effect.all(
        [Effect.result(client.callTool("die")), client.callTool("add", { a: 1, b: 2 })],
        { concurrency: "unbounded" }
      )
      assert.strictEqual(died._tag, "Failure")
      assert.deepStrictEqual(sum.content, [{ type: "text", text: "3" }])
    })
  )
})
