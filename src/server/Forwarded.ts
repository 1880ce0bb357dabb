/**
 * Results that ask by themselves, as those of low-level handlers and of servers behind a proxy. What they ask is held
 * to the rules of the protocol, and the state they give is sealed like ours: it comes back as it was, or not at all.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr#server-requirements-basic-workflow
 */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Request } from "./Invocation.ts"
import * as Journal from "./Journal.ts"
import type { Result } from "./Part.ts"
import { isQuestion, refusal } from "./Question.ts"

/** Checks what a result asks, and seals what it wants to find again. A result that breaks the rules is a defect. */
export const sealed = (
  result: Result,
  journal: Journal.Journal,
  request: Request["Service"],
  audience: string
): Effect.Effect<Result, McpError.McpError> => {
  const { inputRequests, requestState } = result
  const why = problem(inputRequests, requestState)
  if (why !== undefined) return Effect.die(new Error(`${request.method}: ${why}`))
  for (const question of Object.values(inputRequests ?? {}).filter(isQuestion)) {
    const refused = refusal(question, request.meta.clientCapabilities)
    if (refused !== undefined) return Effect.fail(refused)
  }
  const remembered = journal.answers.size > 0 || journal.done.size > 0
  // Without anything to remember the answers go to the handler as they are.
  if (requestState === undefined && !remembered) return Effect.succeed(result)
  const forwarded = requestState === undefined ? null : String(requestState)
  return Effect.map(Journal.seal({ ...journal, asked: [], forwarded }, request, audience), (state) => ({
    ...result,
    requestState: state
  }))
}

const problem = (inputRequests: unknown, requestState: unknown): string | undefined => {
  if (inputRequests === undefined && requestState === undefined) {
    return "a result that needs input has inputRequests, requestState or both"
  }
  if (requestState !== undefined && typeof requestState !== "string") return "requestState is a string"
  if (inputRequests === undefined) return undefined
  return JsonRpc.isObject(inputRequests) && Object.values(inputRequests).every(isQuestion)
    ? undefined
    : "inputRequests has requests for elicitation, sampling or roots, each under a key"
}

/** The retry as the handler expects it: with the state it gave; the answers to our own questions are not its. */
export const reopened = (
  request: Request["Service"],
  forwarded: Journal.Journal["forwarded"]
): Request["Service"] => {
  const { inputResponses, requestState: _, ...params } = request.params
  if (forwarded === undefined) return { ...request, params }
  return {
    ...request,
    params: {
      ...params,
      ...(forwarded === null ? {} : { requestState: forwarded }),
      ...(inputResponses === undefined ? {} : { inputResponses })
    }
  }
}
