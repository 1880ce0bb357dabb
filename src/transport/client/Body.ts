/**
 * The body of an HTTP answer, read within a limit. One whose length is declared is read as a whole; any other in
 * chunks that are counted, because a declared length says nothing about what decompression makes of it.
 */
import * as Effect from "effect/Effect"
import type { HttpClientError } from "effect/http/HttpClientError"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** The body as text, or `undefined` if it is longer than `limit` bytes. */
export const text = (
  response: HttpClientResponse,
  limit: number
): Effect.Effect<string | undefined, HttpClientError> => {
  const length = declared(response)
  if (length === undefined) return Effect.scoped(gather(response, limit))
  return length > limit ? Effect.as(discard(response), undefined) : response.text
}

/** At most the first `limit` bytes of the body, as text. */
export const beginning = (response: HttpClientResponse, limit: number) =>
  Effect.scoped(gather(response, limit, true)).pipe(
    Effect.map((text) => text ?? ""),
    Effect.orElseSucceed(() => "")
  )

const declared = ({ headers }: HttpClientResponse): number | undefined => {
  const length = headers["content-length"]
  return length === undefined || headers["content-encoding"] !== undefined || !/^\d+$/.test(length)
    ? undefined
    : Number(length)
}

const gather = Effect.fnUntraced(function* (response: HttpClientResponse, limit: number, cut = false) {
  const next = yield* chunks(response)
  const decoder = new TextDecoder()
  let text = ""
  let length = 0
  for (let read = yield* next; read !== undefined; read = yield* next) {
    for (const chunk of read) {
      length += chunk.length
      if (length > limit) {
        return cut ? text + decoder.decode(chunk.subarray(0, limit - (length - chunk.length))) : undefined
      }
      text += decoder.decode(chunk, { stream: true })
    }
  }
  return text + decoder.decode()
})

/** Succeeds with what has arrived each time it runs, with `undefined` at the end. Closing the scope ends the request. */
export const chunks = (
  response: HttpClientResponse
): Effect.Effect<Effect.Effect<ReadonlyArray<Uint8Array> | undefined, HttpClientError>, never, Scope.Scope> =>
  Effect.map(Stream.toPull(response.stream), (pull) => Pull.catchDone(pull, () => Effect.succeed(undefined)))

/** Lets go of a body nobody wants: a short one is read so that its connection can be used again. */
export const discard = (response: HttpClientResponse): Effect.Effect<void> =>
  Effect.ignore(Effect.scoped(gather(response, 64 * 1024)))
