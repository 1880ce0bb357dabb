/**
 * Who hears which progress. A token belongs to one request of this client while it runs; progress for any other
 * token is nobody's and is dropped.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/progress
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type * as JsonRpc from "../protocol/JsonRpc.ts"

/** How far a request has come, in units of the server's choice. `total` is absent where nobody knows it. */
export interface Progress {
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

/** The params of `notifications/progress`, read; `undefined` where they make no sense. */
export const read = (params: JsonRpc.Params): (Progress & { readonly token: unknown }) | undefined => {
  const { message, progress, progressToken, total } = params
  if (typeof progress !== "number") return undefined
  return {
    token: progressToken,
    progress,
    ...(typeof total === "number" && { total }),
    ...(typeof message === "string" && { message })
  }
}

/** What a stream of a request says: how far it is, any number of times, and then its result. */
export type Reported<A> =
  | ({ readonly _tag: "Progress" } & Progress)
  | { readonly _tag: "Result"; readonly result: A }

/**
 * Turns a request into a stream of its progress and, last, its result. Interrupting the stream cancels the request.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 * import * as Client from "mcp-effect/Client"
 *
 * const download = Effect.gen(function* () {
 *   const client = yield* Client.Client
 *   yield* Client.reported((onProgress) => client.callTool("download", {}, { onProgress })).pipe(
 *     Stream.runForEach((said) => Effect.log(said._tag === "Progress" ? said.progress : said.result))
 *   )
 * })
 * ```
 */
export const reported = <A, E, R>(
  request: (onProgress: (progress: Progress) => Effect.Effect<void>) => Effect.Effect<A, E, R>
): Stream.Stream<Reported<A>, E, R> =>
  Stream.callback<Reported<A>, E, R>((queue) =>
    request((progress) => Effect.asVoid(Queue.offer(queue, { _tag: "Progress", ...progress }))).pipe(
      Effect.flatMap((result) => Queue.offer(queue, { _tag: "Result", result })),
      Effect.matchCauseEffect({
        onFailure: (cause) => Queue.failCause(queue, cause),
        onSuccess: () => Queue.end(queue)
      }),
      Effect.forkScoped
    )
  )
