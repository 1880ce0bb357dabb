/**
 * The revisions with sessions over HTTP, 2025-03-26 … 2025-11-25: a session begins with `initialize` and is named in
 * a header from then on. That a connection broke cancels nothing.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Outbox } from "../../Connection.ts"
import type { Head } from "../../http/Exchange.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as McpError from "../../protocol/McpError.ts"
import * as Revisions from "../../protocol/Revisions.ts"
import { Release } from "../../server/Detach.ts"
import { field } from "../Headers.ts"
import * as Event from "./Event.ts"
import * as Expiry from "./Expiry.ts"
import { cursor, type Lane } from "./Lane.ts"
import type { Out, Sink } from "./Out.ts"
import { PostAnswer } from "./PostAnswer.ts"
import * as Replies from "./Replies.ts"
import type { Session, Sessions } from "./Sessions.ts"
import {
  busy,
  type Caller,
  expectsAnswer,
  isBatch,
  isInitialize,
  mayForbid,
  type Posted,
  type Shared,
  track
} from "./Shared.ts"

export interface Exchange<R> {
  readonly shared: Shared<R>
  readonly sessions: Sessions<R>
  readonly caller: Caller<R>
  readonly head: Head
  readonly out: Out
}

export const post = <R>(exchange: Exchange<R>, posted: Posted): void => {
  const { caller, head, out, sessions } = exchange
  if (!isSpoken(head)) return out.reply(unspoken(head))
  const id = head.header(field.sessionId)
  if (id === undefined && isInitialize(posted)) {
    const full = sessions.full(caller.identity)
    return full === undefined ? begin(exchange, posted) : out.reply(Replies.busy(full))
  }
  const session = find(exchange)
  if (session !== undefined) answer(exchange, session, posted)
}

/** Opens the stream for what belongs to no request, or takes up another one where its client lost it. */
export const get = <R>(exchange: Exchange<R>): void => {
  const { head, out } = exchange
  if (!isSpoken(head)) return out.reply(unspoken(head))
  const session = find(exchange)
  if (session === undefined) return
  const last = head.header(field.lastEventId)
  if (last !== undefined) return resume(exchange, session, last)
  const lane = session.standalone
  open(exchange, session, lane)
  if (session.primes) lane.prime()
  session.listen(exchange.caller)
}

export const remove = <R>(exchange: Exchange<R>): void => {
  if (!isSpoken(exchange.head)) return exchange.out.reply(unspoken(exchange.head))
  const session = find(exchange)
  if (session === undefined) return
  exchange.caller.fork(exchange.sessions.drop(session))
  exchange.out.reply(Replies.empty(200))
}

/** The session the request names. Where there is none, the request is answered. */
const find = <R>({ caller, head, out, sessions, shared }: Exchange<R>): Session<R> | undefined => {
  const id = head.header(field.sessionId)
  if (id === undefined) {
    out.reply(Replies.refuse(400, missing))
    return undefined
  }
  const session = sessions.get(id, caller.identity)
  if (session === undefined)
    out.reply(Replies.refuse(404, "There is no such session: begin one with initialize"))
  else session.used = shared.clock.currentTimeMillisUnsafe()
  return session
}

const missing =
  "The request belongs to no session: it needs the header Mcp-Session-Id, or the protocol version and the client's " +
  'capabilities in "_meta"'

const begin = <R>({ caller, out, sessions, shared }: Exchange<R>, posted: Posted): void => {
  const begun = Effect.flatMap(sessions.make(caller.identity), (session) =>
    Effect.flatMap(accept(session, posted), (response) => {
      if (session.peer.revision() === undefined) {
        out.reply(Replies.answer(400, response, shared.log))
        return session.end
      }
      sessions.keep(session)
      const { body, headers, status } = Replies.answer(200, response, shared.log)
      out.reply({ status, headers: { ...headers, [field.sessionId]: session.id }, body })
      return Effect.void
    })
  )
  // Nothing is said before a session has begun.
  track(shared.running, caller.fork(Effect.provideService(begun, Outbox, mute)))
}

const mute = Outbox.of({ say: () => Effect.void })

