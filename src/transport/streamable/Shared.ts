/** What everything that answers requests of one endpoint works with. */
import type * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { Outbox } from "../../Connection.ts"
import { type Guard, Refused, type Reply } from "../../http/Exchange.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import type { Server } from "../../server/Server.ts"
import type * as EventStore from "../EventStore.ts"
import type { Log } from "../Answers.ts"
import type { Limits } from "../Limits.ts"
import type { ResponseMode } from "./Answering.ts"
import * as Replies from "./Replies.ts"
import type { Watched } from "./Watch.ts"

export interface Shared<R> {
  readonly server: Server<R>
  readonly limits: Limits
  readonly mode: ResponseMode
  readonly watched: Watched
  readonly clock: Clock.Clock
  /** Where what was said on streams of sessions is kept, if it is. */
  readonly store: EventStore.EventStore | undefined
  /** Succeeds when the endpoint winds down. */
  readonly closing: Effect.Effect<void>
  /** The requests being answered. */
  readonly running: Set<Fiber.Fiber<unknown>>
  /** Logs in the name of the endpoint. */
  readonly log: Log
  /** Says that a message could not be said, the first time for each method. */
  readonly lost: (message: JsonRpc.Notification | JsonRpc.Request) => Effect.Effect<void>
  /** Visible ASCII that nobody can guess. */
  readonly secret: () => string
}

/** What a body says: one message, or a batch of 2025-03-26 that is not read yet. */
export type Posted = JsonRpc.Message | ReadonlyArray<unknown>

export const isBatch = (posted: Posted): posted is ReadonlyArray<unknown> => Array.isArray(posted)

/** Whether anything in a body calls for a response. What is malformed does. */
export const expectsAnswer = (posted: Posted): boolean =>
  isBatch(posted)
    ? posted.length === 0 || posted.some((item) => !isUnanswered(item))
    : JsonRpc.isRequest(posted)

const isUnanswered = (item: unknown): boolean => {
  const message = JsonRpc.decode(item)
  return !JsonRpc.isInvalid(message) && !JsonRpc.isRequest(message)
}

export const isInitialize = (posted: Posted): boolean =>
  !isBatch(posted) && JsonRpc.isRequest(posted) && posted.method === "initialize"

/** Who sent a request, and what its handlers may use. */
export interface Caller<R> {
  /** An identity that the caller did not choose; "" for anybody. */
  readonly identity: string
  /** When the caller would not be let in any more, in milliseconds since 1970, if ever. */
  readonly until: number | undefined
  /** Runs in the turn it is called in. */
  readonly fork: <A>(effect: Effect.Effect<A, never, R | Outbox>) => Fiber.Fiber<A>
  readonly services: Context.Context<R>
  /** How a request is refused whose handler found scopes missing. */
  readonly forbid: Guard["forbid"]
}

/**
 * Lets a handler that finds scopes missing decide the status of the answer, where that is not sent yet and the caller's
 * guard has a word for it.
 */
export const mayForbid = <A, R>(
  { forbid }: Caller<R>,
  answering: { refusal: Refusal | undefined },
  effect: Effect.Effect<A, never, R | Outbox>
): Effect.Effect<A, never, R | Outbox> =>
  forbid === undefined
    ? effect
    : Effect.provideService(effect, Refused, (needed) => {
        answering.refusal = forbid(needed)
      })

/** Status and headers that a refused request is answered with, whatever the protocol says in the body. */
export type Refusal = Pick<Reply, "status" | "headers">

/** Why another request has to wait, if so. */
export const busy = <R>({ limits, running }: Shared<R>): Reply | undefined =>
  running.size < limits.requests
    ? undefined
    : Replies.busy(`${limits.requests} requests are being answered already`)

/** Keeps a fiber among those that are running until it ends. */
export const track = <A>(running: Set<Fiber.Fiber<unknown>>, fiber: Fiber.Fiber<A>): void => {
  if (fiber.pollUnsafe() !== undefined) return
  running.add(fiber)
  fiber.addObserver(() => void running.delete(fiber))
}
