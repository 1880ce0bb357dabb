import { assert, describe, it } from "@effect/vitest"
import * as LanguageModel from "effect/ai/LanguageModel"
import type * as Response from "effect/ai/Response"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Client from "../../src/client/Client.ts"
import * as Sampling from "../../src/client/Sampling.ts"
import * as McpError from "../../src/protocol/McpError.ts"

/** A model that says these parts, and what it was asked. */
const model = (parts: ReadonlyArray<Response.PartEncoded>) => {
  const asked: Array<LanguageModel.ProviderOptions> = []
  const service = LanguageModel.make({
    generateText: (options) =>
      Effect.sync(() => {
        asked.push(options)
        return [...parts]
      }),
    streamText: () => Stream.empty
  })
  return { asked, service }
}

const finish = (reason: Response.FinishReason, tokens: number): Response.PartEncoded => ({
  type: "finish",
  reason,
  usage: {
    inputTokens: { uncached: 1, total: 1, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: tokens, text: tokens, reasoning: undefined }
  },
  response: undefined
})

const request: Client.SampleRequest = {
  maxTokens: 100,
  systemPrompt: "Be brief.",
  messages: [{ role: "user", content: { type: "text", text: "What is the capital of France?" } }]
}

const sample = (
  parts: ReadonlyArray<Response.PartEncoded>,
  asking: Client.SampleRequest = request,
  options: Sampling.Options = {}
) => {
  const { asked, service } = model(parts)
  return Effect.map(
    Effect.provideServiceEffect(
      Sampling.fromLanguageModel(options).sample(asking),
      LanguageModel.LanguageModel,
      service
    ),
    (result) => ({ result, asked: asked[0]! })
  )
}

