/**
 * Fetches JSON from a server that the configuration names. Bounded in size and time; redirects are not followed, since
 * nobody vouches for where they lead.
 */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as Headers from "effect/http/Headers"
import type * as HttpClient from "effect/http/HttpClient"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import { VerifierUnavailable } from "./TokenVerifier.ts"

export interface Document {
  readonly headers: Headers.Headers
  readonly body: unknown
}

const limit = ByteSize.kibibytes(512)
const patience = "10 seconds"

/** `what` is how the failure names it. Of the failure only its kind is kept: the request may carry credentials. */
export const json = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest,
  what: string
): Effect.Effect<Document, VerifierUnavailable> =>
  Effect.gen(function* () {
    const response = yield* Effect.mapError(client.execute(request), ({ reason }) =>
      unavailable(what, reason._tag)
    )
    if (response.status !== 200) return yield* answered(what, response.status)
    const text = yield* response.stream.pipe(
      Stream.mapError(({ reason }) => unavailable(what, reason._tag)),
      Stream.limitBytes(limit, () => Stream.fail(unavailable(what, "too large"))),
      Stream.decodeText(),
      Stream.mkString
    )
    const body = yield* Effect.try({
      try: (): unknown => JSON.parse(text),
      catch: () => unavailable(what, "not JSON")
    })
    return { headers: response.headers, body }
  }).pipe(
    Effect.timeoutOrElse({ duration: patience, orElse: () => unavailable(what, "no answer") }),
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" })
  )

const unavailable = (what: string, why: string) => new VerifierUnavailable({ why: `${what}: ${why}` })

const answered = (what: string, status: number) =>
  new VerifierUnavailable({ why: `${what}: status ${status}`, status })
