/**
 * Every bound of the stack in one place. All are finite by default: what a peer can make us hold, a peer can make us
 * hold too much of.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

export interface Limits {
  /** Longest line on stdio, in bytes. */
  readonly lineBytes: number
  /** How much may wait to be written to a peer that does not read, in bytes, before it is not listened to either. */
  readonly queueBytes: number
  /** Most messages that wait for a client to look at them, and most that wait for one listener of a request. */
  readonly inboxMessages: number
  /** Largest HTTP request body, in bytes. */
  readonly bodyBytes: number
  /** Largest message a client accepts over HTTP, in bytes: an event of a stream, or a body. */
  readonly eventBytes: number
  /** Deepest nesting of objects and arrays in a message; at most a few thousand, which is what a stack holds. */
  readonly depth: number
  /** Most messages in a batch (2025-03-26 only). */
  readonly batchItems: number
  /** How many messages of one batch are answered at a time. */
  readonly batchConcurrency: number
  /** Most requests of one connection being answered at a time. */
  readonly inFlight: number
  /** Most HTTP requests of all clients being answered at a time. */
  readonly requests: number
  /** Most sessions with clients of HTTP at a time. */
  readonly sessions: number
  /** Most sessions of one authenticated caller. */
  readonly sessionsPerCaller: number
  /** How long a session may be unused, with no request running and no stream open, in milliseconds. */
  readonly sessionIdle: number
  /** How long a session may last, in milliseconds. */
  readonly sessionAge: number
  /** How long a client may take to read what waits for it on a stream, in milliseconds. Then the stream is cut. */
  readonly stalled: number
  /** How long the head and the body of an HTTP request may take to arrive, in milliseconds. */
  readonly arrival: number
  /** Most resources one peer is subscribed to. */
  readonly subscriptions: number
  /** Longest URI of a subscription, in characters. */
  readonly uriLength: number
  /** Largest journal of a suspended call before it is sealed, in bytes of JSON. */
  readonly requestStateBytes: number
  /** Most rounds of questions one call may take from a peer that keeps its connection. */
  readonly rounds: number
  /** How long a peer that keeps its connection may take to answer a question or a ping, in milliseconds. */
  readonly answering: number
}

export const defaults: Limits = {
  lineBytes: 10 * 1024 * 1024,
  queueBytes: 1024 * 1024,
  inboxMessages: 1024,
  bodyBytes: 4 * 1024 * 1024,
  eventBytes: 16 * 1024 * 1024,
  depth: 1000,
  batchItems: 100,
  batchConcurrency: 16,
  inFlight: 256,
  requests: 10_000,
  sessions: 10_000,
  sessionsPerCaller: 100,
  sessionIdle: 30 * 60_000,
  sessionAge: 24 * 60 * 60_000,
  stalled: 60_000,
  arrival: 30_000,
  subscriptions: 1000,
  uriLength: 8 * 1024,
  requestStateBytes: 256 * 1024,
  rounds: 32,
  answering: 10 * 60_000
}

/** The bounds in force. */
export const Limits = Context.Reference<Limits>("mcp-effect/transport/Limits", {
  defaultValue: () => defaults
})

/**
 * Changes some bounds and keeps the rest.
 *
 * @example
 * ```ts
 * import * as Limits from "mcp-effect/Limits"
 *
 * export const Generous = Limits.layer({ bodyBytes: 32 * 1024 * 1024 })
 * ```
 */
export const layer = (some: Partial<Limits>): Layer.Layer<never> =>
  Layer.succeed(Limits, { ...defaults, ...some })

/** Whether objects and arrays nest deeper than `limit`. Goes no deeper itself, so it survives any nesting. */
export const deeperThan = (limit: number, value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (limit === 0) return true
  if (Array.isArray(value)) return value.some((item) => deeperThan(limit - 1, item))
  for (const key in value) {
    if (deeperThan(limit - 1, (value as { readonly [key: string]: unknown })[key])) return true
  }
  return false
}
