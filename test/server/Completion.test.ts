import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import { ask, refused } from "./ask.ts"

const many = Array.from({ length: 150 }, (_, index) => `city-${index}`)

const server = Server.make(
  { name: "demo", version: "1.0.0" },
  Prompt.make(
    "p",
    {
      arguments: {
        language: Schema.Literals(["Python", "TypeScript", "PHP"]),
        framework: Schema.String,
        free: Schema.optionalKey(Schema.String)
      },
      complete: {
        framework: (typed, { language = "none" }) =>
          Effect.succeed({ values: [`${language}:${typed}`], total: 7 })
      }
    },
    () => ""
  ),
  Prompt.make("hidden", { arguments: { a: Schema.Literal("b") }, visible: () => false }, () => ""),
  Resource.template("city://{city}", { complete: { city: async () => many } }, ({ city }) => city),
  Resource.text("city://all", {}, "")
)

const complete = (ref: object, name: string, value: string, context?: object) =>
  Effect.map(
    ask(server, "completion/complete", {
      ref,
      argument: { name, value },
      ...(context === undefined ? {} : { context })
    }),
    ({ result }) => result["completion"]
  )
const prompt = { type: "ref/prompt", name: "p" }
const template = { type: "ref/resource", uri: "city://{city}" }

describe("Completion", () => {
  it.effect(
    "S213, COMP-5: literals complete themselves: what starts with the text first, then what contains it",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* complete(prompt, "language", "p"), {
          values: ["Python", "PHP", "TypeScript"],
          total: 3,
          hasMore: false
        })
      })
  )

  it.effect("COMP-2: at most 100 values, and how many there are", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* complete(template, "city", ""), {
        values: many.slice(0, 100),
        total: 150,
        hasMore: true
      })
    })
  )

  it.effect("COMP-2: who knows that there is more, but not how much, does not say how much", () =>
    Effect.gen(function* () {
      const endless = Server.make(
        { name: "a", version: "1" },
        Prompt.make(
          "p",
          { arguments: { a: Schema.String }, complete: { a: () => ({ values: ["x"], hasMore: true }) } },
          () => ""
        )
      )
      const { result } = yield* ask(endless, "completion/complete", {
        ref: prompt,
        argument: { name: "a", value: "" }
      })
      assert.deepStrictEqual(result["completion"], { values: ["x"], hasMore: true })
    })
  )

  it.effect("COMP-4: a completer sees the arguments that are settled", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* complete(prompt, "framework", "fl", { arguments: { language: "Python" } }),
        {
          values: ["Python:fl"],
          total: 7,
          hasMore: true
        }
      )
    })
  )

  it.effect(
    "COMP-3, COMP-7: an argument without suggestions has none; unknown references and arguments are -32602",
    () =>
      Effect.gen(function* () {
        const none = { values: [], total: 0, hasMore: false }
        assert.deepStrictEqual(yield* complete(prompt, "free", "x"), none)
        for (const [ref, name] of [
          [prompt, "langage"],
          [{ type: "ref/prompt", name: "nobody" }, "a"],
          [{ type: "ref/prompt", name: "hidden" }, "a"],
          [{ type: "ref/resource", uri: "city://{x}" }, "x"],
          [{ type: "ref/tool", name: "p" }, "language"],
          [{ type: "ref/prompt", name: { toString: 0 } }, "language"],
          [{ type: "ref/resource", uri: ["city://{city}"] }, "city"],
          [{ type: "ref/resource", uri: "city://all" }, "city"],
          ["p", "language"]
        ] as const) {
          const fault = yield* refused(server, "completion/complete", { ref, argument: { name, value: "" } })
          assert.strictEqual(fault.code, -32602, JSON.stringify(ref))
        }
        const fault = yield* refused(server, "completion/complete", {
          ref: prompt,
          argument: { name: "langage", value: "" }
        })
        assert.match(fault.message, /Did you mean language\?/)
        assert.strictEqual((yield* refused(server, "completion/complete", { ref: prompt })).code, -32602)
      })
  )

  it.effect("the nearest prompt or template is named, and what is hidden is not given away", () =>
    Effect.gen(function* () {
      const two = Server.make(
        { name: "demo", version: "1.0.0" },
        Prompt.make("review", { arguments: { a: Schema.Literal("b") } }, () => ""),
        Prompt.make("secret", { arguments: { a: Schema.Literal("b") }, visible: () => false }, () => ""),
        Resource.template("city://{city}", {}, ({ city }) => city)
      )
      const said = (ref: object) =>
        Effect.map(
          refused(two, "completion/complete", { ref, argument: { name: "a", value: "" } }),
          ({ message }) => message.replace("completion/complete: no such reference: ", "")
        )
      assert.strictEqual(yield* said({ type: "ref/prompt", name: "reviw" }), "reviw. Did you mean review?")
      assert.strictEqual(
        yield* said({ type: "ref/resource", uri: "city://{town}" }),
        "city://{town}. Did you mean city://{city}?"
      )
      for (const name of ["secret", "secre"]) {
        assert.strictEqual(yield* said({ type: "ref/prompt", name }), name)
      }
    })
  )

  it.effect("COMP-3: a server without completions does not serve the method", () =>
    Effect.gen(function* () {
      const plain = Server.make(
        { name: "a", version: "1" },
        Prompt.make("p", {}, () => "")
      )
      assert.strictEqual((yield* refused(plain, "completion/complete", {})).code, -32601)
    })
  )
})
