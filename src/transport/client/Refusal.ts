/** An HTTP answer that is no message: what it says to an operator, in one line, and to a program, as data. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import { TransportError } from "../../client/Transport.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"

/** What a server, or something in front of it, answered instead of a message. */
export class Refusal {
  readonly status: number
  readonly contentType: string | undefined
  /** How long it wants to be left alone, in milliseconds, if it said so. */
  readonly retryAfter: number | undefined
  /** The challenge of a 401 or 403: `WWW-Authenticate`. */
  readonly authenticate: string | undefined
  /** The first words of the body, without markup and control characters. */
  readonly excerpt: string
  /** What the body says is wrong, where it is an error of JSON-RPC or of OAuth. */
  readonly reason: string | undefined

  constructor(response: HttpClientResponse, body: string, now: number) {
    const { headers } = response
    this.status = response.status
    this.contentType = headers["content-type"]
    this.retryAfter = waitOf(headers["retry-after"], now)
    this.authenticate = headers["www-authenticate"]
    this.excerpt = excerpt(body)
    this.reason = reasonIn(body)
  }

  toString(): string {
    if (this.reason !== undefined) return `HTTP ${this.status}: ${this.reason}`
    if (this.excerpt === "") return `HTTP ${this.status}, and nothing else`
    const type = this.contentType === undefined ? "" : `, ${excerpt(this.contentType)}`
    return `HTTP ${this.status}${type}: "${this.excerpt}"`
  }
}

const waitOf = (header: string | undefined, now: number): number | undefined => {
  const parsed = header === undefined ? undefined : Headers.parseRetryAfter(header)
  return parsed !== undefined && Result.isSuccess(parsed)
    ? Duration.toMillis(Headers.retryAfterDelay(parsed.success, now))
    : undefined
}

const longest = 200

/** Words of a peer for our own messages: one line, no markup, nothing invisible, and not too many. */
export const excerpt = (text: string): string => {
  const words = text
    .slice(0, 64 * longest)
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1>|$)/gi, " ")
    .replace(/<[^<>]*(?:>|$)/g, " ")
    .replace(/[\p{C}\p{Z}\s]+/gu, " ")
    .trim()
  return words.length > longest ? `${words.slice(0, longest)}…` : words
}

const reasonIn = (body: string): string | undefined => {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return undefined
  }
  if (!JsonRpc.isObject(value)) return undefined
  const { error, error_description: description } = value
  const words = JsonRpc.isObject(error)
    ? error["message"]
    : error === undefined
      ? undefined
      : (description ?? error)
  return typeof words === "string" ? excerpt(words) || undefined : undefined
}

/** Statuses that tell about whoever asks, or about the moment, and nothing about the message. */
export const isUnrelated = (status: number): boolean =>
  [401, 403, 407, 408, 429, 502, 503, 504].includes(status)

/** Statuses of servers that are busy or being replaced. */
export const isPassing = (status: number) => [408, 429, 502, 503, 504].includes(status)

/** Statuses that say that it is not for whoever asks. */
export const isDenial = (status: number) => [401, 403, 407].includes(status)

/** What follows from an answer that is no message, besides that this message failed. */
export interface Consequence {
  /** The connection is over. */
  readonly over?: boolean
  /** The message has not been looked at. */
  readonly unsent?: boolean
}

/** The error for an answer that is no message. */
export const refuse = (
  what: string,
  response: HttpClientResponse,
  body: string,
  { over = false, unsent = false }: Consequence = {}
): Effect.Effect<never, TransportError> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const refusal = new Refusal(response, body, now)
    return Effect.fail(
      new TransportError({
        message: `${what}: ${refusal}`,
        cause: refusal,
        ...(!over && { refused: true }),
        ...(unsent && { unsent }),
        ...(isDenial(response.status) && { denied: true }),
        ...(isPassing(response.status) && { retryAfter: refusal.retryAfter ?? 0 })
      })
    )
  })

/** What was answered instead of a message, if that is what an error is about. */
export const of = (error: TransportError): Refusal | undefined =>
  error.cause instanceof Refusal ? error.cause : undefined
