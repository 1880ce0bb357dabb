/**
 * Log messages for the peer. `Effect.log` inside a handler reaches a peer that asked for its level, besides going
 * where the process logs anyway; nothing is sent to a peer that did not ask.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/logging
 * @deprecated Logging is deprecated since 2026-07-28 (SEP-2577) and stays at least until 2027-07-28; new servers
 * should rely on stderr or OpenTelemetry.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Connection from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import { Request } from "./Invocation.ts"

/** The severities of RFC 5424, least severe first. */
export const levels = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency"
] as const
export type Level = (typeof levels)[number]

const severity = new Map<string, number>(levels.map((level, index) => [level, index]))

export const isLevel = (value: unknown): value is Level => typeof value === "string" && severity.has(value)

/** The annotation that names the logger a message comes from: `Effect.annotateLogs(Log.loggerKey, "db")`. */
export const loggerKey = "logger"

const wanted = (level: Level, threshold: string | undefined) =>
  threshold !== undefined && severity.get(level)! >= (severity.get(threshold) ?? levels.length)

/**
 * Sends one message to the peer, if it asked for messages of this level. Use it for severities Effect does not have
 * and for structured data; plain messages are better logged with `Effect.log`.
 */
export const send = (
  level: Level,
  data: unknown,
  logger?: string
): Effect.Effect<void, never, Request | Connection.Outbox> =>
  Effect.flatMap(Request, ({ meta }) =>
    wanted(level, meta.logLevel)
      ? Effect.flatMap(Connection.Outbox, ({ say }) => say(message(level, data, logger)))
      : Effect.void
  )

const message = (level: Level, data: unknown, logger: string | undefined) =>
  JsonRpc.notification(
    "notifications/message",
    logger === undefined ? { level, data } : { level, logger, data }
  )

const ours: { readonly [level: string]: Level } = {
  All: "debug",
  Trace: "debug",
  Debug: "debug",
  Info: "info",
  Warn: "warning",
  Error: "error",
  Fatal: "critical"
}

/** The least severe level of Effect that becomes a message a peer with this threshold wants. */
const effectLevel = (threshold: string) => {
  const rank = severity.get(threshold) ?? levels.length
  return rank === 0 ? "Trace" : rank === 1 ? "Info" : rank <= 3 ? "Warn" : rank === 4 ? "Error" : "Fatal"
}

const order = ["All", "Trace", "Debug", "Info", "Warn", "Error", "Fatal", "None"]

/**
 * Adds the way to the peer to the loggers of one request. Where the peer wants more than the process prints, the
 * loggers of the process keep their own threshold.
 */
export const bridge = <R>(context: Context.Context<R>, threshold: string): Context.Context<R> => {
  const minimum = Context.get(context, References.MinimumLogLevel)
  const lowest = effectLevel(threshold)
  const existing = [...Context.get(context, Logger.CurrentLoggers)]
  const more = order.indexOf(lowest) < order.indexOf(minimum)
  const loggers = new Set<Logger.Logger<unknown, unknown>>(
    more ? existing.map((logger) => atLeast(minimum, logger)) : existing
  )
  loggers.add(toPeer)
  const bridged = Context.add(context, Logger.CurrentLoggers, loggers)
  return more ? Context.add(bridged, References.MinimumLogLevel, lowest) : bridged
}

const atLeast = (minimum: string, logger: Logger.Logger<unknown, unknown>): Logger.Logger<unknown, unknown> =>
  Logger.make((options) => {
    if (order.indexOf(options.logLevel) >= order.indexOf(minimum)) logger.log(options)
  })

/** Speaks in the same turn, so that messages keep their order and none is lost when the handler ends. */
const toPeer = Logger.make<unknown, void>(({ fiber, logLevel, message: said }) => {
  const request = Context.getOrUndefined(fiber.context, Request)
  const outbox = Context.getOrUndefined(fiber.context, Connection.Outbox)
  const level = ours[logLevel]
  if (request === undefined || outbox === undefined || level === undefined) return
  if (!wanted(level, request.meta.logLevel)) return
  const logger = fiber.getRef(References.CurrentLogAnnotations)[loggerKey]
  Effect.runSync(outbox.say(message(level, plain(said), typeof logger === "string" ? logger : undefined)))
})

/** What was logged, as JSON: a single message alone, several as a list; errors by their message only. */
const plain = (said: unknown): unknown => {
  const parts = (Array.isArray(said) ? said : [said]).map(part)
  return parts.length === 1 ? parts[0] : parts
}

const part = (value: unknown): unknown => {
  if (value instanceof Error) return value.message
  if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function")
    return String(value)
  return value === undefined ? null : value
}
