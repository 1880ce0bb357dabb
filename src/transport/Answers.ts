/** What a peer answers to what it was sent, and its JSON. */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Kept from "../protocol/Kept.ts"
import * as McpError from "../protocol/McpError.ts"
import * as PeerText from "../protocol/PeerText.ts"

/** A response, those of a batch, or nothing. */
export type Answers = JsonRpc.Response | ReadonlyArray<JsonRpc.Response> | undefined

const isMany = (answers: NonNullable<Answers>): answers is ReadonlyArray<JsonRpc.Response> =>
  Array.isArray(answers)

export const each = (answers: Answers): ReadonlyArray<JsonRpc.Response> =>
  answers === undefined ? [] : isMany(answers) ? answers : [answers]

/** The one response, if it is one. */
export const single = (answers: Answers): JsonRpc.Response | undefined =>
  answers === undefined || isMany(answers) ? undefined : answers

/** Runs what there is to log, without anybody waiting for it. */
export type Log = (effect: Effect.Effect<void>) => void

/** A response as JSON. What a handler has put into it that JSON cannot say is a defect of that request, and no more. */
export const write = (response: JsonRpc.Response, log: Log): string => {
  try {
    return Kept.write(response)
  } catch (cause) {
    const reference = globalThis.crypto.randomUUID().slice(0, 8)
    log(
      Effect.logError("A result is not JSON", cause).pipe(
        Effect.annotateLogs({ reference, id: PeerText.line(String(response.id)) })
      )
    )
    return JSON.stringify(JsonRpc.failure(response.id, McpError.internal(reference).fault))
  }
}

/** All there is to answer as one text: an object, or the array of a batch. */
export const writeAll = (answers: NonNullable<Answers>, log: Log): string =>
  isMany(answers) ? `[${answers.map((answer) => write(answer, log)).join(",")}]` : write(answers, log)
