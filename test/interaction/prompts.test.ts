import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { pixel, silence } from "../fixtures/everything.ts"
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

  it.effect("PRMT-4, PRMT-5, S062: every kind of content arrives in the form the revision has for it", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const { messages } = yield* client.getPrompt("media")
      const audio = version === "2024-11-05" ? "resource" : "audio"
      const link = version < "2025-06-18" ? "text" : "resource_link"
      assert.deepStrictEqual(
        messages.map(({ content, role }) => [role, content.type]),
        [
          ["user", "text"],
          ["user", "image"],
          ["assistant", audio],
          ["user", link],
          ["user", "resource"]
        ]
      )
      assert.deepInclude(messages[1]?.content, { data: pixel, mimeType: "image/png" })
      const sound = messages[2]?.content
      assert.include(JSON.stringify(sound), silence)
      assert.include(JSON.stringify(sound), '"mimeType":"audio/wav"')
      assert.deepStrictEqual(messages[4]?.content, {
        type: "resource",
        resource: { uri: "note://inside", mimeType: "text/plain", text: "inside" }
      })
    })
  )

  it.effect(
    "PRMT-2, PRMT-10, S074: a prompt may know who asks; what is hidden is neither listed nor got",
    () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const { messages } = yield* client.getPrompt("who", { on: "" })
        assert.include(JSON.stringify(messages), `prompts/get ${version}`)
        const names = (yield* client.prompts).map(({ name }) => name)
        assert.notInclude(names, "hidden")
        assert.match((yield* Effect.flip(client.getPrompt("hidden"))).message, /^Unknown prompt: hidden$/)
        assert.notMatch((yield* Effect.flip(client.getPrompt("hiddem"))).message, /hidden/)
      })
  )

  it.effect("COMP-7, S074: a completion may know who asks; what is hidden has none", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const on = { name: "on", value: "" }
      for (const ref of [
        { type: "ref/prompt", name: "who" },
        { type: "ref/resource", uri: "who://{on}/is" }
      ] as const) {
        const { values } = yield* client.complete(ref, on)
        assert.deepStrictEqual(values, [`completion/complete ${version}`])
      }
      const hidden = yield* Effect.flip(client.complete({ type: "ref/prompt", name: "hidden" }, on))
      const nobody = yield* Effect.flip(client.complete({ type: "ref/prompt", name: "nobody" }, on))
      assert.strictEqual(hidden.message, nobody.message.replace("nobody", "hidden"))
    })
  )

  it.effect("PRMT-6: an error inside is -32603, and stays inside", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const error = yield* Effect.flip(client.getPrompt("die"))
      assert(error._tag === "McpError", error._tag)
      assert.strictEqual(error.code, -32603)
      assert.notInclude(JSON.stringify([error.message, error.data]), "hunter2")
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

  it.effect("PRMT-6, PRMT-7, S065: missing arguments and unknown prompts are -32602 and named", () =>
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

  it.effect("COMP-4: what is settled already is told to the completer, since 2025-06-18", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const { values } = yield* client.complete(
        { type: "ref/prompt", name: "travel" },
        { name: "to", value: "Lo" },
        { from: "Rome" }
      )
      assert.deepStrictEqual(values, [version >= "2025-06-18" ? 'Lo {"from":"Rome"}' : "Lo {}"])
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

  it.effect("S213, COMP-1: completions are a capability since 2025-03-26", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      assert.strictEqual("completions" in client.server.capabilities, version > "2024-11-05")
    })
  )
})