const answer = <R>({ caller, out, shared }: Exchange<R>, session: Session<R>, posted: Posted): void => {
  if (!expectsAnswer(posted)) {
    const heard = Effect.provideService(accept(session, posted), Outbox, mute)
    const fiber = caller.fork(heard)
    const exit = fiber.pollUnsafe()
    const refused = exit?._tag === "Success" ? exit.value : undefined
    out.reply(Replies.answer(400, refused, shared.log))
    return track(session.running, fiber)
  }
  const full = busy(shared)
  if (full !== undefined) return out.reply(full)
  const { clock } = shared
  const answering = new PostAnswer(session, out, shared)
  const outbox = answering.outbox((effect) => Effect.provideContext(effect, caller.services))
  const work = Effect.flatMap(
    Effect.updateContext(accept(session, posted), (context: Context.Context<R>) =>
      Context.add(Context.add(context, Release, answering.release), Outbox, outbox)
    ),
    (responses) => answering.finish(responses)
  )
  const stopped = Effect.onInterrupt(work, () =>
    answering.finish(
      JsonRpc.failure(idOf(posted), { code: McpError.code.InternalError, message: "The session ended" })
    )
  )
  const fiber = caller.fork(isBatch(posted) ? stopped : mayForbid(caller, answering, stopped))
  if (fiber.pollUnsafe() !== undefined) return
  answering.late()
  track(shared.running, fiber)
  track(session.running, fiber)
  fiber.addObserver(() => {
    session.used = clock.currentTimeMillisUnsafe()
  })
}

const resume = <R>(exchange: Exchange<R>, session: Session<R>, last: string): void => {
  const { caller, out, shared } = exchange
  const at = cursor(last)
  if (shared.store === undefined || at === undefined) {
    return out.reply(Replies.refuse(400, "Streams of this server cannot be resumed from that event"))
  }
  const live = session.lanes.get(at.key)
  const lane = live ?? session.past(at.key)
  const resumed = Effect.match(
    lane.resume(() => open(exchange, session, lane), at.position),
    {
      onFailure: () => out.reply(Replies.refuse(400, "What came after that event is not kept any more")),
      onSuccess: () => {
        if (!session.lanes.has(at.key)) lane.close()
        else if (lane === session.standalone) session.listen(caller)
      }
    }
  )
  const told = Effect.catchDefect(resumed, (defect) => {
    out.reply(Replies.busy("What was said cannot be looked up now"))
    return Effect.logError("A stream cannot be resumed", defect)
  })
  track(session.running, caller.fork(told))
}

/** Opens a stream that carries the lane from now on: it is attached before anybody can say that it is gone. */
const open = <R>({ caller, out, shared }: Exchange<R>, session: Session<R>, lane: Lane) => {
  const lose = (sink: Sink) => {
    lane.lost(sink)
    session.deafen()
  }
  const opened = out.open(200, Event.headers)
  const expire = (sink: Sink) => {
    lose(sink)
    sink.end()
  }
  // The rest of an answer is no less asked for than its beginning.
  const sink = lane === session.standalone ? Expiry.limit(caller, opened, expire) : opened
  lane.attach(sink, shared.clock.currentTimeMillisUnsafe())
  out.onGone(() => {
    lose(sink)
    sink.end()
  })
  return sink
}

const accept = <R>({ peer }: Session<R>, posted: Posted) =>
  isBatch(posted) ? peer.accept(posted) : peer.send(posted)

const idOf = (posted: Posted): JsonRpc.Id | undefined =>
  !isBatch(posted) && JsonRpc.isRequest(posted) ? posted.id : undefined

/** A version that is not named is the one the session has. */
export const isSpoken = ({ header }: Head): boolean => {
  const version = header(field.protocolVersion)
  return version === undefined || Revisions.findStateful(version) !== undefined
}

export const unspoken = ({ header }: Head) =>
  Replies.refuse(
    400,
    `MCP-Protocol-Version ${header(field.protocolVersion)} is no revision with sessions: use one of ${Revisions.all
      .filter(({ era }) => era === "stateful")
      .map(({ version }) => version)
      .join(", ")}`
  )
