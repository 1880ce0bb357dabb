/**
 * The server side of a duplex channel: every text that arrives goes to the peer, every answer is written back.
 *
 * A call that does not suspend is answered in the turn it arrived in, without a queue and without a second fiber.
 * Requests are in flight together; the notifications of one request leave before its response because both are
 * posted where they arise.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { Outbox } from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import * as Answers from "./Answers.ts"
import type { Channel } from "./Channel.ts"
import { flat } from "./Flat.ts"
import type { BadLine } from "./Lines.ts"

/** What is served: something that takes any JSON value, and what it says unprompted. */
export interface Served<out R> {
  readonly accept: (value: unknown) => Effect.Effect<Answers.Answers, never, R | Outbox>
  readonly inbox: Stream.Stream<JsonRpc.Message, never, R>
  /** Answers what would never end by itself. */
  readonly end: Effect.Effect<void>
}

/** How long last answers may take to be made, and then to leave, once the input has ended. */
const farewell = "1 second"

/**
 * Serves until the channel's input ends. By then the calls in flight have been interrupted and their finalizers have
 * run; so too when the effect itself is interrupted. While the peer does not read, it is not listened to either.
 */
export const serve = Effect.fnUntraced(function* <R>(peer: Served<R>, channel: Channel) {
  const services = yield* Effect.context<R>()
  const say = (message: JsonRpc.Message) =>
    Effect.suspend(() => {
      channel.post(JSON.stringify(message))
      return channel.room
    })
  const context = flat(Context.add(services, Outbox, { say }))
  const desk = open(peer, channel, Effect.runForkWith(context))
  yield* Effect.scoped(
    Effect.andThen(
      Effect.forkScoped(Stream.runForEach(peer.inbox, say)),
      Effect.ensuring(desk.listen, desk.close)
    )
  )
  yield* Effect.timeoutOption(channel.flush, farewell)
})

const open = <R>(
  peer: Served<R>,
  channel: Channel,
  fork: <A>(effect: Effect.Effect<A, never, R | Outbox>) => Fiber.Fiber<A>
) => {
  const inFlight = new Set<Fiber.Fiber<Answers.Answers>>()
  const held: Array<() => void> = []

  const answer = (exit: Exit.Exit<Answers.Answers>) => {
    if (Exit.isFailure(exit)) complain(exit.cause)
    else if (exit.value !== undefined) channel.post(Answers.writeAll(exit.value, fork))
  }
  /** Unless our own code is wrong, the only failure is the interruption of a call in flight. */
  const complain = (cause: Cause.Cause<never>) => {
    if (!Cause.hasInterruptsOnly(cause)) fork(Effect.logError("No answer", cause))
  }
  const receive = (text: string) => {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return refuse(JsonRpc.parseError.message)
    }
    const fiber = fork(peer.accept(value))
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return answer(exit)
    inFlight.add(fiber)
    fiber.addObserver((late) => {
      inFlight.delete(fiber)
      answer(late)
    })
  }
  const refuse = (message: string) => {
    channel.post(JSON.stringify(JsonRpc.failure(undefined, { code: McpError.code.ParseError, message })))
  }
  /** Holds back what arrived in one piece with requests whose answers have filled the channel. */
  const inTurn = (work: () => void) => {
    if (held.length === 0 && !channel.full()) return work()
    held.push(work)
    if (held.length > 1) return
    channel.pause()
    fork(catchUp)
  }
  const catchUp: Effect.Effect<void> = Effect.suspend(() =>
    Effect.flatMap(channel.room, () => {
      let next = 0
      while (next < held.length && !channel.full()) held[next++]?.()
      held.splice(0, next)
      if (held.length > 0) return catchUp
      channel.resume()
      return Effect.void
    })
  )
  return {
    listen: Effect.callback<void>((resume) =>
      channel.open({
        text: (text) => inTurn(() => receive(text)),
        bad: (why) => inTurn(() => refuse(reproach[why])),
        end: () => resume(Effect.void)
      })
    ),
    close: Effect.suspend(() => {
      held.length = 0
      return Effect.andThen(Effect.timeoutOption(peer.end, farewell), Fiber.interruptAll(inFlight))
    })
  }
}

const reproach: Record<BadLine, string> = {
  "too long": "Parse error: the line is longer than this server reads",
  "not UTF-8": "Parse error: the line is not UTF-8"
}
