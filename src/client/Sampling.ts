/**
 * Sampling served by an Effect `LanguageModel`. A module of its own, so that clients without one do not load
 * `effect/ai`.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/sampling
 * @deprecated Sampling is deprecated since 2026-07-28 (SEP-2577) and stays at least until 2027-07-28.
 */
import type * as AiError from "effect/ai/AiError"
import * as LanguageModel from "effect/ai/LanguageModel"
import type * as Response from "effect/ai/Response"
import * as Tool from "effect/ai/Tool"
import type * as Toolkit from "effect/ai/Toolkit"
import * as Effect from "effect/Effect"
import type * as JsonSchema from "effect/JsonSchema"
import type * as Schema from "effect/Schema"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Sampler, SampleRequest, SampleResult } from "./Handlers.ts"
import * as SamplingPrompt from "./SamplingPrompt.ts"

export interface Options {
  /** The name to give for the model where it does not say its own. Default: "unknown". */
  readonly model?: string
  /**
   * Wraps each generation. Here `maxTokens`, `temperature` and the preferences of the request become settings of
   * the provider, the model is chosen (see `choose`), and a person may be asked. Failing with the code -1 says that
   * the user refused.
   */
  readonly around?: <A, E, R>(
    generate: Effect.Effect<A, E, R>,
    request: SampleRequest
  ) => Effect.Effect<A, E | McpError.McpError, R>
}

/**
 * A sampling handler that lets the `LanguageModel` in context answer, tools included: their use is handed back to
 * the server, which runs them.
 *
 * **Gotchas** Effect's `LanguageModel` takes no token limit per call: set it in `around`. Whatever the model then
 * says, an answer that used more than `maxTokens`, or goes on after a stop sequence, is cut.
 *
 * @example
 * ```ts
 * import * as Client from "mcp-effect/Client"
 * import * as Sampling from "mcp-effect/Sampling"
 *
 * // A Layer that needs a Transport and a LanguageModel.
 * export const layer = Client.layer({
 *   name: "example",
 *   version: "1.0.0",
 *   sample: Sampling.fromLanguageModel()
 * })
 * ```
 */
export const fromLanguageModel = ({
  around = (generated) => generated,
  model = "unknown"
}: Options = {}): Sampler<LanguageModel.LanguageModel> => ({
  tools: true,
  sample: (request) =>
    Effect.map(around(generate(request), request), (said) => answer(said, request, model)).pipe(
      Effect.mapError((error) => (error instanceof McpError.McpError ? error : failed(error)))
    )
})

/**
 * The model a server would like best, of those the client has: the first hint that is part of a name decides, and
 * only where none is, the priorities are left to decide.
 *
 * @example
 * ```ts
 * import * as Sampling from "mcp-effect/Sampling"
 *
 * const mine = ["claude-sonnet-5", "gpt-6-mini"]
 *
 * export const chosen = Sampling.choose({ hints: [{ name: "opus" }, { name: "sonnet" }] }, mine) // "claude-sonnet-5"
 * ```
 */
export const choose = <const Name extends string>(
  preferences: SampleRequest["modelPreferences"],
  names: ReadonlyArray<Name>
): Name | undefined => {
  for (const { name: hint } of preferences?.hints ?? []) {
    const chosen = hint === undefined ? undefined : names.find((name) => name.includes(hint))
    if (chosen !== undefined) return chosen
  }
  return undefined
}

/** What the model said, of what a sampling result can hold. */
interface Said {
  readonly text: string
  readonly calls: ReadonlyArray<{
    readonly id: string
    readonly name: string
    readonly params: unknown
    readonly metadata: Response.ProviderMetadata
  }>
  readonly finishReason: Response.FinishReason
  readonly model: string | undefined
  /** Tokens of output, where the provider counts them. */
  readonly used: number | undefined
}

const generate = (
  request: SampleRequest
): Effect.Effect<Said, AiError.AiError, LanguageModel.LanguageModel> => {
  const { toolChoice, tools = [] } = request
  const prompt = SamplingPrompt.make(request)
  return tools.length === 0
    ? Effect.map(LanguageModel.generateText({ prompt }), said)
    : LanguageModel.generateText({
        prompt,
        toolkit: offered(tools),
        toolChoice: toolChoice?.mode ?? "auto",
        disableToolCallResolution: true,
        toolCallValidation: "deferred"
      }).pipe(Effect.map(said))
}

/** The tools of the request, for the model to know of. Nobody runs them here. */
const offered = (
  tools: NonNullable<SampleRequest["tools"]>
): Toolkit.WithHandler<Record<string, AnyTool>> => ({
  tools: Object.fromEntries(
    tools.map(({ description, inputSchema, name }): [string, AnyTool] => [
      name,
      Tool.dynamic(name, { parameters: inputSchema, ...(description !== undefined && { description }) })
    ])
  ),
  handle: (name) => Effect.die(new Error(`The tool ${name} belongs to the server`))
})
type AnyTool = Tool.Dynamic<
  string,
  {
    readonly parameters: JsonSchema.JsonSchema
    readonly success: typeof Schema.Unknown
    readonly failure: typeof Schema.Never
    readonly failureMode: "error"
  }
>

const said = (response: {
  readonly text: string
  readonly toolCalls: Said["calls"]
  readonly finishReason: Response.FinishReason
  readonly usage: Response.Usage
  readonly content: ReadonlyArray<{ readonly type: string; readonly modelId?: unknown }>
}): Said => {
  const modelId = response.content.find(({ type }) => type === "response-metadata")?.modelId
  return {
    text: response.text,
    calls: response.toolCalls,
    finishReason: response.finishReason,
    model: typeof modelId === "string" ? modelId : undefined,
    used: response.usage.outputTokens.total
  }
}

const answer = (said: Said, request: SampleRequest, model: string): SampleResult => {
  const { cut, text } = within(said, request)
  const uses = said.calls.map(({ id, metadata, name, params }) => ({
    type: "tool_use" as const,
    id,
    name,
    input: JsonRpc.isObject(params) ? params : {},
    ...(Object.keys(metadata).length > 0 && { _meta: metadata })
  }))
  const first = { type: "text" as const, text }
  const stopReason = cut ?? stopReasons[said.finishReason]
  return {
    role: "assistant",
    model: said.model ?? model,
    content: uses.length === 0 ? first : text === "" ? uses : [first, ...uses],
    ...(stopReason !== undefined && { stopReason })
  }
}

const stopReasons: { readonly [reason in Response.FinishReason]?: string } = {
  stop: "endTurn",
  length: "maxTokens",
  "tool-calls": "toolUse",
  "content-filter": "contentFilter"
}

/** The text up to the first stop sequence and, as far as tokens can be counted from outside, the token limit. */
const within = ({ text, used }: Said, { maxTokens, stopSequences = [] }: SampleRequest) => {
  const stops = stopSequences.map((stop) => text.indexOf(stop)).filter((index) => index >= 0)
  const stop = Math.min(text.length, ...stops)
  const limit =
    used === undefined || used <= maxTokens ? text.length : Math.floor((text.length * maxTokens) / used)
  const cut =
    stop < text.length && stop <= limit ? "stopSequence" : limit < text.length ? "maxTokens" : undefined
  return { text: text.slice(0, Math.min(stop, limit)), cut }
}

/** What a provider says about its failure is for the operator of this client, not for the server. */
const failed = (cause: AiError.AiError) =>
  new McpError.McpError({
    code: McpError.code.InternalError,
    message: "The model of this client failed",
    cause
  })
