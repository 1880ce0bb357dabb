/**
 * One request on its way through a proxy. The server behind may ask in the middle. A client that waits is asked at
 * once. A client of the stateless era cannot be: its request is answered with the questions, the request behind goes
 * on waiting, and the client's next request, which brings the answers, takes it up again.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { Outbox } from "../../Connection.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as McpError from "../../protocol/McpError.ts"
import type { Request } from "../../server/Invocation.ts"
import type { Result } from "../../server/Part.ts"
import { type Question, refusal } from "../../server/Question.ts"

/** Questions that are asked together travel together: so many turns are waited for others. */
const turns = 4

interface Open {
  readonly question: Question
  readonly reply: Deferred.Deferred<JsonRpc.Params, McpError.McpError>
}

export class Call {
  /** Where what the server says about the request goes: to the request that waits for it now. */
  outbox: Outbox["Service"]
  request: Request["Service"]
  readonly token: string
  private readonly open = new Map<string, Open>()
  private asked = Deferred.makeUnsafe<void>()
  private count = 0
  private fiber: Fiber.Fiber<Result, McpError.McpError> | undefined

  constructor(token: string, request: Request["Service"], outbox: Outbox["Service"]) {
    this.token = token
    this.request = request
    this.outbox = outbox
  }

  begin(fiber: Fiber.Fiber<Result, McpError.McpError>): void {
    this.fiber = fiber
  }

  /** The client comes back. What it does not answer is asked again. */
  resume(request: Request["Service"], outbox: Outbox["Service"]): void {
    this.request = request
    this.outbox = outbox
    const answers = request.params["inputResponses"]
    for (const [key, value] of Object.entries(JsonRpc.isObject(answers) ? answers : {})) {
      const { reply } = this.open.get(key) ?? {}
      if (reply === undefined || !JsonRpc.isObject(value)) continue
      this.open.delete(key)
      Deferred.doneUnsafe(reply, Exit.succeed(value))
    }
    this.asked = Deferred.makeUnsafe()
    if (this.open.size > 0) Deferred.doneUnsafe(this.asked, Exit.void)
  }

  /** Puts a question of the server behind to the client in front. */
  ask(question: Question): Effect.Effect<JsonRpc.Params, McpError.McpError> {
    return Effect.suspend(() => {
      const { ask, meta } = this.request
      if (ask !== undefined) return Effect.map(ask.answer(question), asParams)
      const refused = refusal(question, meta.clientCapabilities)
      if (refused !== undefined) return Effect.fail(refused)
      const reply = Deferred.makeUnsafe<JsonRpc.Params, McpError.McpError>()
      const key = `question-${++this.count}`
      this.open.set(key, { question, reply })
      Deferred.doneUnsafe(this.asked, Exit.void)
      // The server behind may take it back.
      return Effect.onInterrupt(Deferred.await(reply), () => Effect.sync(() => this.open.delete(key)))
    })
  }

  /** Waits for the result, or for questions the client has to be asked before there is one. */
  get next(): Effect.Effect<Result, McpError.McpError> {
    const fiber = this.fiber!
    const questions = Deferred.await(this.asked).pipe(
      Effect.andThen(Effect.repeat(Effect.yieldNow, { times: turns })),
      Effect.map((): Result => ({
        resultType: "input_required",
        inputRequests: Object.fromEntries([...this.open].map(([key, { question }]) => [key, question])),
        requestState: this.token
      }))
    )
    // A client that goes away takes the request behind with it.
    return Effect.onInterrupt(Effect.raceFirst(Fiber.join(fiber), questions), () => Fiber.interrupt(fiber))
  }

  get end(): Effect.Effect<void> {
    return this.fiber === undefined ? Effect.void : Fiber.interrupt(this.fiber)
  }
}

const asParams = (answer: unknown): JsonRpc.Params => (JsonRpc.isObject(answer) ? answer : {})
