import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Tool from "../../src/server/Tool.ts"
import { call } from "./ToolCall.ts"

const Add = Tool.make("add", {
  description: "Add two numbers",
  input: { a: Schema.Finite, b: Schema.Finite },
  output: Schema.Struct({ sum: Schema.Finite })
})

describe("what a handler may answer", () => {
  const same = {
    resultType: "complete",
    content: [{ type: "text", text: '{"sum":3}' }],
    structuredContent: { sum: 3 }
  }

  it.effect("S045: a value", () =>
    Effect.map(
      call(
        Tool.handle(Add, ({ a, b }) => ({ sum: a + b })),
        { a: 1, b: 2 }
      ),
      (result) => assert.deepStrictEqual(result, same)
    )
  )

  it.effect("S045: a Promise", () =>
    Effect.map(
      call(
        Tool.handle(Add, async ({ a, b }) => ({ sum: a + b })),
        { a: 1, b: 2 }
      ),
      (result) => assert.deepStrictEqual(result, same)
    )
  )

  it.effect("S045: an Effect", () =>
    Effect.map(
      call(
        Tool.handle(Add, ({ a, b }) => Effect.succeed({ sum: a + b })),
        { a: 1, b: 2 }
      ),
      (result) => assert.deepStrictEqual(result, same)
    )
  )

  const answers: ReadonlyArray<
    readonly [name: string, output: Schema.Codec<unknown, unknown>, answer: unknown, expected: object]
  > = [
    [
      "TOOL-13: structured content also as text",
      Schema.Array(Schema.Int),
      [1, 2],
      { content: [{ type: "text", text: "[1,2]" }], structuredContent: [1, 2] }
    ],
    [
      "TOOL-15: null is a value",
      Schema.NullOr(Schema.String),
      null,
      { content: [{ type: "text", text: "null" }], structuredContent: null }
    ],
    [
      "TOOL-15: false is a value",
      Schema.Boolean,
      false,
      { content: [{ type: "text", text: "false" }], structuredContent: false }
    ],
    [
      "TOOL-15: 0 is a value",
      Schema.Finite,
      0,
      { content: [{ type: "text", text: "0" }], structuredContent: 0 }
    ],
    ["S055: a string is sent once", Schema.String, "", { content: [{ type: "text", text: "" }] }],
    ["S055: nothing is no content", Schema.Void, undefined, { content: [] }],
    [
      "S055: dates and bytes are encoded",
      Schema.Struct({ at: Schema.Date, file: Schema.Uint8Array }),
      { at: new Date(0), file: new Uint8Array([1]) },
      {
        content: [{ type: "text", text: '{"at":"1970-01-01T00:00:00.000Z","file":"AQ=="}' }],
        structuredContent: { at: "1970-01-01T00:00:00.000Z", file: "AQ==" }
      }
    ]
  ]
  for (const [name, output, answer, expected] of answers) {
    it.effect(name, () =>
      Effect.map(call(Tool.handle(Tool.make("t", { output }), () => answer)), (result) =>
        assert.deepStrictEqual<unknown>(result, { resultType: "complete", ...expected })
      )
    )
  }

  const contents: ReadonlyArray<readonly [name: string, reply: Tool.Reply, content: ReadonlyArray<object>]> =
    [
      ["S055: text", "hi", [{ type: "text", text: "hi" }]],
      ["S055: a block", { type: "text", text: "x" }, [{ type: "text", text: "x" }]],
      [
        "S055: several, strings among them",
        ["a", { type: "text", text: "b" }],
        [
          { type: "text", text: "a" },
          { type: "text", text: "b" }
        ]
      ],
      ["S055: nothing", undefined, []]
    ]
  for (const [name, reply, content] of contents) {
    it.effect(`${name}, without a declared output`, () =>
      Effect.map(call(Tool.handle(Tool.make("t"), () => reply)), (result) =>
        assert.deepStrictEqual<unknown>(result, { resultType: "complete", content })
      )
    )
  }

  it.effect("S055: a whole result: structured value, content beside it, and _meta", () =>
    Effect.gen(function* () {
      const parts = { content: ["three"], _meta: { "example.com/k": 1 } }
      const result = yield* call(
        Tool.handle(Add, () => Tool.result({ structured: { sum: 3 }, ...parts })),
        { a: 1, b: 2 }
      )
      assert.deepStrictEqual<unknown>(result, {
        resultType: "complete",
        content: [{ type: "text", text: "three" }],
        structuredContent: { sum: 3 },
        _meta: parts._meta
      })
      const loose = yield* call(Tool.handle(Tool.make("t"), () => Tool.result({ structured: null })))
      assert.deepStrictEqual<unknown>(loose, {
        resultType: "complete",
        content: [{ type: "text", text: "null" }],
        structuredContent: null
      })
      const failed = yield* call(
        Tool.handle(Add, () => Tool.result({ isError: true, content: ["no"] })),
        { a: 1, b: 2 }
      )
      assert.deepStrictEqual<unknown>(failed, {
        resultType: "complete",
        content: [{ type: "text", text: "no" }],
        isError: true
      })
    })
  )

  it.effect(
    "TOOL-16: an answer that does not fit its schema is a defect that names the tool, not a result",
    () =>
      Effect.gen(function* () {
        const exit = yield* Effect.exit(
          call(
            Tool.handle(Add, () => ({ sum: Number.NaN })),
            { a: 1, b: 2 }
          )
        )
        assert.isTrue(exit._tag === "Failure" && exit.cause.reasons[0]?._tag === "Die")
        assert.include(
          String(exit._tag === "Failure" ? exit.cause : ""),
          'The answer of the tool "add" does not fit its output'
        )
      })
  )
})
