import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Content from "../../src/server/Content.ts"
import type { Part } from "../../src/server/Part.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Server from "../../src/server/Server.ts"
import { ask, refused } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }
const get = (part: Part<never>, args?: object) =>
  Effect.map(
    ask(Server.make(info, part), "prompts/get", {
      name: "p",
      ...(args === undefined ? {} : { arguments: args })
    }),
    ({ result }) => result["messages"]
  )
const user = (text: string) => ({ role: "user", content: { type: "text", text } })

describe("Prompt", () => {
  it("S064: an argument that no string can be is refused where the prompt is made", () => {
    const odd = [
      Schema.Array(Schema.String),
      Schema.Struct({ a: Schema.String }),
      Schema.Option(Schema.Int),
      Schema.optionalKey(Schema.Tuple([Schema.Int]))
    ]
    for (const x of odd) {
      assert.throws(
        () => Prompt.make("p", { arguments: { x } }, () => ""),
        'The prompt "p" has an argument that cannot be written as a string: "x"'
      )
    }
    const List = Schema.fromJsonString(Schema.Array(Schema.String))
    assert.strictEqual(Prompt.make("p", { arguments: { x: List } }, () => "")._tag, "Prompt")
  })

  it.effect("S061, S062: a string is one message of the user; messages, strings and blocks mix", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* get(Prompt.make("p", {}, () => "Hi")), [user("Hi")])
      assert.deepStrictEqual(yield* get(Prompt.make("p", {}, async () => "Hi")), [user("Hi")])
      const image = { type: "image", data: "AA==", mimeType: "image/png" } as const
      const mixed = Prompt.make("p", {}, () =>
        Effect.succeed(["One", Prompt.assistant("Two"), Prompt.user(image)])
      )
      assert.deepStrictEqual(yield* get(mixed), [
        user("One"),
        { role: "assistant", content: { type: "text", text: "Two" } },
        { role: "user", content: image }
      ])
    })
  )

  it.effect(
    "S063, PRMT-10: what is no message is a mistake of the prompt, told to its operator by name",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* get(Prompt.make("p", {}, async () => Content.text("Hi"))), [user("Hi")])
        for (const wrong of [
          5,
          { text: "Hi" },
          { role: "system", content: Content.text("Hi") },
          ["Hi", null]
        ]) {
          const mistaken = Prompt.make("p", {}, () => wrong as never)
          const exit = yield* Effect.exit(get(mistaken))
          assert(Exit.isFailure(exit), JSON.stringify(wrong))
          assert.match(Cause.pretty(exit.cause), /The prompt "p" answers text, content and messages, not/)
        }
      })
  )

  it.effect("S064: arguments are strings on the wire and typed inside", () =>
    Effect.gen(function* () {
      const part = Prompt.make(
        "p",
        {
          description: "All kinds",
          arguments: {
            text: Schema.String.annotate({ description: "Any text", title: "Text" }),
            count: Schema.Int,
            exact: Schema.NumberFromString,
            loud: Schema.optionalKey(Schema.Boolean),
            size: Schema.Literals(["s", "m"]).pipe(
              Schema.withDecodingDefaultKey(Effect.succeed("m" as const))
            )
          }
        },
        ({ count, exact, loud, size, text }) => JSON.stringify([text, count + 1, exact + 0.5, loud, size])
      )
      assert.deepStrictEqual(yield* get(part, { text: "a", count: "2", exact: "1", loud: "true" }), [
        user(JSON.stringify(["a", 3, 1.5, true, "m"]))
      ])
      const { result } = yield* ask(Server.make(info, part), "prompts/list")
      assert.deepStrictEqual(result["prompts"], [
        {
          name: "p",
          description: "All kinds",
          arguments: [
            { name: "text", title: "Text", description: "Any text", required: true },
            { name: "count", required: true },
            { name: "exact", required: true },
            { name: "loud", required: false },
            { name: "size", required: false }
          ]
        }
      ])
    })
  )

  it.effect(
    "S065, PRMT-6, PRMT-7, PRMT-10: everything that is wrong with the arguments is said at once",
    () =>
      Effect.gen(function* () {
        const part = Prompt.make("p", { arguments: { code: Schema.String, count: Schema.Int } }, () => "")
        const server = Server.make(info, part)
        const fault = (args: unknown) => refused(server, "prompts/get", { name: "p", arguments: args })
        assert.deepStrictEqual(yield* fault({ cod: "x", count: 3 }), {
          code: -32602,
          message:
            'Invalid arguments for prompt p: "code" is missing; "cod" is unknown; did you mean "code"?; ' +
            '"count" must be a string',
          data: {
            prompt: "p",
            problems: [
              { argument: "code", problem: "is missing" },
              { argument: "cod", problem: 'is unknown; did you mean "code"?' },
              { argument: "count", problem: "must be a string" }
            ]
          }
        })
        const unfit = yield* fault({ code: "x", count: "many" })
        assert.strictEqual(unfit.code, -32602)
        assert.match(unfit.message, /"count" expected .* got "many"/)
        assert.match((yield* fault(undefined)).message, /"code" is missing; "count" is missing/)
        assert.strictEqual((yield* fault("code")).code, -32602)
        assert.strictEqual(
          (yield* fault({ code: "", count: "1", ["__proto__"]: "x", toString: "y" })).code,
          -32602
        )
      })
  )

  it("S064: an argument the prompt does not have does not compile", () => {
    const fields = { code: Schema.String }
    // @ts-expect-error there is no argument called cost
    assert.isDefined(Prompt.make("p", { arguments: fields }, ({ cost }) => String(cost)))
    // @ts-expect-error there is no argument called cost
    assert.isDefined(Prompt.make("p", { arguments: fields, complete: { cost: ["1"] } }, () => ""))
  })
})
