/**
 * Multi round-trip requests: a server that needs to know something answers `input_required`; the client finds out
 * and sends the request again, as a new one, with the answers and the server's sealed state.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import type { McpError } from "../protocol/McpError.ts"
import * as Methods from "../protocol/Methods.ts"
import type { Answer } from "./Answer.ts"
import { InvalidResponse } from "./ClientError.ts"

export interface Rounds<E> {
  readonly method: string
  readonly params: JsonRpc.Params
  /** Sends the request, each time under a new id. */
  readonly exchange: (params: JsonRpc.Params) => Effect.Effect<JsonRpc.Params, E>
  readonly answer: Answer
  /** Runs while the user, not the server, is being waited for. */
  readonly paused: <A, F>(effect: Effect.Effect<A, F>) => Effect.Effect<A, F>
  /** How often the server may ask before it is given up. */
  readonly maxRounds: number
  /** Whether an extension both sides declare brought a value of `resultType`. */
  readonly isExtended: (resultType: unknown) => boolean
}

/** Whether a method may answer `input_required`: three of the specification, and those of extensions. */
const mayAsk = (method: string) => {
  const known = Object.hasOwn(Methods.fromClient, method)
    ? Methods.fromClient[method as Methods.Name]
    : undefined
  return known === undefined || "mayAsk" in known
}

const isQuestion = (method: unknown): method is string =>
  typeof method === "string" && Object.hasOwn(Methods.questions, method)

/** Sends a request until its result is final. */
export const run = <E>(rounds: Rounds<E>): Effect.Effect<JsonRpc.Params, E | McpError | InvalidResponse> =>
  round(rounds, rounds.params, 0)

const round = <E>(
  rounds: Rounds<E>,
  params: JsonRpc.Params,
  asked: number
): Effect.Effect<JsonRpc.Params, E | McpError | InvalidResponse> =>
  Effect.flatMap(rounds.exchange(params), (result) => {
    const { isExtended, method } = rounds
    const type = result["resultType"]
    if (type === undefined || type === "complete" || isExtended(type)) return Effect.succeed(result)
    if (type !== "input_required" || !mayAsk(method)) {
      return invalid(
        method,
        `a result of the type ${JSON.stringify(type)}, which this client does not know`,
        "resultType"
      )
    }
    if (asked >= rounds.maxRounds) {
      return invalid(method, `the server still asks for input after ${asked} rounds`, "resultType")
    }
    return Effect.flatMap(again(rounds, result), (next) => round(rounds, next, asked + 1))
  })

/** The params of the next round: the original ones, the answers, and the state exactly as it came. */
const again = <E>(
  rounds: Rounds<E>,
  result: JsonRpc.Params
): Effect.Effect<JsonRpc.Params, McpError | InvalidResponse> => {
  const { method, params } = rounds
  const asks = result["inputRequests"]
  const stated = Object.hasOwn(result, "requestState")
  const { inputResponses: _answers, requestState: _state, ...original } = params
  const next = stated ? { ...original, requestState: result["requestState"] } : original
  if (asks === undefined) {
    return stated
      ? Effect.succeed<JsonRpc.Params>(next)
      : invalid(
          method,
          "input is required, but the server says neither which nor gives a state",
          "inputRequests"
        )
  }
  if (!JsonRpc.isObject(asks)) return invalid(method, '"inputRequests" must be an object', "inputRequests")
  const answers = Effect.forEach(
    Object.entries(asks),
    ([key, ask]) => Effect.map(answerTo(rounds, key, ask), (answer) => [key, answer] as const),
    { concurrency: "unbounded" }
  )
  return Effect.map(rounds.paused(answers), (entries): JsonRpc.Params => ({
    ...next,
    inputResponses: Object.fromEntries(entries)
  }))
}

const answerTo = <E>(
  { answer, method }: Rounds<E>,
  key: string,
  ask: unknown
): Effect.Effect<JsonRpc.Params, McpError | InvalidResponse> => {
  const asked = JsonRpc.isObject(ask) ? ask["method"] : undefined
  if (!JsonRpc.isObject(ask) || !isQuestion(asked)) {
    return invalid(
      method,
      `an input request must elicit, sample or list roots, not ${JSON.stringify(asked)}`,
      "inputRequests",
      key
    )
  }
  const { params } = ask
  return answer(asked, JsonRpc.isObject(params) ? params : {})
}

const invalid = (method: string, what: string, ...path: ReadonlyArray<string>) =>
  Effect.fail(new InvalidResponse({ message: `${method}: ${what}`, method, path }))
