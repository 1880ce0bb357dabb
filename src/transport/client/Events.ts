/** The events of one HTTP answer, dealt with one after another in the fiber that reads it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { HttpClientError } from "effect/http/HttpClientError"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Scope from "effect/Scope"
import { TransportError } from "../../client/Transport.ts"
import * as Headers from "../Headers.ts"
import * as Body from "./Body.ts"
import type { HeaderFields } from "./Endpoint.ts"
import * as EventStream from "./EventStream.ts"
import type { Exchanges, Touch } from "./Exchanges.ts"

/** Where a stream is, over all connections that carried it. */
export interface Cursor {
  /** The event to resume after. */
  id: string | undefined
  /** How long the server wants to be left alone before that, in milliseconds. */
  retry: number | undefined
  /** Whether an event has come since somebody last looked. */
  moved: boolean
}

export const start = (): Cursor => ({ id: undefined, retry: undefined, moved: false })

/** Whether the stream can be asked for from here on: ids that are no header value cannot be said. */
export const canResume = ({ id }: Cursor): boolean =>
  id !== undefined && /^[\x21-\x7E](?:[ -~]*[\x21-\x7E])?$/.test(id)

export const lastEventId = (cursor: Cursor): HeaderFields =>
  cursor.id !== undefined && canResume(cursor) ? { [Headers.field.lastEventId]: cursor.id } : {}

export interface Reading<A> {
  readonly what: string
  readonly limit: number
  readonly cursor: Cursor
  readonly touch: Touch
  readonly fork: Exchanges["fork"]
  /** Deals with an event; whatever it gives back ends the reading. */
  readonly hear: (event: EventStream.Event) => Effect.Effect<A | undefined>
}

/** How reading ended: with what was looked for, or with the stream, which is explained where it broke. */
export type Outcome<A> =
  | { readonly found: A; readonly why?: never }
  | { readonly found?: never; readonly why: string }

/** Reads until `hear` has found what it looks for, or the stream is over. Fails on an event over the limit. */
export const read = <A>(
  response: HttpClientResponse,
  reading: Reading<A>
): Effect.Effect<Outcome<A>, TransportError> => {
  const scope = Scope.makeUnsafe()
  const close = Scope.close(scope, Exit.void)
  let next: Next = Effect.succeed(undefined)
  const opened = Effect.map(Scope.provide(Body.chunks(response), scope), (chunks) => {
    next = chunks
    return listen(chunks, reading)
  })
  return Effect.onExit(Effect.flatten(opened), (exit) => {
    if (!Exit.isSuccess(exit) || exit.value.found === undefined) return close
    // The server may end the stream in its own time, so that its connection can be used again; but not for long.
    reading.fork(Effect.ensuring(Effect.timeoutOption(Effect.ignore(drain(next)), farewell), close))
    return Effect.void
  })
}

const farewell = "1 second"

type Next = Effect.Effect<ReadonlyArray<Uint8Array> | undefined, HttpClientError>

const listen = Effect.fnUntraced(function* <A>(
  next: Next,
  { cursor, hear, limit, touch, what }: Reading<A>
): Effect.fn.Return<Outcome<A>, TransportError> {
  const events = EventStream.make(limit)
  const arrived = Effect.catch(next, (error) => Effect.succeed(error))
  while (true) {
    const chunks = yield* arrived
    if (chunks === undefined) return { why: "the stream ended" }
    if (!isChunks(chunks)) return { why: `the stream broke (${chunks.message})` }
    touch()
    for (const chunk of chunks) {
      for (const event of events.push(chunk)) {
        const found = yield* hear(event)
        cursor.id = event.id
        cursor.moved = true
        if (found !== undefined) return { found }
      }
      cursor.retry = events.retry() ?? cursor.retry
      if (events.overflowed()) {
        const message = `${what}: an event is larger than this client accepts (Limits.eventBytes, ${limit} bytes)`
        return yield* new TransportError({ message, refused: true })
      }
    }
  }
})

const isChunks = (read: ReadonlyArray<Uint8Array> | HttpClientError): read is ReadonlyArray<Uint8Array> =>
  Array.isArray(read)

const drain = Effect.fnUntraced(function* (next: Next) {
  let length = 0
  for (let read = yield* next; read !== undefined && length < 65_536; read = yield* next) {
    for (const chunk of read) length += chunk.length
  }
})
