import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as TestClock from "effect/testing/TestClock"
import * as Contract from "../../src/Contract.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Tool from "../../src/server/Tool.ts"
import { call, requestOf, textOf, toolOf } from "./ToolCall.ts"

class OutOfStock extends Schema.TaggedError<OutOfStock>()("OutOfStock", {
  sku: Schema.String,
  left: Schema.Int
}) {
  override get message() {
    return `only ${this.left} left of ${this.sku}`
  }
}

const Add = Tool.make("add", {
  description: "Add two numbers",
  input: { a: Schema.Finite, b: Schema.Finite },
  output: Schema.Struct({ sum: Schema.Finite })
})

describe("Tool.make", () => {
  it("TOOL-9: names of 1 to 128 characters of A-Z a-z 0-9 _ - . are allowed", () => {
    for (const name of ["a", "getUser", "DATA_EXPORT_v2", "admin.tools.list", "x-y", "n".repeat(128)]) {
      assert.strictEqual(Tool.make(name).name, name)
    }
  })

  it("TOOL-10: any other name is refused where it is written, by name", () => {
    for (const name of ["", "n".repeat(129), "two words", "a,b", "ü", "a/b", "a\n"]) {
      assert.throws(() => Tool.make(name), `The tool name ${JSON.stringify(name)} is not allowed`)
    }
  })
})

