/**
 * Hearing about changes, under one API for both eras: `subscriptions/listen` where there is one; the session's own
 * notices and `resources/subscribe` where there is not. A broken connection is opened again and the subscription
 * repeated; what changed meanwhile is unknown, so a resumed subscription says so.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import type { ClientError } from "./ClientError.ts"
import * as Filter from "./Filter.ts"
import type { Line } from "./Line.ts"
import type { Link } from "./Link.ts"
import type { Notice, Notices } from "./Notices.ts"
import type { Send } from "./Requests.ts"

export interface ListenOptions {
  /**
   * Called when the server starts to deliver, with what it agreed to of what was asked for, and again whenever the
   * subscription was repeated on a new connection (`resumed`). Must not block.
   */
  readonly onAcknowledged?: (agreed: Filter.Filter, resumed: boolean) => void
}

/** Changes the filter names, until the server ends the subscription. Nothing is asked before the stream runs. */
export interface Listen {
  (filter: Filter.Filter, options?: ListenOptions): Stream.Stream<Notice, ClientError>
}

export interface Needs {
  readonly link: Link
  readonly send: Send
  readonly notices: Notices
  readonly nextId: () => number
}

/** One subscription while it lasts on one line. */
interface Attempt extends Needs {
  readonly line: Line
  readonly filter: Filter.Filter
  readonly agreed: (filter: Filter.Filter) => void
  readonly heard: (notice: Notice) => void
}

/** How many changes a slow reader may leave waiting before the oldest goes. */
const bufferSize = 256

/** How long a subscription that the server cancelled may take to say goodbye properly. */
const farewell = "1 second"

/** How often in a row a new connection may fail, and how long to wait before each. */
const attempts = 10
const wait = (failures: number) =>
  Effect.flatMap(Random.next, (random) =>
    Effect.sleep(Math.min(30_000, 500 * 2 ** failures) * (0.8 + 0.4 * random))
  )

export const make =
  (needs: Needs): Listen =>
  (filter, { onAcknowledged } = {}) =>
    Stream.callback<Notice, ClientError>(
      (queue) => {
        let resumed = false
        let failures = 0
        const agreed = (settled: Filter.Filter) => {
          failures = 0
          onAcknowledged?.(settled, resumed)
          resumed = true
        }
        const heard = (notice: Notice) => void Queue.offerUnsafe(queue, notice)
        const listening: Effect.Effect<void, ClientError> = Effect.flatMap(needs.link.line, (line) =>
          line.dialect.revision.era === "stateless"
            ? stateless({ ...needs, line, filter, agreed, heard })
            : stateful({ ...needs, line, filter, agreed, heard })
        ).pipe(
          Effect.catchTag("TransportError", (error) =>
            error.denied !== true && failures++ < attempts && !needs.link.closed()
              ? Effect.andThen(
                  wait(failures),
                  Effect.suspend(() => listening)
                )
              : Effect.fail(error)
          )
        )
        return Effect.forkScoped(
          Effect.matchCauseEffect(listening, {
            onFailure: (cause) => Queue.failCause(queue, cause),
            onSuccess: () => Queue.end(queue)
          })
        )
      },
      { bufferSize, strategy: "sliding" }
    )

/**
 * One long request. The server ends it by answering it, by cancelling it, or both in any order; a cancelled one is
 * given a moment to answer so that it is not cancelled back.
 */
const stateless = ({ agreed, filter, heard, line, nextId, notices }: Attempt) =>
  Effect.suspend(() => {
    const id = nextId()
    const torn = Deferred.makeUnsafe<void>()
    const hear = (notice: Notice) => {
      if (notice.method === "notifications/subscriptions/acknowledged") {
        agreed(Filter.read(notice.params["notifications"]))
      } else if (Filter.matches(filter, notice)) heard(notice)
    }
    const stop = notices.subscribe(({ method, params }) => {
      if (method === "notifications/cancelled" && params["requestId"] === id) {
        Deferred.doneUnsafe(torn, Effect.void)
      }
    })
    return Effect.raceFirst(
      Effect.asVoid(line.exchange("subscriptions/listen", { notifications: filter }, { id, hear })),
      Effect.andThen(Deferred.await(torn), Effect.sleep(farewell))
    ).pipe(Effect.ensuring(Effect.sync(stop)))
  })

/** The session tells everything it has to tell; the filter is applied here. It ends only with the connection. */
const stateful = ({ agreed, filter, heard, line, link, notices, send }: Attempt) =>
  Effect.scoped(
    Effect.gen(function* () {
      const granted = Filter.granted(filter, link.server().capabilities)
      const stop = notices.subscribe((notice) => {
        if (Filter.matches(filter, notice)) heard(notice)
      })
      yield* Effect.addFinalizer(() => Effect.sync(stop))
      yield* Effect.forEach(granted.resourceSubscriptions ?? [], (uri) =>
        Effect.acquireRelease(subscribe(line, send, uri), () => unsubscribe(line, send, uri), {
          interruptible: true
        })
      )
      agreed(granted)
      return yield* line.gone
    })
  )

/** A resource is subscribed to once per session, however many listen. */
const subscribe = (line: Line, send: Send, uri: string): Effect.Effect<void, ClientError> =>
  Effect.suspend(() => {
    const known = line.subscribed.get(uri)
    if (known === undefined) return first(line, send, uri)
    return Effect.flatMap(Effect.exit(Deferred.await(known.agreed)), () => {
      // Who asked first may have failed, or left before the server answered.
      if (line.subscribed.get(uri) !== known) return subscribe(line, send, uri)
      known.listeners++
      return Effect.void
    })
  })

const first = (line: Line, send: Send, uri: string): Effect.Effect<void, ClientError> => {
  const agreed = Deferred.makeUnsafe<void, ClientError>()
  line.subscribed.set(uri, { listeners: 1, agreed })
  return Effect.onExit(Effect.asVoid(send("resources/subscribe", { uri })), (exit) =>
    Effect.sync(() => {
      if (Exit.isFailure(exit)) line.subscribed.delete(uri)
      Deferred.doneUnsafe(agreed, exit)
    })
  )
}

const unsubscribe = (line: Line, send: Send, uri: string) =>
  Effect.suspend(() => {
    const subscribed = line.subscribed.get(uri)
    if (subscribed !== undefined && --subscribed.listeners > 0) return Effect.void
    line.subscribed.delete(uri)
    return line.broken()
      ? Effect.void
      : Effect.ignore(send("resources/unsubscribe", { uri }, { timeout: { absolute: farewell } }))
  })
