/**
 * The stateless era over HTTP: every POST stands for itself, and closing its stream cancels it.
 *
 * Checks run in one order: what the request must say about itself, headers against body, version, method and
 * capability, arguments.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
import * as Effect from "effect/Effect"
import type { Outbox } from "../../Connection.ts"
import type { Head } from "../../http/Exchange.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as McpError from "../../protocol/McpError.ts"
import type { RequestMeta } from "../../protocol/Meta.ts"
import * as Era from "../../server/Era.ts"
import { Closing } from "../../server/Listen.ts"
import type { Result } from "../../server/Part.ts"
import * as Reply from "../../server/Reply.ts"
import * as Answers from "../Answers.ts"
import { Answering } from "./Answering.ts"
import * as Expiry from "./Expiry.ts"
import * as Mirror from "./Mirror.ts"
import type { Out } from "./Out.ts"
import * as Replies from "./Replies.ts"
import { busy, type Caller, mayForbid, type Shared, track } from "./Shared.ts"

export const post = <R>(
  shared: Shared<R>,
  caller: Caller<R>,
  head: Head,
  message: JsonRpc.Message,
  out: Out
): void => {
  if (JsonRpc.isNotification(message)) return hear(shared, caller, message, out)
  if (JsonRpc.isResponse(message)) {
    return out.reply(Replies.refuse(400, "In 2026-07-28 a client answers questions in the next request"))
  }
  const refused = (error: McpError.McpError) => {
    const response = JsonRpc.failure(message.id, error.fault)
    out.reply(Replies.of(Math.max(400, Replies.statusOf(response)), response))
  }
  const meta = Era.explained(message)
  if (meta instanceof McpError.McpError) return refused(meta)
  const mismatch = Mirror.standard(head, message, meta)
  if (mismatch !== undefined) return refused(mismatch)
  const verdict = Era.supported(message, meta)
  if (verdict._tag === "Refused") return refused(verdict.error)
  const full = busy(shared)
  if (full !== undefined) return out.reply(full)
  answer(shared, caller, message, handled(shared, head, message, meta), out)
}

const handled = <R>(
  { closing, server }: Shared<R>,
  head: Head,
  { id, method, params = {} }: JsonRpc.Request,
  meta: RequestMeta
): Effect.Effect<Result, McpError.McpError, R | Outbox> => {
  const request = { id, method, params, meta }
  const result = server.handle(request)
  if (method === "subscriptions/listen") return Effect.provideService(result, Closing, closing)
  const fields = server.mirrored(request)
  if (fields === undefined) return result
  return Effect.flatMap(fields, (annotated) => {
    const mismatch = Mirror.params(head, annotated, params["arguments"])
    return mismatch === undefined ? result : Effect.fail(mismatch)
  })
}

const answer = <R>(
  shared: Shared<R>,
  caller: Caller<R>,
  request: JsonRpc.Request,
  result: Effect.Effect<Result, McpError.McpError, R | Outbox>,
  out: Out
): void => {
  const subscribes = request.method === "subscriptions/listen"
  // A subscription is nothing but what is said on the way.
  const mode = subscribes ? "auto" : shared.mode
  const answering = new Answering(out, mode, shared)
  const outgoing = new Reply.Outgoing(answering)
  const answered = mayForbid(caller, answering, Reply.answer(request, outgoing, Reply.newest, result))
  const fiber = caller.fork(subscribes && caller.until !== undefined ? expiring(caller, answered) : answered)
  track(shared.running, fiber)
  answering.settle(fiber, statusOf, request.id, () => {
    outgoing.closed = true
    fiber.interruptUnsafe()
  })
}

/**
 * Ends without a response: that would say that the server is done, and the client is meant to come back.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions
 */
const expiring = <R>(
  caller: Caller<R>,
  answered: Effect.Effect<JsonRpc.Response, never, R | Outbox>
): Effect.Effect<Answers.Answers, never, R | Outbox> =>
  Effect.raceFirst(answered, Effect.as(Expiry.wait(caller), undefined))

const statusOf = (answers: Answers.Answers): number => {
  const response = Answers.single(answers)
  return response === undefined ? 200 : Replies.statusOf(response)
}

/** A notification is accepted when it is understood; whether anybody minds it is not the sender's business. */
const hear = <R>(
  shared: Shared<R>,
  caller: Caller<R>,
  { method, params = {} }: JsonRpc.Notification,
  out: Out
): void => {
  const full = busy(shared)
  if (full !== undefined) return out.reply(full)
  out.reply(Replies.accepted)
  track(shared.running, caller.fork(shared.server.hear(method, params)))
}
