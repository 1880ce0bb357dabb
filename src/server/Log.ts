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
import * as LogLevel from "effect/LogLevel"
import * as References from "effect/References"
import { Outbox } from "../Connection.ts"
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
 *
 * Peers are other people's programs: log no credentials and nothing personal. Of an error only its name is sent, and
 * of a `Redacted` value nothing.
 *
 * @param logger the name of the part of the server that speaks, the same one each time
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Log from "mcp-effect/Log"
 * import * as Tool from "mcp-effect/Tool"
 *
 * export const migrate = Tool.handle(Tool.make("migrate"), () =>
 *   Effect.gen(function* () {
 *     yield* Effect.logInfo("12 tables to go").pipe(Effect.annotateLogs(Log.loggerKey, "db"))
 *     yield* Log.send("notice", { table: "users", rows: 3 }, "db")
 *     return "Done"
 *   })
 * )
 * ```
 */
export const send = (
  level: Level,
  data: unknown,
  logger?: string
): Effect.Effect<void, never, Request | Outbox> =>
  Effect.flatMap(Request, ({ meta }) =>
    wanted(level, meta.logLevel)
      ? Effect.flatMap(Outbox, ({ say }) => say(message(level, json(data), logger)))
      : Effect.void
  )

const message = (level: Level, data: unknown, logger: string | undefined) =>
  JsonRpc.notification(
    "notifications/message",
    logger === undefined ? { level, data } : { level, logger, data }
  )

const levelOf: { readonly [L in LogLevel.LogLevel]: Level } = {
  All: "debug",
  Trace: "debug",
  Debug: "debug",
  Info: "info",
  Warn: "warning",
  Error: "error",
  Fatal: "critical",
  None: "emergency"
}

/** The least severe level of Effect that a peer with this threshold wants to hear of. */
const effectLevel = (threshold: Level): LogLevel.LogLevel => {
  if (threshold === "debug") return "All"
  if (threshold === "info") return "Info"
  if (threshold === "notice" || threshold === "warning") return "Warn"
  return threshold === "error" ? "Error" : "Fatal"
}

/**
 * Adds the way to the peer to the loggers of one request. Where the peer wants more than the process prints, the
 * loggers of the process keep their own threshold.
 */
export const bridge = <R>(
  context: Context.Context<R>,
  threshold: Level,
  post: (message: JsonRpc.Notification) => void
): Context.Context<R> => {
  const minimum = Context.get(context, References.MinimumLogLevel)
  const lowest = effectLevel(threshold)
  const more = LogLevel.isLessThan(lowest, minimum)
  const loggers = new Set<Logger.Logger<unknown, unknown>>()
  for (const logger of Context.get(context, Logger.CurrentLoggers)) {
    if (peers.has(logger)) continue
    loggers.add(more ? atLeast(minimum, logger) : logger)
  }
  const peer = toPeer(threshold, post)
  peers.add(peer)
  loggers.add(peer)
  const bridged = Context.add(context, Logger.CurrentLoggers, loggers)
  return more ? Context.add(bridged, References.MinimumLogLevel, lowest) : bridged
}

/** The ways to a peer. A request inside of another one has its own, and says nothing twice. */
const peers = new WeakSet<Logger.Logger<unknown, unknown>>()

const atLeast = (
  minimum: LogLevel.LogLevel,
  logger: Logger.Logger<unknown, unknown>
): Logger.Logger<unknown, unknown> =>
  Logger.make((options) => {
    if (LogLevel.isGreaterThanOrEqualTo(options.logLevel, minimum)) logger.log(options)
  })

const toPeer = (threshold: Level, post: (message: JsonRpc.Notification) => void) =>
  Logger.make<unknown, void>(({ fiber, logLevel, message: said }) => {
    const level = levelOf[logLevel]
    if (!wanted(level, threshold)) return
    const { [loggerKey]: logger, ...annotations } = fiber.getRef(References.CurrentLogAnnotations)
    const data = plain(said)
    post(
      message(
        level,
        json(Object.keys(annotations).length === 0 ? data : { message: data, ...annotations }),
        typeof logger === "string" ? logger : undefined
      )
    )
  })

/** What was logged: a single message alone, several as a list. */
const plain = (said: unknown): unknown => (Array.isArray(said) && said.length === 1 ? said[0] : said)

/**
 * The value as JSON can carry it. Of an error only its name goes out: what else it knows is for the operator, whose
 * log has it.
 */
const json = (value: unknown): unknown => {
  try {
    return JSON.parse(JSON.stringify(value, sendable) ?? "null")
  } catch {
    return String(value)
  }
}

/** Some errors have a JSON form, with all they know in it: what counts is what stood there before it was asked for. */
function sendable(this: { readonly [key: string]: unknown }, key: string, value: unknown): unknown {
  const given = this[key]
  if (given instanceof Error) return given.name
  return typeof value === "bigint" || typeof value === "symbol" || typeof value === "function"
    ? String(value)
    : value
}