describe("Sampling.fromLanguageModel", () => {
  it.effect("S181: a language model answers, under its own name", () =>
    Effect.gen(function* () {
      const { asked, result } = yield* sample([
        { type: "response-metadata", id: "r", modelId: "parrot-1" },
        { type: "text", text: "Paris." },
        finish("stop", 2)
      ])
      assert.deepStrictEqual(result, {
        role: "assistant",
        model: "parrot-1",
        content: { type: "text", text: "Paris." },
        stopReason: "endTurn"
      })
      assert.deepStrictEqual(
        asked.prompt.content.map(({ role }) => role),
        ["system", "user"]
      )
    })
  )

  it.effect("SAMP-14: an answer over the token limit is cut", () =>
    Effect.gen(function* () {
      const long = "x".repeat(400)
      const { result } = yield* sample([{ type: "text", text: long }, finish("stop", 200)])
      assert.strictEqual(result.stopReason, "maxTokens")
      assert.deepStrictEqual(result.content, { type: "text", text: "x".repeat(200) })
    })
  )

  it.effect("an answer is cut at a stop sequence", () =>
    Effect.gen(function* () {
      const { result } = yield* sample([{ type: "text", text: "one END two" }, finish("stop", 5)], {
        ...request,
        stopSequences: ["END"]
      })
      assert.strictEqual(result.stopReason, "stopSequence")
      assert.deepStrictEqual(result.content, { type: "text", text: "one " })
    })
  )

  it.effect("SAMP-4: a model may use tools, which the server runs", () =>
    Effect.gen(function* () {
      const { asked, result } = yield* sample(
        [
          { type: "text", text: "Let me look." },
          {
            type: "tool-call",
            id: "c1",
            name: "weather",
            params: { city: "Paris" },
            providerExecuted: false
          },
          finish("tool-calls", 9)
        ],
        {
          ...request,
          tools: [
            { name: "weather", inputSchema: { type: "object", properties: { city: { type: "string" } } } }
          ]
        }
      )
      assert.deepStrictEqual(
        asked.tools.map(({ name }) => name),
        ["weather"]
      )
      assert.strictEqual(result.stopReason, "toolUse")
      assert.deepStrictEqual(result.content, [
        { type: "text", text: "Let me look." },
        { type: "tool_use", id: "c1", name: "weather", input: { city: "Paris" } }
      ])
    })
  )

  it.effect("uses of tools and their results become the prompt's own", () =>
    Effect.gen(function* () {
      const { asked } = yield* sample([{ type: "text", text: "Sunny." }, finish("stop", 2)], {
        maxTokens: 10,
        messages: [
          { role: "user", content: { type: "text", text: "Weather?" } },
          {
            role: "assistant",
            content: { type: "tool_use", id: "c1", name: "weather", input: { city: "Paris" } }
          },
          {
            role: "user",
            content: [
              { type: "tool_result", toolUseId: "c1", content: [], structuredContent: { sky: "blue" } }
            ]
          }
        ]
      })
      const [, use, result] = asked.prompt.content
      assert.deepInclude(use?.content[0] as object, { type: "tool-call", name: "weather" })
      assert.deepInclude(result?.content[0] as object, {
        type: "tool-result",
        name: "weather",
        result: { sky: "blue" }
      })
    })
  )

  it.effect("SAMP-13: nothing of one request is left for the next", () =>
    Effect.gen(function* () {
      const { asked, service } = model([{ type: "text", text: "Paris." }, finish("stop", 2)])
      const sampler = Sampling.fromLanguageModel()
      const secret = { ...request, messages: [{ role: "user", content: { type: "text", text: "secret" } }] }
      for (const asking of [secret as Client.SampleRequest, request]) {
        yield* Effect.provideServiceEffect(sampler.sample(asking), LanguageModel.LanguageModel, service)
      }
      assert.strictEqual(asked.length, 2)
      assert.include(JSON.stringify(asked[0]!.prompt), "secret")
      assert.notInclude(JSON.stringify(asked[1]!.prompt), "secret")
    })
  )

  it.effect("SAMP-17: what a provider says of a use comes back to it with the use and its result", () =>
    Effect.gen(function* () {
      const tools = [{ name: "weather", inputSchema: { type: "object" as const } }]
      const signature = { parrot: { signature: "s1" } }
      const call = { id: "c1", name: "weather", params: {}, providerExecuted: false }
      const { result } = yield* sample(
        [{ type: "tool-call", ...call, metadata: signature }, finish("tool-calls", 3)],
        { ...request, tools }
      )
      const [use] = result.content as ReadonlyArray<object>
      assert.deepStrictEqual(use, {
        type: "tool_use",
        id: "c1",
        name: "weather",
        input: {},
        _meta: signature
      })
      const cached = { parrot: { cache: "k" } }
      const { asked } = yield* sample([{ type: "text", text: "Sunny." }, finish("stop", 2)], {
        ...request,
        tools,
        messages: [
          ...request.messages,
          { role: "assistant", content: result.content },
          {
            role: "user",
            content: { type: "tool_result", toolUseId: "c1", content: [], _meta: cached }
          }
        ]
      })
      const [, , again, answered] = asked.prompt.content
      assert.deepInclude(again?.content[0] as object, { options: signature })
      assert.deepInclude(answered?.content[0] as object, { options: cached })
    })
  )

  it.effect("SAMP-18: a user who refuses is told to the server as -1", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        sample([], request, {
          around: () => Effect.fail(McpError.make(-1, "User rejected sampling request"))
        })
      )
      assert.deepStrictEqual(error.fault, { code: -1, message: "User rejected sampling request" })
    })
  )

  it.effect("SAMP-16: hints choose among the models of the client", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const mine = ["parrot-large", "parrot-small", "owl"] as const
      yield* sample(
        [{ type: "text", text: "hi" }, finish("stop", 1)],
        { ...request, modelPreferences: { hints: [{ name: "small" }], intelligencePriority: 1 } },
        {
          around: (generated, { modelPreferences }) =>
            Effect.andThen(
              Effect.sync(() => asked.push(Sampling.choose(modelPreferences, mine) ?? "the best")),
              generated
            )
        }
      )
      assert.deepStrictEqual(asked, ["parrot-small"])
    })
  )
})

describe("Sampling.choose", () => {
  const mine = ["claude-opus-5", "claude-sonnet-5", "gpt-6-mini"]
  for (const [title, hints, chosen] of [
    ["SAMP-16: a part of a name is enough", [{ name: "sonnet" }], "claude-sonnet-5"],
    ["SAMP-15: the first hint counts", [{ name: "mini" }, { name: "opus" }], "gpt-6-mini"],
    ["SAMP-15: what no name has is passed over", [{ name: "gemini" }, { name: "opus" }], "claude-opus-5"],
    ["SAMP-15: of several names the first", [{ name: "claude" }], "claude-opus-5"],
    ["a hint without a name says nothing", [{}, { name: "mini" }], "gpt-6-mini"],
    ["without hints nothing is chosen", [], undefined],
    ["where none fits nothing is chosen", [{ name: "gemini" }], undefined]
  ] as const) {
    it(title, () => assert.strictEqual(Sampling.choose({ hints, speedPriority: 1 }, mine), chosen))
  }
  it("without preferences nothing is chosen", () =>
    assert.strictEqual(Sampling.choose(undefined, mine), undefined))
})
