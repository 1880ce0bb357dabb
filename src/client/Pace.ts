/**
 * How much a server may ask. A person can answer only so much, and a model costs money: a server that asks without
 * end, by accident or to wear somebody down, is refused before anybody hears of it.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#security-considerations
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as McpError from "../protocol/McpError.ts"
import type { Answer } from "./Answer.ts"

/** `Infinity` switches a limit off. */
export interface Options {
  /** How many questions are answered at a time; others wait. Default: 32. */
  readonly open?: number
  /** How many questions may be asked in a minute, or wait. More are answered with an error. Default: 300. */
  readonly perMinute?: number
}

const minute = 60_000

export const limited = (answer: Answer, { open = 32, perMinute = 300 }: Options = {}): Answer => {
  const turns = Number.isFinite(open) ? Semaphore.makeUnsafe(open) : undefined
  let asked = 0
  let since = Number.NEGATIVE_INFINITY
  let unanswered = 0
  const admits = (now: number): boolean => {
    if (now - since >= minute) {
      since = now
      asked = 0
    }
    return ++asked <= perMinute && unanswered < perMinute
  }
  return (method, params) => {
    if (method === "ping") return answer(method, params)
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (!admits(now)) return Effect.fail(tooMany(method, perMinute))
      unanswered++
      const answered = answer(method, params)
      return Effect.ensuring(
        turns === undefined ? answered : turns.withPermits(1)(answered),
        Effect.sync(() => {
          unanswered--
        })
      )
    })
  }
}

const tooMany = (method: string, perMinute: number) =>
  McpError.make(
    McpError.code.InternalError,
    `${method}: this client answers at most ${perMinute} questions a minute`
  )
