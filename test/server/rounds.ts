/** A client that goes through the rounds of a call whose handler asks. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Ask from "../../src/server/Ask.ts"
import type { Invocation } from "../../src/server/Invocation.ts"
import type { Result } from "../../src/server/Part.ts"
import { call, modern, peerOf, serving } from "./peers.ts"

/** An entry of `inputRequests`. */
export interface Asked {
  readonly params: { readonly message: string }
}

export type Failure = McpError.McpError | Ask.Declined | Ask.Cancelled

export const Word = Schema.Struct({ word: Schema.String })
export const askWord = (message: string) => Effect.map(Ask.elicit(message, Word), ({ word }) => word)
export const handled = <A, E extends Failure>(
  effect: Effect.Effect<A, E, Invocation>
): Effect.Effect<Result, McpError.McpError, Invocation> =>
  Effect.matchEffect(effect, {
    onSuccess: (value) => Effect.succeed({ value }),
    onFailure: (error: Failure) =>
      error instanceof McpError.McpError ? Effect.fail(error) : Effect.succeed({ tag: error._tag })
  })

export const _meta = modern({ elicitation: {}, sampling: {}, roots: {} })
export const word = (text: string) => ({ action: "accept", content: { word: text } })

/** Calls a tool as a client does, answering by the message of each question; counts the rounds. */
export const converse = <A, E extends Failure>(
  effect: Effect.Effect<A, E, Invocation>,
  answers: { readonly [message: string]: JsonRpc.Params | undefined }
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { accept } = yield* peerOf(serving(() => handled(effect)))
      const rounds: Array<ReadonlyArray<string>> = []
      let more: JsonRpc.Params = {}
      for (let id = 1; id < 10; id++) {
        const answer = yield* accept(call(id, { _meta, ...more }))
        if (answer.result?.resultType !== "input_required") return { ...answer, rounds }
        const asked = Object.entries<Asked>(answer.result.inputRequests)
        rounds.push(asked.map(([, question]) => question.params.message))
        const inputResponses = Object.fromEntries(
          asked.flatMap(([key, question]) => {
            const given = answers[question.params.message]
            return given === undefined ? [] : [[key, given]]
          })
        )
        more = { inputResponses, requestState: answer.result.requestState }
      }
      return assert.fail("asked for too long")
    })
  )
