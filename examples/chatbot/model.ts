/** A model behind the API for chat completions, as an Effect `LanguageModel`. Any other `LanguageModel` will do. */
import * as AiError from "effect/ai/AiError"
import * as LanguageModel from "effect/ai/LanguageModel"
import type * as Prompt from "effect/ai/Prompt"
import type * as Response from "effect/ai/Response"
import * as Tool from "effect/ai/Tool"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

const Call = Schema.Struct({
  id: Schema.String,
  function: Schema.Struct({ name: Schema.String, arguments: Schema.fromJsonString(Schema.Unknown) })
})
const Answer = Schema.Struct({
  choices: Schema.NonEmptyArray(
    Schema.Struct({
      message: Schema.Struct({
        content: Schema.optionalKey(Schema.NullOr(Schema.String)),
        tool_calls: Schema.optionalKey(Schema.NullOr(Schema.Array(Call)))
      })
    })
  )
})

/** What was said so far, in the words of the API. */
const messages = (message: Prompt.Message): ReadonlyArray<object> => {
  switch (message.role) {
    case "system":
      return [{ role: "system", content: message.content }]
    case "user":
      return [
        { role: "user", content: message.content.map((part) => ("text" in part ? part.text : "")).join("\n") }
      ]
    case "assistant": {
      const text = message.content.map((part) => (part.type === "text" ? part.text : "")).join("")
      const calls = message.content.flatMap((part) =>
        part.type === "tool-call"
          ? [
              {
                id: part.id,
                type: "function",
                function: { name: part.name, arguments: JSON.stringify(part.params) }
              }
            ]
          : []
      )
      return [{ role: "assistant", content: text, ...(calls.length > 0 && { tool_calls: calls }) }]
    }
    case "tool":
      return message.content.flatMap((part) =>
        part.type === "tool-result"
          ? [{ role: "tool", tool_call_id: part.id, content: String(part.result) }]
          : []
      )
  }
}

const parts = ({ choices: [{ message }] }: typeof Answer.Type): Array<Response.PartEncoded> => [
  ...(message.content ? [{ type: "text" as const, text: message.content }] : []),
  ...(message.tool_calls ?? []).map(({ function: { arguments: params, name }, id }) => ({
    type: "tool-call" as const,
    id,
    name,
    params
  }))
]

const failed = (error: { readonly message: string }) =>
  AiError.make({
    module: "chatbot",
    method: "generateText",
    reason: new AiError.UnknownError({ description: error.message })
  })

/** `LLM_API_KEY`, `LLM_MODEL`, and `LLM_URL` where the API begins. */
export const layer = Layer.effect(
  LanguageModel.LanguageModel,
  Effect.gen(function* () {
    const key = yield* Config.Redacted("LLM_API_KEY")
    const model = yield* Config.String("LLM_MODEL")
    const url = yield* Config.String("LLM_URL")
    const http = (yield* HttpClient.HttpClient).pipe(
      HttpClient.filterStatusOk,
      HttpClient.retryTransient({ times: 4, schedule: Schedule.exponential("200 millis") })
    )
    return yield* LanguageModel.make({
      generateText: ({ prompt, tools }) =>
        HttpClientRequest.post(`${url}/chat/completions`).pipe(
          HttpClientRequest.bearerToken(key),
          HttpClientRequest.bodyJsonUnsafe({
            model,
            messages: prompt.content.flatMap(messages),
            tools: tools.map((tool) => ({
              type: "function",
              function: {
                name: tool.name,
                description: Tool.getDescription(tool),
                parameters: Tool.getJsonSchema(tool)
              }
            }))
          }),
          http.execute,
          Effect.flatMap(HttpClientResponse.schemaBodyJson(Answer)),
          Effect.mapBoth({ onSuccess: parts, onFailure: failed })
        ),
      streamText: () => Stream.fail(failed({ message: "This model does not stream" }))
    })
  })
)