describe("what peers are told", () => {
  it("S052: title, description, annotations, icons and _meta stand beside the schemas", () => {
    const about = {
      title: "Add",
      description: "Add two numbers",
      annotations: { readOnlyHint: true, openWorldHint: false },
      icons: [{ src: "https://example.com/add.png" }],
      _meta: { "example.com/k": 1 }
    }
    const tool = Tool.make("add", {
      ...about,
      input: { a: Schema.Number },
      output: Schema.Struct({ n: Schema.Int })
    })
    assert.deepStrictEqual<unknown>(toolOf(Tool.handle(tool, ({ a }) => ({ n: a }))).descriptor, {
      name: "add",
      ...about,
      inputSchema: {
        type: "object",
        properties: { a: { type: "number" } },
        required: ["a"],
        additionalProperties: false
      },
      outputSchema: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] }
    })
  })

  it("TOOL-7: a tool without arguments accepts only an empty object", () => {
    const { inputSchema } = toolOf(Tool.handle(Tool.make("now"), () => "now")).descriptor
    assert.deepStrictEqual(inputSchema, { type: "object", additionalProperties: false })
  })

  it("TOOL-7: a union of structs has type object at the root", () => {
    const input = Schema.TaggedUnion({ A: { x: Schema.Int }, B: {} })
    const { inputSchema } = toolOf(Tool.handle(Tool.make("either", { input }), () => "ok")).descriptor
    assert.strictEqual((inputSchema as { type: string }).type, "object")
  })

  it("TOOL-7: an input that is no object is refused, by the tool's name", () => {
    const tool = Tool.make("list", { input: Schema.Array(Schema.String) })
    assert.throws(() => Tool.handle(tool, () => "x"), 'The input of the tool "list" must be an object')
    assert.throws(
      () => Tool.raw({ name: "raw", inputSchema: {} }, () => "x"),
      'The input of the tool "raw" must be a JSON Schema with type "object"'
    )
  })

  it("TOOL-15: an output schema may have any root; a plain string and content have none", () => {
    const outputOf = (output: Schema.Constraint) => Contract.outputSchema(Tool.make("t", { output }))
    assert.deepStrictEqual(outputOf(Schema.Array(Schema.Int)), { type: "array", items: { type: "integer" } })
    assert.deepStrictEqual(outputOf(Schema.Literals(["a", "b"])), { type: "string", enum: ["a", "b"] })
    assert.isUndefined(outputOf(Schema.String))
    assert.isUndefined(outputOf(Schema.Void))
    assert.isUndefined(Contract.outputSchema(Tool.make("t")))
  })
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

  it.effect("S046: a Promise", () =>
    Effect.map(
      call(
        Tool.handle(Add, async ({ a, b }) => ({ sum: a + b })),
        { a: 1, b: 2 }
      ),
      (result) => assert.deepStrictEqual(result, same)
    )
  )

  it.effect("S046: an Effect", () =>
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

describe("arguments", () => {
  const Order = Tool.make("order", {
    input: {
      sku: Schema.String,
      tags: Schema.optional(Schema.Array(Schema.String)),
      to: Schema.optional(Schema.Struct({ city: Schema.String, zip: Schema.optional(Schema.Int) }))
    },
    output: Schema.Struct({ got: Schema.Unknown })
  })
  const order = Tool.handle(Order, (got) => ({ got }))
  const got = (args: unknown, part = order) =>
    Effect.map(
      call(part, args),
      (result) => (result["structuredContent"] as { got: unknown } | undefined)?.got ?? textOf(result)
    )

  it.effect("S165: missing arguments are no arguments", () =>
    Effect.map(
      call(
        Tool.handle(Tool.make("t", { input: { a: Schema.optional(Schema.String) } }), ({ a }) => a ?? "none")
      ),
      (result) => assert.strictEqual(textOf(result), "none")
    )
  )

  it.effect("S049: a string that holds JSON stands for the value where no string is wanted", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* got({ sku: "1", tags: '["a"]', to: '{"city":"Graz","zip":"8010"}' }), {
        sku: "1",
        tags: ["a"],
        to: { city: "Graz", zip: 8010 }
      })
    })
  )

  it.effect("S049: a string stays a string where one is wanted", () =>
    Effect.map(got({ sku: '{"a":1}' }), (value) => assert.deepStrictEqual(value, { sku: '{"a":1}' }))
  )

  it.effect("S049: leniency can be switched off", () =>
    Effect.gen(function* () {
      const strict = Tool.handle(Order, (value) => ({ got: value }), { lenient: false })
      assert.include((yield* got({ sku: "1", tags: '["a"]' }, strict)) as string, '"tags" must be a list')
    })
  )

  it.effect("null for an optional argument is no argument; for a required one it is a mistake", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* got({ sku: "1", tags: null }), { sku: "1" })
      assert.include((yield* got({ sku: null })) as string, '"sku" must be a string, but null was sent')
    })
  )

  it.effect("unknown arguments are refused, because a misspelt optional one would be lost in silence", () =>
    Effect.gen(function* () {
      assert.include(
        (yield* got({ sku: "1", tag: ["a"] })) as string,
        '"tag" is not known: did you mean "tags"?'
      )
    })
  )

  it.effect("unknown arguments are dropped where the author says so, and the schema says the same", () =>
    Effect.gen(function* () {
      const open = Tool.handle(Order, (value) => ({ got: value }), { unknownArguments: "ignore" })
      assert.deepStrictEqual(yield* got({ sku: "1", tag: ["a"] }, open), { sku: "1" })
      assert.notProperty(toolOf(open).descriptor["inputSchema"], "additionalProperties")
    })
  )

  it.effect("members of the prototype are not arguments", () =>
    Effect.map(got(JSON.parse('{"sku":"1","__proto__":{"tags":["x"]}}')), (value) =>
      assert.include(value as string, '"__proto__" is not known')
    )
  )

  it.effect("dates, bytes and defaults arrive decoded", () =>
    Effect.gen(function* () {
      const tool = Tool.make("t", {
        input: {
          at: Schema.Date,
          file: Schema.Uint8Array,
          n: Schema.Finite.pipe(Schema.withDecodingDefault(Effect.succeed(7)))
        }
      })
      const part = Tool.handle(tool, ({ at, file, n }) => `${at.getTime()} ${file.length} ${n}`)
      assert.strictEqual(textOf(yield* call(part, { at: "1970-01-01T00:00:00.001Z", file: "AAEC" })), "1 3 7")
    })
  )

  it.effect("a schema that needs a service is given it from outside", () =>
    Effect.gen(function* () {
      class Prefix extends Context.Service<Prefix, string>()("test/Prefix") {}
      const Prefixed = Schema.String.pipe(
        Schema.decodeTo(Schema.String, {
          decode: SchemaGetter.transformEffect((text) => Effect.map(Prefix, (prefix) => prefix + text)),
          encode: SchemaGetter.transformEffect((text) => Effect.succeed(text))
        })
      )
      const part = Tool.handle(Tool.make("t", { input: { name: Prefixed } }), ({ name }) => name)
      assert.strictEqual(
        textOf(yield* Effect.provideService(call(part, { name: "x" }), Prefix, "my-")),
        "my-x"
      )
    })
  )
})

