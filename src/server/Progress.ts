/**
 * How far a request has come.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/progress
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Connection from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import { Request } from "./Invocation.ts"

/**
 * Tells the client how far its request has come. Silent when the client did not ask for progress. Progress only
 * grows: a report that does not go beyond the last one is dropped, as is one made after the request has ended.
 *
 * @param progress how much is done, in any unit
 * @param total how much there is to do, in the same unit, if known
 * @param message what is going on, for a person
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Progress from "mcp-effect/Progress"
 * import * as Tool from "mcp-effect/Tool"
 *
 * export const build = Tool.handle(Tool.make("build"), () =>
 *   Effect.gen(function* () {
 *     yield* Progress.report(1, 2, "Compiling")
 *     yield* Progress.report(2, 2, "Linking")
 *     return "Built"
 *   })
 * )
 * ```
 */
export const report = (
  progress: number,
  total?: number,
  message?: string
): Effect.Effect<void, never, Request | Connection.Outbox> =>
  Effect.flatMap(Request, (request) => {
    const { progressToken } = request.meta
    // JSON has neither NaN nor Infinity: a peer would read null where it wants a number.
    if (progressToken === undefined || !Number.isFinite(progress)) return Effect.void
    return Effect.flatMap(Connection.Outbox, ({ say }) =>
      say(
        JsonRpc.notification("notifications/progress", {
          progressToken,
          progress,
          ...(Number.isFinite(total) ? { total } : {}),
          ...(message === undefined ? {} : { message })
        })
      )
    )
  })

/** Says that so much more is done: one, unless said otherwise. */
export interface Advance {
  (amount?: number, message?: string): Effect.Effect<void, never, Request | Connection.Outbox>
}

/**
 * Progress that is counted up.
 *
 * @param total how much there is to do, if known
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Progress from "mcp-effect/Progress"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const Import = Tool.make("import", { input: { files: Schema.Array(Schema.String) } })
 *
 * export const part = Tool.handle(Import, ({ files }) => {
 *   const advance = Progress.counter(files.length)
 *   return Effect.forEach(files, (file) => Effect.andThen(Effect.log(file), advance(1, `read ${file}`)), { discard: true })
 * })
 * ```
 */
export const counter = (total?: number): Advance => {
  let done = 0
  return (amount = 1, message) => Effect.suspend(() => report((done += amount), total, message))
}

/**
 * Reports how many elements of a stream have passed, after each of them.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Stream from "effect/Stream"
 * import * as Progress from "mcp-effect/Progress"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const Import = Tool.make("import", { input: { rows: Schema.Array(Schema.String) }, output: Schema.Int })
 *
 * export const imported = Tool.handle(Import, ({ rows }) =>
 *   Stream.fromIterable(rows).pipe(Progress.counted(rows.length), Stream.runCount)
 * )
 * ```
 */
export const counted =
  (total?: number) =>
  <A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<A, E, R | Request | Connection.Outbox> =>
    Stream.suspend(() => {
      const advance = counter(total)
      return Stream.tap(stream, () => advance())
    })
