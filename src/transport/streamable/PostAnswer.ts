/**
 * The answer to one POST of a session. The client may go away and come back: the request goes on, and what is said
 * meanwhile waits where events are kept.
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Outbox } from "../../Connection.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Answers from "../Answers.ts"
import type { ResponseMode } from "./Answering.ts"
import * as Event from "./Event.ts"
import type { Lane } from "./Lane.ts"
import type { Out } from "./Out.ts"
import * as Replies from "./Replies.ts"
import type { Session } from "./Sessions.ts"
import type { Refusal, Shared } from "./Shared.ts"
import type { Watched } from "./Watch.ts"

export class PostAnswer<R> {
  refusal: Refusal | undefined
  private readonly session: Session<R>
  private readonly out: Out
  private readonly mode: ResponseMode
  private readonly clock: Clock.Clock
  private readonly watched: Watched
  private readonly log: Answers.Log
  private readonly lost: Shared<R>["lost"]
  private lane: Lane | undefined
  private gone = false
  private finished = false

  constructor(session: Session<R>, out: Out, { clock, log, lost, mode, watched }: Shared<R>) {
    this.session = session
    this.out = out
    this.mode = mode
    this.watched = watched
    this.log = log
    this.clock = clock
    this.lost = lost
  }

  /** What the request says on the way. A question that this stream cannot carry is put elsewhere. */
  outbox(services: (effect: Effect.Effect<void, never, R>) => Effect.Effect<void>): Outbox["Service"] {
    return {
      say: (message) =>
        Effect.suspend(() => {
          const lane = this.stream()
          if (lane?.heard === true) return lane.say(JSON.stringify(message))
          if (JsonRpc.isRequest(message)) return services(this.session.elsewhere(message))
          return this.mode === "json" ? this.lost(message) : Effect.void
        })
    }
  }

  /**
   * The request is not answered in the turn it came in: a client that can come back is told where to, for others a
   * stream is begun when it takes long.
   */
  late(): void {
    this.out.onGone(() => {
      this.gone = true
      this.watched.begun(this.begin)
    })
    if (this.session.primes) this.stream()
    else if (this.mode !== "json" && this.lane === undefined && !this.gone) this.watched.wait(this.begin)
  }

  /** Lets the connection go if the client can come back; `retry` in milliseconds. */
  readonly release = (retry: number): Effect.Effect<void> =>
    Effect.sync(() => {
      if (this.session.primes) this.stream()?.release(retry)
    })

  /** Answers, once: who is interrupted while the answer leaves has answered. */
  finish(answers: Answers.Answers): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.finished) return Effect.void
      this.finished = true
      this.watched.begun(this.begin)
      const lane = this.mode === "sse" ? this.stream() : this.lane
      if (lane === undefined) {
        if (this.gone) return Effect.void
        const reply = Replies.answer(Replies.statefulStatus(answers), answers, this.log)
        this.out.reply(Replies.refusedAs(this.refusal, reply))
        return Effect.void
      }
      return Effect.andThen(
        Effect.forEach(Answers.each(answers), (response) => lane.say(Answers.write(response, this.log)), {
          discard: true
        }),
        Effect.sync(() => {
          this.session.lanes.delete(lane.key)
          lane.close()
        })
      )
    })
  }

  private readonly begin = (): void => void this.stream()

  /** The stream of this answer, if it is to have one and there is somebody to open it for. */
  private stream(): Lane | undefined {
    if (this.lane !== undefined || this.mode === "json" || this.gone) return this.lane
    this.watched.begun(this.begin)
    const lane = this.session.lane()
    this.lane = lane
    const sink = this.out.open(200, Event.headers)
    lane.attach(sink, this.clock.currentTimeMillisUnsafe())
    this.out.onGone(() => lane.lost(sink))
    if (this.session.primes) lane.prime()
    return lane
  }
}
