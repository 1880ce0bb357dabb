/**
 * Questions in the stateless era, where a server cannot ask: it can only answer a request with what it wants to
 * know, and be asked again. A handler that has nothing left to do but wait for answers is interrupted, its finalizers
 * run, its open questions are the result, and what it knows so far travels sealed through the client. On the retry
 * it runs again from the top, and what was answered or done before is there at once.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import { Ask } from "./Ask.ts"
import type { Request } from "./Invocation.ts"
import * as Forwarded from "./Forwarded.ts"
import * as Journal from "./Journal.ts"
import type { Result } from "./Part.ts"
import { Round } from "./Round.ts"

type Handle<R> = (request: Request["Service"]) => Effect.Effect<Result, McpError.McpError, R>

/**
 * Runs a handler until it finishes or can only wait for the client. `audience` names the server, so that a state
 * sealed for one is refused by another with the same keys.
 */
export const run = <R>(
  request: Request["Service"],
  handle: Handle<R>,
  audience = ""
): Effect.Effect<Result, McpError.McpError, Exclude<R, Ask>> => {
  const { inputResponses, requestState } = request.params
  if (inputResponses === undefined && requestState === undefined) {
    return play(request, handle, audience, Journal.blank)
  }
  if (inputResponses !== undefined && !JsonRpc.isObject(inputResponses)) {
    return Effect.fail(McpError.invalidParams(`${request.method}: "inputResponses" must be an object`))
  }
  if (requestState !== undefined && typeof requestState !== "string") {
    return Effect.fail(McpError.invalidParams(`${request.method}: "requestState" must be a string`))
  }
  // Answers to nothing that was asked are ignored, like all that is unknown.
  if (requestState === undefined) return play(request, handle, audience, Journal.blank)
  return Effect.flatMap(Journal.open(request, audience, requestState), (journal) =>
    play(
      Forwarded.reopened(request, journal.forwarded),
      handle,
      audience,
      Journal.answered(journal, inputResponses ?? {})
    )
  )
}

/**
 * One round. The handler has a fiber of its own, because it must be possible to interrupt it and go on. A handler
 * that does not suspend has ended before anything else happens.
 */
const play = <R>(
  request: Request["Service"],
  handle: Handle<R>,
  audience: string,
  journal: Journal.Journal
): Effect.Effect<Result, McpError.McpError, Exclude<R, Ask>> =>
  Effect.suspend(() => {
    const round = new Round(journal, request.meta.clientCapabilities)
    const handled = Effect.flatMap(handle(request), (result) =>
      result["resultType"] === "input_required"
        ? Forwarded.sealed(result, round.journal(), request, audience)
        : Effect.succeed(result)
    )
    return Effect.flatMap(
      Effect.forkChild(Effect.provideService(handled, Ask, round), { startImmediately: true }),
      (fiber) =>
        fiber.pollUnsafe() ??
        Effect.onInterrupt(watch(fiber, round, request, audience), () => Fiber.interrupt(fiber))
    )
  })

type Running = Fiber.Fiber<Result, McpError.McpError>

/** Waits until the handler has ended or a round is due. */
const watch = (
  fiber: Running,
  round: Round,
  request: Request["Service"],
  audience: string
): Effect.Effect<Result, McpError.McpError> =>
  Effect.suspend(() => {
    const asked = round.due()
    if (asked === 0)
      return Effect.flatMap(
        change(fiber, round),
        () => fiber.pollUnsafe() ?? watch(fiber, round, request, audience)
      )
    // Siblings of who asked get to ask, too, so that questions that do not depend on each other share a round.
    return Effect.flatMap(
      Effect.yieldNow,
      () =>
        fiber.pollUnsafe() ??
        (round.due() === asked
          ? close(fiber, round, request, audience)
          : watch(fiber, round, request, audience))
    )
  })

const change = (fiber: Running, round: Round): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const changed = () => resume(Effect.void)
    const forget = fiber.addObserver(changed)
    round.onChange(changed)
    return Effect.sync(forget)
  })

/** Interrupts the handler and answers with its questions, unless it has ended in its own way after all. */
const close = (
  fiber: Running,
  round: Round,
  request: Request["Service"],
  audience: string
): Effect.Effect<Result, McpError.McpError> =>
  Effect.suspend(() => {
    const questions = round.close(() => fiber.interruptUnsafe())
    return Effect.flatMap(Fiber.await(fiber), (exit) =>
      Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
        ? Effect.map(Journal.seal(round.journal(), request, audience), (requestState) => ({
            resultType: "input_required",
            inputRequests: Object.fromEntries(questions),
            requestState
          }))
        : exit
    )
  })
