/**
 * How much a server may ask. A person can answer only so much, and a model costs money: a server that asks without
 * end, by accident or to wear somebody down, is refused before anybody hears of it.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#security-considerations
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as McpError from "../protocol/McpError.ts"
import type { Answer } from "./Answer.ts"

/** What is over a limit is answered with an error. `Infinity` switches a limit off. */
export interface Options {
  /** How many questions may be open at a time. Default: 32. */
  readonly open?: number
  /** How many questions may be asked in a minute. Default: 300. */
  readonly perMinute?: number
}

const minute = 60_000

export const limited = (answer: Answer, { open = 32, perMinute = 300 }: Options = {}): Answer => {
  let asked = 0
  let since = Number.NEGATIVE_INFINITY
  let answering = 0
  const admit = (now: number): string | undefined => {
    if (answering >= open) return `at most ${open} questions at a time`
    if (now - since >= minute) {
      since = now
      asked = 0
    }
    return ++asked > perMinute ? `at most ${perMinute} questions a minute` : undefined
  }
  return (method, params) =>
    method === "ping"
      ? answer(method, params)
      : Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const refused = admit(now)
          if (refused !== undefined) {
            return Effect.fail(
              McpError.make(McpError.code.InternalError, `${method}: this client answers ${refused}`)
            )
          }
          answering++
          return Effect.ensuring(
            answer(method, params),
            Effect.sync(() => {
              answering--
            })
          )
        })
}
