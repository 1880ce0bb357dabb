/**
 * Clients of 2025-03-26 … 2025-11-25 without sessions: every request is served by itself, by whichever process it
 * reaches. Such a client cannot be asked, cannot cancel, and is told nothing unprompted.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Outbox } from "../../Connection.ts"
import type { Head } from "../../http/Exchange.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as McpError from "../../protocol/McpError.ts"
import * as Revisions from "../../protocol/Revisions.ts"
import * as Peer from "../../server/Session.ts"
import { field } from "../Headers.ts"
import { Answering } from "./Answering.ts"
import * as Legacy from "./Legacy.ts"
import type { Out } from "./Out.ts"
import * as Replies from "./Replies.ts"
import {
  type Caller,
  expectsAnswer,
  isBatch,
  isInitialize,
  mayForbid,
  type Posted,
  type Shared,
  track
} from "./Shared.ts"

/** What a client speaks that does not say so. */
const assumed = "2025-03-26"

export const post = <R>(shared: Shared<R>, caller: Caller<R>, head: Head, posted: Posted, out: Out): void => {
  if (!Legacy.isSpoken(head)) return out.reply(Legacy.unspoken(head))
  if (!expectsAnswer(posted)) return out.reply(Replies.accepted)
  if (shared.running.size >= shared.limits.requests) {
    return out.reply(Replies.busy(`${shared.limits.requests} requests are being answered already`))
  }
  const answering = new Answering(out, shared.mode, shared.watched)
  const peer = Peer.connect(shared.server, optionsFor(head, posted))
  const accepted = Effect.scoped(
    Effect.flatMap(peer, ({ accept, send }) => (isBatch(posted) ? accept(posted) : send(posted)))
  )
  const heard = Effect.provideService(accepted, Outbox, answering)
  const fiber = caller.fork(isBatch(posted) ? heard : mayForbid(caller, answering, heard))
  const finish = (exit: Exit.Exit<Replies.Responses>) => {
    const answer = Exit.isSuccess(exit) ? exit.value : stopped
    answering.finish(answer, Exit.isSuccess(exit) ? Replies.stateful(answer).status : 503)
  }
  const exit = fiber.pollUnsafe()
  if (exit !== undefined) return finish(exit)
  answering.late()
  let gone = false
  track(shared.running, fiber)
  out.onGone(() => {
    gone = true
    answering.abandon()
  })
  fiber.addObserver((late) => {
    if (!gone) finish(late)
  })
}

const optionsFor = ({ header }: Head, posted: Posted): Peer.Options => {
  const revision = Revisions.findStateful(header(field.protocolVersion) ?? assumed)
  return isInitialize(posted) || revision === undefined ? {} : { revision }
}

const stopped = JsonRpc.failure(undefined, {
  code: McpError.code.InternalError,
  message: "The server is shutting down"
})
