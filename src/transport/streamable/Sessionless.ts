/**
 * Clients of 2025-03-26 … 2025-11-25 without sessions: every request is served by itself, by whichever process it
 * reaches. Such a client cannot be asked, cannot cancel, and is told nothing unprompted.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management
 */
import * as Effect from "effect/Effect"
import { Outbox } from "../../Connection.ts"
import type { Head } from "../../http/Exchange.ts"
import * as Revisions from "../../protocol/Revisions.ts"
import * as Peer from "../../server/Session.ts"
import { field } from "../Headers.ts"
import { Answering } from "./Answering.ts"
import * as Legacy from "./Legacy.ts"
import type { Out } from "./Out.ts"
import * as Replies from "./Replies.ts"
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

/** What a client speaks that does not say so. */
const assumed = "2025-03-26"

export const post = <R>(shared: Shared<R>, caller: Caller<R>, head: Head, posted: Posted, out: Out): void => {
  if (!Legacy.isSpoken(head)) return out.reply(Legacy.unspoken(head))
  const options = optionsFor(head, posted)
  const isRefused = isBatch(posted) && options.revision?.batches !== true
  if (!isRefused && !expectsAnswer(posted)) return out.reply(Replies.accepted)
  const full = busy(shared)
  if (full !== undefined) return out.reply(full)
  const answering = new Answering(out, shared.mode, shared)
  const peer = Peer.connect(shared.server, options)
  const accepted = Effect.scoped(
    Effect.flatMap(peer, ({ accept, send }) => (isBatch(posted) ? accept(posted) : send(posted)))
  )
  const heard = Effect.provideService(accepted, Outbox, answering)
  const fiber = caller.fork(isBatch(posted) ? heard : mayForbid(caller, answering, heard))
  track(shared.running, fiber)
  // Disconnection is no cancellation: the request goes on, for nobody.
  answering.settle(fiber, Replies.statefulStatus, undefined, () => {})
}

const optionsFor = ({ header }: Head, posted: Posted): Peer.Options => {
  const revision = Revisions.findStateful(header(field.protocolVersion) ?? assumed)
  return isInitialize(posted) || revision === undefined ? {} : { revision }
}
