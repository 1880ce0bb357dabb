/**
 * From a method and its params to a result: the cache, the line, the deadlines, the rounds of questions. Everything
 * a client asks goes through here; a call that wants no progress pays for none.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Answer } from "./Answer.ts"
import type { Cache } from "./Cache.ts"
import type { ClientError } from "./ClientError.ts"
import * as Deadlines from "./Deadlines.ts"
import type { Extras } from "./Dialect.ts"
import type { Line } from "./Line.ts"
import type { Link } from "./Link.ts"
import type { Notices } from "./Notices.ts"
import type { Progress } from "./Progress.ts"
import * as Offered from "./Offered.ts"
import * as Resend from "./Resend.ts"
import * as Rounds from "./Rounds.ts"
import * as Serial from "./Serial.ts"
import * as Tracing from "./Tracing.ts"

/** What may be said about one request, besides its params. */
export interface RequestOptions<out R = never> {
  /** Deadlines of this request; what is left out is the client's. */
  readonly timeout?: Deadlines.Timeouts
  /**
   * Asks the server to report progress and hears it, in order and before the result. Progress extends the idle
   * deadline.
   */
  readonly onProgress?: (progress: Progress) => Effect.Effect<unknown, never, R>
  /** `false` asks the server even if a fresh result is at hand. */
  readonly cache?: boolean
  /** Members for the `_meta` of the request; those of the protocol win. A span one is in is told as `traceparent`. */
  readonly meta?: JsonRpc.Params
  /** How often the server may ask for input before it is given up. */
  readonly maxRounds?: number
}

/** Sends a request and gives its final result as it came, in the words of the newest revision. */
export interface Send {
  <R = never>(
    method: string,
    params: JsonRpc.Params,
    options?: RequestOptions<R>,
    /** Told about every round after the first: the result then depends on more than the params. */
    again?: () => void
  ): Effect.Effect<JsonRpc.Params, ClientError, R>
}

export interface Needs {
  readonly link: Link
  readonly deadlines: Deadlines.Deadlines
  readonly limits: Deadlines.Limits
  readonly answer: Answer
  readonly notices: Notices
  readonly nextId: () => number
  readonly maxRounds: number
  /** Values of `resultType`, each with the extension that brings it. */
  readonly resultTypes: ReadonlyMap<unknown, string>
  /**
   * Whether it matters what the server said before it answered. Transports may deliver that on another way than the
   * answer; then the answer gives way for a turn.
   */
  readonly isHeeding: () => boolean
  /** Told when the server refused a call because the list of tools it was made from is old. */
  readonly toolsChanged: () => void
  /** The level of log messages that every request of the stateless era asks for. */
  readonly logLevel: () => string | undefined
}

const none: RequestOptions = {}

export const make = (needs: Needs): Send => {
  const { answer, deadlines, limits, link, nextId, notices } = needs

  /** What this client supports counts only while the server declares it, too. */
  const isExtended = (resultType: unknown) => {
    const extension = needs.resultTypes.get(resultType)
    return extension !== undefined && Object.hasOwn(link.server().capabilities.extensions ?? {}, extension)
  }

  const rounds = (
    line: Line,
    watch: Deadlines.Watch,
    method: string,
    params: JsonRpc.Params,
    options: RequestOptions<never>,
    progressToken: JsonRpc.Id | undefined,
    again: (() => void) | undefined
  ) => {
    const extras: Extras = { progressToken, logLevel: needs.logLevel() }
    const exchange: Resend.Exchange = (sending, round) =>
      Tracing.traced(options.meta, (meta) =>
        line.exchange(sending, round, sending === method ? { ...extras, meta, watch } : { watch })
      )
    let sent = 0
    return Rounds.run({
      method,
      params,
      exchange: (round) => {
        if (sent++ > 0) again?.()
        return Resend.patiently(exchange, method, round, needs.toolsChanged)
      },
      answer,
      paused: watch.paused,
      maxRounds: options.maxRounds ?? needs.maxRounds,
      isExtended
    })
  }

  return <R = never>(
    method: string,
    params: JsonRpc.Params,
    options: RequestOptions<R> = none,
    again?: () => void
  ): Effect.Effect<JsonRpc.Params, ClientError, R> => {
    const { onProgress, ...quiet } = options
    const use = (line: Line) => {
      const refused = Offered.refusal(link.server(), method)
      return refused === undefined ? sent(line) : Effect.fail(refused)
    }
    const sent = (line: Line) =>
      deadlines.run(method, Deadlines.within(options.timeout, limits), (watch) =>
        onProgress === undefined
          ? rounds(line, watch, method, params, quiet, undefined, again)
          : Effect.contextWith((context: Context.Context<R>) =>
              observed(
                watch,
                (report) => Effect.provideContext(onProgress(report), context),
                (token) => rounds(line, watch, method, params, quiet, token, again)
              )
            )
      )
    const attempt = Effect.flatMap(link.line, use)
    // What nobody has looked at is sent once more, on the connection that replaces the one that is over.
    const done = Effect.catchTag(attempt, "TransportError", (error) =>
      error.unsent === true && error.refused !== true && !link.closed() ? attempt : Effect.fail(error)
    )
    return Effect.tap(done, () => (needs.isHeeding() ? Effect.yieldNow : Effect.void))
  }

  /** Runs a request under a progress token of its own, and lets the reports be heard before its result. */
  function observed<A, E>(
    watch: Deadlines.Watch,
    onProgress: (progress: Progress) => Effect.Effect<unknown>,
    request: (token: JsonRpc.Id) => Effect.Effect<A, E>
  ): Effect.Effect<A, E> {
    return Effect.scoped(
      Effect.flatMap(Serial.make(), (reports) => {
        const token = nextId()
        const stop = notices.expectProgress(token, (progress) => {
          watch.touch()
          reports.push(Effect.asVoid(Effect.suspend(() => onProgress(progress))))
        })
        return Effect.ensuring(Effect.tap(request(token), reports.drained), Effect.sync(stop))
      })
    )
  }
}

/** Keeps the results that may be kept, and answers from them. */
export const cached = <R>(
  cache: Cache,
  method: string,
  params: JsonRpc.Params,
  options: RequestOptions<R> | undefined,
  fetch: (again: () => void) => Effect.Effect<JsonRpc.Params, ClientError, R>
): Effect.Effect<JsonRpc.Params, ClientError, R> =>
  Effect.suspend(() => {
    const kept = options?.cache === false ? undefined : cache.get(method, params)
    if (kept !== undefined) return Effect.succeed(kept)
    const keep = cache.keep(method, params)
    let plain = true
    const fetched = fetch(() => {
      plain = false
    })
    return Effect.map(fetched, (result) => {
      if (plain) keep(result)
      return result
    })
  })
