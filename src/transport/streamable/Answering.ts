/**
 * The answer to one request while it is being made. Nothing said on the way: one JSON object. Otherwise a stream, from
 * the first thing said on, or once the client has waited long enough to wonder.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type { Outbox } from "../../Connection.ts"
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Answers from "../Answers.ts"
import type { Log } from "../Answers.ts"
import * as Event from "./Event.ts"
import type { Out, Sink } from "./Out.ts"
import * as Replies from "./Replies.ts"
import type { Refusal, Shared } from "./Shared.ts"
import type { Watched } from "./Watch.ts"

/**
 * How requests are answered. `auto`: JSON, unless something is said on the way or the answer takes longer than proxies
 * wait. `json`: always JSON, and what is said on the way is lost. `sse`: always a stream.
 */
export type ResponseMode = "auto" | "json" | "sse"

export class Answering {
  refusal: Refusal | undefined
  private readonly out: Out
  private readonly mode: ResponseMode
  private readonly watched: Watched
  private readonly log: Log
  private readonly lost: Shared<never>["lost"]
  private sink: Sink | undefined
  private gone = false

  constructor(
    out: Out,
    mode: ResponseMode,
    { log, lost, watched }: Pick<Shared<never>, "log" | "lost" | "watched">
  ) {
    this.out = out
    this.mode = mode
    this.watched = watched
    this.log = log
    this.lost = lost
  }

  readonly say: Outbox["Service"]["say"] = (message) =>
    Effect.suspend(() => {
      if (this.gone) return Effect.void
      if (this.mode === "json") return this.lost(message)
      const sink = this.stream()
      sink.write(Event.message(JSON.stringify(message)))
      return sink.full() ? sink.room : Effect.void
    })

  /**
   * Waits for the answer, which may be there in this turn. Until it is the client may go away: then `gone` is called,
   * and nothing is answered.
   */
  settle(
    fiber: Fiber.Fiber<Answers.Answers>,
    statusOf: (answers: Answers.Answers) => number,
    id: JsonRpc.Id | undefined,
    gone: () => void
  ): void {
    const finish = (exit: Exit.Exit<Answers.Answers>) =>
      Exit.isSuccess(exit)
        ? this.finish(exit.value, statusOf(exit.value))
        : this.finish(Replies.stopped(id), 503)
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return finish(exit)
    this.late()
    fiber.addObserver((late) => {
      if (!this.gone) finish(late)
    })
    this.out.onGone(() => {
      this.abandon()
      gone()
    })
  }

  /** The request is not answered in the turn it came in: a stream is begun when it takes long. */
  private late(): void {
    if (this.mode !== "json" && this.sink === undefined) this.watched.wait(this.begin)
  }

  /** Ends with the response, or those of a batch; without one if the request was cancelled. */
  private finish(answers: Answers.Answers, status: number): void {
    this.watched.begun(this.begin)
    if (this.sink === undefined && this.mode !== "sse") {
      this.out.reply(Replies.refusedAs(this.refusal, Replies.answer(status, answers, this.log)))
      return
    }
    const sink = this.stream()
    for (const response of Answers.each(answers)) sink.write(Event.message(Answers.write(response, this.log)))
    this.watched.forget(sink)
    sink.end()
  }

  /** The client is gone: nothing is left to be watched. */
  private abandon(): void {
    this.gone = true
    this.watched.begun(this.begin)
    if (this.sink !== undefined) this.watched.forget(this.sink)
  }

  private readonly begin = (): void => void this.stream()

  private stream(): Sink {
    if (this.sink !== undefined) return this.sink
    this.watched.begun(this.begin)
    const sink = this.out.open(200, Event.headers)
    this.watched.add(sink)
    this.sink = sink
    return sink
  }
}
