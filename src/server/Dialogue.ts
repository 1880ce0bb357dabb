/**
 * Questions in the stateful era: real requests to the client, sent on the way to the answer of one of its own. Their
 * ids are unique in the session. A question that nobody waits for any more is cancelled at the client, too.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import { WebCrypto } from "effect/crypto/WebCrypto"
import type { Outbox } from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Revision } from "../protocol/Revision.ts"
import type { UrlElicitation } from "../protocol/Stateful.ts"
import type { Ask } from "./Ask.ts"
import type { Request } from "./Invocation.ts"
import type { Result, Service } from "./Part.ts"
import { isQuestion, type Question, refusal, within } from "./Question.ts"
import type { Visits } from "./Visits.ts"

type Say = Outbox["Service"]["say"]

export class Dialogue {
  private open: Map<JsonRpc.Id, Deferred.Deferred<JsonRpc.Params, McpError.McpError>> | undefined
  private readonly visits: Visits
  private readonly patience: number
  private begun = Latch.makeUnsafe(false)
  private asked = 0

  /** `patience` is how long an answer may take, in milliseconds. */
  constructor(visits: Visits, patience: number) {
    this.visits = visits
    this.patience = patience
  }

  /** The client is ready to be asked. */
  begin(): void {
    this.begun.openUnsafe()
    this.begun = begun
  }

  /** Sends a request to the client and waits for its result, but not for ever. */
  request(
    say: Say,
    method: string,
    params: JsonRpc.Params
  ): Effect.Effect<JsonRpc.Params, McpError.McpError> {
    return Effect.suspend(() => {
      const id = `ask-${++this.asked}`
      const reply = Deferred.makeUnsafe<JsonRpc.Params, McpError.McpError>()
      const open = (this.open ??= new Map())
      open.set(id, reply)
      const asked = Effect.andThen(say(JsonRpc.request(id, method, params)), Deferred.await(reply))
      const given = Effect.onInterrupt(asked, () =>
        open.delete(id)
          ? say(
              JsonRpc.notification("notifications/cancelled", { requestId: id, reason: "No longer needed" })
            )
          : Effect.void
      )
      return Effect.timeoutOrElse(given, {
        duration: this.patience,
        orElse: () => Effect.fail(unanswered(method, this.patience))
      })
    })
  }

  /** Takes what the client answered. Answers to nothing, and second ones, are ignored. */
  answered(response: JsonRpc.Response): void {
    const reply = response.id === undefined ? undefined : this.open?.get(response.id)
    if (reply === undefined) return
    this.open?.delete(response.id!)
    Deferred.doneUnsafe(
      reply,
      JsonRpc.isFailure(response)
        ? Effect.fail(McpError.fromFault(response.error))
        : Effect.succeed(response.result)
    )
  }

  /** `Ask` for the handler of one request: it waits while the client answers, so it never runs twice. */
  ask(say: Say, revision: Revision, capabilities: JsonRpc.Params): Ask["Service"] {
    const may = <A>(question: Question, then: (question: Question) => Effect.Effect<A, McpError.McpError>) =>
      Effect.suspend(() => {
        // A client may declare what its revision does not have.
        const known = revision.fromServer.requests.has(question.method)
        const refused = refusal(question, known ? capabilities : {})
        return refused === undefined
          ? Effect.andThen(this.begun.await, then(within(question, capabilities)))
          : Effect.fail(refused)
      })
    return {
      answer: (question) =>
        may(question, (asked) =>
          asked.params["mode"] === "url" ? this.send(say, revision, asked) : this.put(say, revision, asked)
        ),
      once: (_name, _schema, effect) => effect,
      defer: (question) => may(question, refer)
    }
  }

  private put(say: Say, revision: Revision, { method, params }: Question) {
    return Effect.map(this.request(say, method, revision.down.ask(method, params)), (answer) =>
      revision.up.answer(method, answer)
    )
  }

  /** Sends the user to a page. Who does not go there need not hear that it is finished. */
  private send(say: Say, revision: Revision, question: Question) {
    return Effect.flatMap(named(question), (named) => {
      const { elicitationId } = named.params
      this.visits.begin(elicitationId)
      return Effect.onExit(this.put(say, revision, named), (exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit) || exit.value["action"] !== "accept") this.visits.finish(elicitationId)
        })
      )
    })
  }
}

/** For all that have begun: a session that is idle need not keep one of its own. */
const begun = Latch.makeUnsafe(true)

const unanswered = (method: string, patience: number) =>
  McpError.make(McpError.code.InternalError, `${method}: the client did not answer within ${patience} ms`)

/** Only 2025-11-25 has a name for what happens at a page. The kernel, which speaks of the newest, may leave it out. */
const named = ({ method, params }: Question) =>
  Effect.map(WebCrypto, (crypto) => {
    const { elicitationId = crypto.randomUUID(), ...rest } = params
    return { method, params: { elicitationId: String(elicitationId), ...rest } }
  })

const refer = (question: Question) =>
  Effect.flatMap(named(question), ({ params }) =>
    // `Ask` makes these questions, with a message and a URL.
    Effect.fail(McpError.urlElicitationRequired([params as unknown as UrlElicitation]))
  )

/**
 * Serves a client that cannot be answered with questions: a result that is one, as those of proxied servers and
 * low-level handlers, is put to the client, and the request is made again with its answers.
 */
export const converse =
  <R>(next: Service<R>, ask: Ask["Service"], rounds: number): Service<R> =>
  (request) =>
    Effect.flatMap(next(request), (result) =>
      result["resultType"] === "input_required"
        ? again(next, ask, rounds, request, result)
        : Effect.succeed(result)
    )

const again = <R>(
  next: Service<R>,
  ask: Ask["Service"],
  rounds: number,
  request: Request["Service"],
  result: Result
): ReturnType<Service<R>> => {
  const questions = Object.entries(JsonRpc.isObject(result["inputRequests"]) ? result["inputRequests"] : {})
  if (rounds === 0 || !questions.every(([, question]) => isQuestion(question))) {
    return Effect.die(new Error(`${request.method}: asks too often, or for what no client can answer`))
  }
  const answers = Effect.forEach(
    questions as ReadonlyArray<[string, Question]>,
    ([key, question]) => Effect.map(ask.answer(question), (answer) => [key, answer] as const),
    { concurrency: "unbounded" }
  )
  return Effect.flatMap(answers, (all) => {
    const { inputResponses: _, requestState: _old, ...params } = request.params
    const { requestState } = result
    const more = {
      inputResponses: Object.fromEntries(all),
      ...(requestState === undefined ? {} : { requestState })
    }
    return converse(next, ask, rounds - 1)({ ...request, params: { ...params, ...more } })
  })
}