describe("failures", () => {
  const Buy = Tool.make("buy", {
    input: { how: Schema.String },
    failure: OutOfStock,
    output: Schema.Struct({ id: Schema.Int })
  })
  const expected = {
    resultType: "complete",
    content: [{ type: "text", text: 'OutOfStock: only 3 left of x\n{"sku":"x","left":3}' }],
    isError: true,
    _meta: { [Contract.failureKey]: { _tag: "OutOfStock", sku: "x", left: 3 } }
  }
  const failure = () => new OutOfStock({ sku: "x", left: 3 })

  it.effect(
    "TOOL-19: a declared failure is a result for the model, and data for clients with the contract",
    () =>
      Effect.map(
        call(
          Tool.handle(Buy, () => Effect.fail(failure())),
          { how: "" }
        ),
        (result) => assert.deepStrictEqual<unknown>(result, expected)
      )
  )

  it.effect("S056: functions and Promises may throw it", () =>
    Effect.gen(function* () {
      const throwing = Tool.handle(Buy, (): { id: number } => {
        throw failure()
      })
      const rejecting = Tool.handle(Buy, async (): Promise<{ id: number }> => {
        throw failure()
      })
      assert.deepStrictEqual<unknown>(yield* call(throwing, { how: "" }), expected)
      assert.deepStrictEqual<unknown>(yield* call(rejecting, { how: "" }), expected)
    })
  )

  it.effect("a field named cause stays on the server", () =>
    Effect.gen(function* () {
      class Broken extends Schema.TaggedError<Broken>()("Broken", { cause: Schema.Defect() }) {}
      const part = Tool.handle(Tool.make("t", { failure: Broken }), () =>
        Effect.fail(new Broken({ cause: new Error("database password is hunter2") }))
      )
      assert.notInclude(JSON.stringify(yield* call(part)), "hunter2")
    })
  )

  it.effect("McpError fails the request with its code", () =>
    Effect.gen(function* () {
      const part = Tool.handle(Buy, () => Effect.fail(McpError.make(-32042, "visit first", { url: "x" })))
      const error = yield* Effect.flip(call(part, { how: "" }))
      assert.deepStrictEqual(error.fault, { code: -32042, message: "visit first", data: { url: "x" } })
    })
  )

  it.effect("an exception is a defect that the edge will hide", () =>
    Effect.gen(function* () {
      const part = Tool.handle(Buy, (): { id: number } => {
        throw new Error("database password is hunter2")
      })
      const exit = yield* Effect.exit(call(part, { how: "" }))
      assert.isTrue(exit._tag === "Failure" && exit.cause.reasons.every((reason) => reason._tag === "Die"))
    })
  )

  for (const [tag, words] of [
    ["Declined", "The user declined to answer a question"],
    ["Cancelled", "The user dismissed a question"]
  ] as const) {
    it.effect(`${tag} need not be declared: the model is told`, () =>
      Effect.gen(function* () {
        const unanswered = { _tag: tag, message: "Which size?" }
        const part = Tool.handle(Buy, () => Effect.fail(unanswered as never))
        const result = yield* call(part, { how: "" })
        assert.isTrue(result["isError"])
        assert.include(textOf(result), words)
        assert.include(textOf(result), "Which size?")
      })
    )
  }

  it.effect("TOOL-20: arguments that do not fit are a result since 2025-11-25 and an error before", () =>
    Effect.gen(function* () {
      const part = Tool.handle(Buy, () => ({ id: 1 }))
      for (const version of ["2026-07-28", "2025-11-25"]) {
        assert.isTrue((yield* call(part, {}, version))["isError"], version)
      }
      for (const version of ["2025-06-18", "2025-03-26", "2024-11-05"]) {
        assert.strictEqual((yield* Effect.flip(call(part, {}, version))).code, -32602, version)
      }
    })
  )
})

