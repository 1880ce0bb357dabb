import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Contract from "../../src/Contract.ts"
import * as Invocation from "../../src/server/Invocation.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Tool from "../../src/server/Tool.ts"
import { call, requestOf, textOf, toolOf } from "./ToolCall.ts"

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

  it("TOOL-10, E2: any other name is refused where it is written, by name", () => {
    for (const name of [
      "",
      "n".repeat(129),
      "two words",
      "a,b",
      "ü",
      "a/b",
      "a\n",
      "\na",
      "a\u0000",
      "\u202ea",
      "a\u200b"
    ]) {
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

  it("S053: a description is what the model is told", () => {
    const { descriptor } = toolOf(Tool.handle(Tool.make("now", { description: "The time" }), () => "noon"))
    assert.strictEqual(descriptor["description"], "The time")
  })

  it("S054: a tool without a name does not compile, and is refused", () => {
    // @ts-expect-error a name comes first
    assert.throws(() => Tool.make(), "The tool name undefined is not allowed")
    // @ts-expect-error a name comes first
    assert.throws(() => Tool.make({ description: "nameless" }), "is not allowed")
  })

  it("S044, S051: what is missing or cannot work is refused where it is written, and named", () => {
    // @ts-expect-error the handler is missing
    assert.throws(() => Tool.handle(Add), 'The tool "add" has no handler')
    // @ts-expect-error the handler is missing
    assert.throws(() => Resource.make("a://b", {}), 'The resource "a://b" has no handler')
    // @ts-expect-error the handler is missing
    assert.throws(() => Resource.template("a://{b}", {}), 'The template "a://{b}" has no handler')
    // @ts-expect-error the handler is missing
    assert.throws(() => Prompt.make("p", {}), 'The prompt "p" has no handler')
    const odd = Schema.instanceOf(URL)
    assert.throws(() => Prompt.make("p", { arguments: { odd } }, () => ""), 'The prompt "p" has an argument')
    assert.throws(
      () => Resource.template("a://{odd}", { variables: { odd } }, () => ""),
      'The template "a://{odd}" has an argument'
    )
  })

  it("S059: what a handler needs of its request is no argument of the tool", () => {
    const who = Tool.handle(
      Tool.make("who", { input: { greeting: Schema.String } }),
      ({ greeting }, { signal }) =>
        Effect.map(
          Invocation.Request,
          ({ meta }) => `${greeting}, ${meta.clientInfo?.name} ${signal.aborted}`
        )
    )
    const { properties } = toolOf(who).descriptor["inputSchema"] as { readonly properties: object }
    assert.deepStrictEqual(Object.keys(properties), ["greeting"])
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

describe("timeout", () => {
  it.effect("a call that takes too long is interrupted, its finalizers run, and the model is told", () =>
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
