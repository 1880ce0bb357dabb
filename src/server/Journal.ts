/** What a suspended call remembers between its rounds, and how it travels: sealed, bound to its request, bounded. */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import { Limits } from "../transport/Limits.ts"
import type { Request } from "./Invocation.ts"
import { canonical } from "./Question.ts"
import * as RequestState from "./RequestState.ts"

/** An encoded result, and the names under which the work asked and did other work. */
export type Done = readonly [result: unknown, names: ReadonlyArray<string>]

export interface Journal {
  /** The client's answers so far. */
  readonly answers: ReadonlyMap<string, unknown>
  /** What must run only once and did. */
  readonly done: ReadonlyMap<string, Done>
  /** The questions the client was asked last. */
  readonly asked: ReadonlyArray<string>
  /** The handler asked by itself: the state it gave, or `null` if it gave none. */
  readonly forwarded?: string | null
}

export const blank: Journal = { answers: new Map(), done: new Map(), asked: [] }

/** The journal with the client's answers. Only what was asked last round is accepted. */
export const answered = (journal: Journal, responses: JsonRpc.Params): Journal => {
  const answers = new Map(journal.answers)
  for (const key of journal.asked) {
    if (Object.hasOwn(responses, key)) answers.set(key, responses[key])
  }
  return { ...journal, answers }
}

/** The journal in the shape in which it is sealed. */
interface Written {
  readonly answers: ReadonlyArray<readonly [string, unknown]>
  readonly done: ReadonlyArray<readonly [string, Done]>
  readonly asked: ReadonlyArray<string>
  readonly forwarded?: string | null
}

/** Fails when the call remembers more than `Limits.requestStateBytes`. */
export const seal = (
  { answers, done, ...rest }: Journal,
  request: Request["Service"],
  audience: string
): Effect.Effect<string, McpError.McpError> =>
  Effect.flatMap(Limits, ({ requestStateBytes }) => {
    const written: Written = { answers: [...answers], done: [...done], ...rest }
    if (JSON.stringify(written).length > requestStateBytes) {
      const why = `This call remembers more than ${requestStateBytes} bytes between its rounds`
      return Effect.fail(McpError.make(McpError.code.InternalError, why))
    }
    return Effect.flatMap(RequestState.RequestState, ({ seal }) =>
      Effect.flatMap(RequestState.Caller, (caller) => seal(binding(request, audience, caller), written))
    )
  })

export const open = (
  request: Request["Service"],
  audience: string,
  token: string
): Effect.Effect<Journal, McpError.McpError> =>
  Effect.flatMap(RequestState.RequestState, ({ open }) =>
    Effect.flatMap(RequestState.Caller, (caller) =>
      Effect.map(open(binding(request, audience, caller), token), (state) => {
        // Nobody but us can have written what opens.
        const { answers, done, ...rest } = state as Written
        return { ...rest, answers: new Map(answers), done: new Map(done) }
      })
    )
  )

/** The request a state belongs to: everything but what differs from round to round. */
const binding = ({ method, params }: Request["Service"], audience: string, caller: string): string => {
  const { _meta: _, inputResponses: _responses, requestState: _state, ...salient } = params
  return canonical([audience, caller, method, salient])
}