describe("timeout", () => {
  it.effect(
    "TOOL-22: a call that takes too long is interrupted, its finalizers run, and the model is told",
    () =>
      Effect.gen(function* () {
        const closed = yield* Deferred.make<void>()
        const part = Tool.handle(
          Tool.make("slow"),
          () =>
            Effect.as(
              Effect.onInterrupt(Effect.never, () => Deferred.succeed(closed, undefined)),
              "done"
            ),
          { timeout: "3 seconds" }
        )
        const fiber = yield* Effect.forkChild(call(part), { startImmediately: true })
        yield* TestClock.adjust("3 seconds")
        const result = yield* Fiber.join(fiber)
        yield* Deferred.await(closed)
        assert.isTrue(result["isError"])
        assert.include(textOf(result), 'The tool "slow" did not finish within 3 s')
      })
  )

  it.effect("S046: the signal of a call is aborted when the call is interrupted", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<AbortSignal>()
      const part = Tool.handle(Tool.make("fetch"), (_input, { signal }) => {
        Deferred.doneUnsafe(started, Effect.succeed(signal))
        return new Promise<string>(() => {})
      })
      const fiber = yield* Effect.forkChild(call(part), { startImmediately: true })
      const signal = yield* Deferred.await(started)
      assert.isFalse(signal.aborted)
      yield* Fiber.interrupt(fiber)
      assert.isTrue(signal.aborted)
    })
  )
})

describe("Tool.raw", () => {
  const inputSchema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: { n: { $ref: "#/definitions/n" } },
    required: ["n"],
    definitions: { n: { type: "integer", minimum: 1 } },
    "x-unknown": true
  }

  it("S164: its schemas go to peers word for word", () => {
    const part = Tool.raw({ name: "r", title: "R", inputSchema, outputSchema: { not: {} } }, () => 1)
    assert.deepStrictEqual<unknown>(toolOf(part).descriptor, {
      name: "r",
      title: "R",
      inputSchema,
      outputSchema: { not: {} }
    })
  })

  it.effect("S165: arguments arrive as they were sent, content goes out", () =>
    Effect.gen(function* () {
      const part = Tool.raw({ name: "r", inputSchema }, (input) => [JSON.stringify(input)])
      assert.strictEqual(textOf(yield* call(part, { n: 2, more: [null] })), '{"n":2,"more":[null]}')
      assert.include(
        textOf(yield* call(part, { n: 0 })),
        '"n" must be an integer of at least 1, but 0 was sent'
      )
    })
  )

  it.effect("TOOL-16: its structured output is checked, too", () =>
    Effect.gen(function* () {
      const descriptor = { name: "r", inputSchema: { type: "object" }, outputSchema: { type: "integer" } }
      const good = yield* call(Tool.raw(descriptor, () => 5))
      assert.deepStrictEqual<unknown>(good["structuredContent"], 5)
      const exit = yield* Effect.exit(call(Tool.raw(descriptor, () => "five")))
      assert.strictEqual(exit._tag, "Failure")
    })
  )
})

describe("options", () => {
  it("visible is asked by the catalogue", () => {
    const visible = () => false
    assert.strictEqual(toolOf(Tool.handle(Tool.make("t"), () => "x", { visible })).visible, visible)
    assert.isFalse("visible" in toolOf(Tool.handle(Tool.make("t"), () => "x")))
  })

  it("a call that needs nothing asynchronous is answered in the same turn", () => {
    const part = toolOf(Tool.handle(Add, ({ a, b }) => ({ sum: a + b })))
    const exit = Effect.runSyncExit(part.handle(requestOf("add", { a: 1, b: 2 })) as Effect.Effect<unknown>)
    assert.strictEqual(exit._tag, "Success")
  })
})
