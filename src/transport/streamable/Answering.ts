/**
 * The answer to one request while it is being made. Nothing said on the way: one JSON object. Otherwise a stream, from
 * the first thing said on, or once the client has waited long enough to wonder.
 */
import * as Effect from "effect/Effect"
import type { Outbox } from "../../Connection.ts"
import * as Kept from "../../protocol/Kept.ts"
import * as Event from "./Event.ts"
import type { Out, Sink } from "./Out.ts"
import * as Replies from "./Replies.ts"
import type { Refusal } from "./Shared.ts"
import type { Watched } from "./Watch.ts"

/**
 * How requests are answered. `auto`: JSON, unless something is said on the way or the answer takes longer than proxies
 * wait. `json`: always JSON, and what is said on the way is lost. `sse`: always a stream.
 */
export type ResponseMode = "auto" | "json" | "sse"

export class Answering {
  refusal: Refusal | undefined
  readonly say: Outbox["Service"]["say"]
  private readonly out: Out
  private readonly mode: ResponseMode
  private readonly watched: Watched
  private sink: Sink | undefined

  constructor(out: Out, mode: ResponseMode, watched: Watched) {
    this.out = out
    this.mode = mode
    this.watched = watched
    this.say = (message) =>
      Effect.suspend(() => {
        if (this.mode === "json") return Effect.void
        const sink = this.stream()
        sink.write(Event.message(JSON.stringify(message)))
        return sink.full() ? sink.room : Effect.void
      })
  }

  /** The request is not answered in the turn it came in: a stream is begun when it takes long. */
  late(): void {
    if (this.mode !== "json" && this.sink === undefined) this.watched.wait(this.begin)
  }

  /** Ends with the response, or those of a batch; without one if the request was cancelled. */
  finish(answer: Replies.Responses, status: number): void {
    this.watched.begun(this.begin)
    if (this.sink === undefined && this.mode !== "sse") {
      const reply = answer === undefined ? Replies.accepted : Replies.of(status, answer)
      this.out.reply(Replies.refusedAs(this.refusal, reply))
      return
    }
    const sink = this.stream()
    for (const response of Replies.each(answer)) sink.write(Event.message(Kept.write(response)))
    this.watched.forget(sink)
    sink.end()
  }

  /** The client is gone: nothing is left to be watched. */
  abandon(): void {
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
