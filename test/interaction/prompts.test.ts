import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { battery } from "./battery.ts"

battery("prompts", (it, { version }) => {
  it.effect("S061: text becomes one message of the user", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const { messages } = yield* client.getPrompt("plain")
      assert.deepStrictEqual(messages, [{ role: "user", content: { type: "text", text: "Hello" } }])
    })
  )

  it.effect("S062, S064: arguments arrive typed, messages keep their roles", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const { messages } = yield* client.getPrompt("review", { code: "x", issues: "3", language: "python" })
      assert.deepStrictEqual(
        messages.map(({ content, role }) => [role, "text" in content && content.text]),
        [
          ["user", "Find 3 issues in python: x"],
          ["assistant", "I will."]
        ]
      )
    })
  )

  it.effect("S064: arguments are listed with what is required", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const review = (yield* client.prompts).find((prompt) => prompt.name === "review")
      assert.deepStrictEqual(
        review?.arguments?.map(({ name, required = false }) => [name, required]),
        [
          ["code", true],
          ["language", false],
          ["issues", true]
        ]
      )
    })
  )

  it.effect("PRMT-6, S065: missing arguments and unknown prompts are -32602 and named", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const missing = yield* Effect.flip(client.getPrompt("review", { issues: "3" }))
      assert(missing._tag === "McpError", missing._tag)
      assert.strictEqual(missing.code, -32602)
      assert.match(missing.message, /code/)
      const unknown = yield* Effect.flip(client.getPrompt("reviews"))
      assert(unknown._tag === "McpError", unknown._tag)
      assert.strictEqual(unknown.code, -32602)
      assert.match(unknown.message, /review/)
    })
  )

  it.effect("COMP-2: suggestions for arguments and variables", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const language = yield* client.complete(
        { type: "ref/prompt", name: "review" },
        { name: "language", value: "py" }
      )
      assert.deepStrictEqual(language.values, ["python"])
      const code = yield* client.complete({ type: "ref/prompt", name: "review" }, { name: "code", value: "" })
      assert.deepStrictEqual(code.values, ["1 + 1"])
      const part = yield* client.complete(
        { type: "ref/resource", uri: "users://{id}/{part}" },
        { name: "part", value: "pr" },
        { id: "1" }
      )
      assert.deepStrictEqual(part.values, ["profile"])
    })
  )

  it.effect("COMP-3: an unknown reference or argument is -32602", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      for (const [name, argument] of [
        ["nothing", "code"],
        ["review", "nothing"]
      ] as const) {
        const error = yield* Effect.flip(
          client.complete({ type: "ref/prompt", name }, { name: argument, value: "" })
        )
        assert(error._tag === "McpError", error._tag)
        assert.strictEqual(error.code, -32602)
      }
    })
  )

  it.effect("S213: completions are a capability since 2025-03-26", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      assert.strictEqual("completions" in client.server.capabilities, version > "2024-11-05")
    })
  )
})
