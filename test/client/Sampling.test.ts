import { assert, describe, it } from "@effect/vitest"
import * as LanguageModel from "effect/ai/LanguageModel"
import type * as Response from "effect/ai/Response"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Client from "../../src/client/Client.ts"
import * as Sampling from "../../src/client/Sampling.ts"

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

const sample = (parts: ReadonlyArray<Response.PartEncoded>, asking: Client.SampleRequest = request) => {
  const { asked, service } = model(parts)
  return Effect.map(
    Effect.provideServiceEffect(
      Sampling.fromLanguageModel().sample(asking),
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
})
