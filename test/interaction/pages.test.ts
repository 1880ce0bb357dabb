import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Client from "mcp-effect/Client"
import { battery } from "./battery.ts"

battery(
  "pages",
  (it) => {
    it.effect("PAGE-3: a list pages by itself, in one order, without repeating anything", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const names = (yield* client.tools).map((tool) => tool.name)
        assert.isAbove(names.length, 10)
        assert.strictEqual(new Set(names).size, names.length)
        assert.deepStrictEqual(
          (yield* client.tools).map((tool) => tool.name),
          names
        )
        const streamed = yield* Stream.runCollect(client.streamTools)
        assert.deepStrictEqual(
          streamed.map((tool) => tool.name),
          names
        )
      })
    )

    it.effect("PAGE-2: a page has the size the server was given", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const first = yield* client.listTools()
        assert.lengthOf(first.tools, 5)
        assert.isString(first.nextCursor)
        const second = yield* client.listTools(first.nextCursor)
        assert.lengthOf(second.tools, 5)
        assert.notStrictEqual(second.tools[0]?.name, first.tools[0]?.name)
      })
    )

    for (const cursor of ["nonsense", "", "YWZ0ZXI6bm93aGVyZQ"]) {
      it.effect(`PAGE-7: the cursor ${JSON.stringify(cursor)} is refused with -32602`, () =>
        Effect.gen(function* () {
          const client = yield* Client.Client
          const error = yield* Effect.flip(client.listTools(cursor))
          assert(error._tag === "McpError", error._tag)
          assert.strictEqual(error.code, -32602)
        })
      )
    }
  },
  { client: { cache: false } }
)
