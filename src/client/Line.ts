/**
 * One opened connection: requests out, results in, and a fiber that hears what the server says unprompted. A line
 * that broke stays broken; whoever needs another opens one.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Outbox } from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Answer } from "./Answer.ts"
import { type ClientError, InvalidResponse } from "./ClientError.ts"
import type { Watch } from "./Deadlines.ts"
import type { Dialect, Extras } from "./Dialect.ts"
import type { Notice, Notices } from "./Notices.ts"
import * as Questions from "./Questions.ts"
import { Pause, type Transport, TransportError } from "./Transport.ts"
import type { Visits } from "./Visits.ts"

export type ExchangeError = McpError.McpError | TransportError | InvalidResponse

/** What every line of one client shares. Ids start at 1 and are never used again. */
export interface Shared {
  readonly answer: Answer
  readonly notices: Notices
  readonly visits: Visits
  readonly nextId: () => number
  readonly pausedAll: Questions.Pause
}

export interface Exchange extends Extras {
  /** The id to use; a fresh one otherwise. */
  readonly id?: JsonRpc.Id | undefined
  readonly watch?: Watch | undefined
  /** Hears what the server says about this request, after everybody else. */
  readonly hear?: ((notice: Notice) => void) | undefined
}

/** A resource the server was asked to tell about. */
export interface Subscribed {
  listeners: number
  /** What the server said to it. */
  readonly agreed: Deferred.Deferred<void, ClientError>
}

export interface Line {
  readonly dialect: Dialect
  /** Settles how everything from now on is worded. */
  readonly speak: (dialect: Dialect) => void
  /** Sends one request and reads its result, both in the words of the newest revision inside. */
  readonly exchange: (
    method: string,
    params: JsonRpc.Params,
    options: Exchange
  ) => Effect.Effect<JsonRpc.Params, ExchangeError>
  readonly notify: (method: string, params: JsonRpc.Params) => Effect.Effect<void, TransportError>
  /** Which resources the server was asked to tell about, and by how many. */
  readonly subscribed: Map<string, Subscribed>
  /** Whether nothing can be sent any more: the connection broke, or the line was closed. */
  readonly broken: () => boolean
  /** Waits until the connection breaks. */
  readonly gone: Effect.Effect<never, TransportError>
  /** Treats the connection as broken, whatever it says itself. */
  readonly abandon: (error: TransportError) => Effect.Effect<void>
  readonly close: Effect.Effect<void>
}

/** Opens a line that lives as long as the scope, or until it is closed. */
export const open = Effect.fnUntraced(function* (
  transport: Transport["Service"],
  shared: Shared,
  first: Dialect
): Effect.fn.Return<Line, TransportError, Scope.Scope> {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const close = Scope.close(scope, Exit.void)
  const connection = yield* transport.open.pipe(
    Effect.provideService(Pause, shared.pausedAll),
    Scope.provide(scope),
    Effect.onError(() => close)
  )
  const questions = yield* Scope.provide(Questions.make(shared.answer), scope)
  const breakage = yield* Deferred.make<never, TransportError>()
  let dialect = first
  let broken = false
  yield* Scope.addFinalizer(
    scope,
    Effect.sync(() => {
      broken = true
    })
  )

  const broke = (error: TransportError) => {
    if (error.refused === true) return
    broken = true
    Deferred.doneUnsafe(breakage, Effect.fail(error))
  }
  const send = (message: JsonRpc.Message, outbox: Outbox["Service"]) =>
    Effect.tapError(Effect.provideService(connection.send(message), Outbox, outbox), (error) =>
      Effect.sync(() => broke(error))
    )

  /** A stateless peer asks nothing, and must not be answered. */
  const asked = (question: JsonRpc.Request, pause: Questions.Pause): Effect.Effect<void> => {
    if (dialect.revision.era === "stateless") return Effect.sync(shared.notices.ignore)
    if (question.method === "elicitation/create") shared.visits.asked(question.params ?? {})
    return questions.take(question, dialect.revision, pause, (response) =>
      Effect.ignore(send(response, unheard))
    )
  }

  const hear = (
    message: JsonRpc.Message,
    pause: Questions.Pause,
    listener?: (notice: Notice) => void
  ): Effect.Effect<void> => {
    if (JsonRpc.isRequest(message)) return asked(message, pause)
    if (JsonRpc.isResponse(message)) return Effect.sync(shared.notices.ignore)
    const { method, params = {} } = message
    const newest = dialect.revision.up.notification(method, params)
    if (method === "notifications/elicitation/complete" && !shared.visits.finish(params)) {
      return Effect.sync(shared.notices.ignore)
    }
    if (newest !== undefined) {
      const notice = { method, params: newest }
      shared.notices.take(notice)
      listener?.(notice)
    }
    return method === "notifications/cancelled"
      ? questions.withdraw(params["requestId"], params["reason"])
      : Effect.void
  }
  const unheard: Outbox["Service"] = {
    say: (message) => Effect.suspend(() => hear(message, shared.pausedAll))
  }

  const outbox = ({ hear: listener, watch }: Exchange): Outbox["Service"] =>
    watch === undefined && listener === undefined
      ? unheard
      : {
          say: (message) =>
            Effect.suspend(() => {
              watch?.touch()
              return hear(message, watch?.paused ?? shared.pausedAll, listener)
            })
        }

  const exchange: Line["exchange"] = (method, params, options) => {
    const id = options.id ?? shared.nextId()
    return Effect.flatMap(
      send(dialect.request(id, method, params, options), outbox(options)),
      (response): Effect.Effect<JsonRpc.Params, ExchangeError> => {
        if (response === undefined) return Effect.fail(unanswered(method))
        if (JsonRpc.isFailure(response)) {
          shared.visits.refused(response.error)
          return Effect.fail(McpError.fromFault(dialect.revision.up.fault(method, response.error)))
        }
        return response.id === id
          ? Effect.succeed(dialect.revision.up.result(method, response.result))
          : Effect.fail(misaddressed(method, id, response.id))
      }
    )
  }

  const notify: Line["notify"] = (method, params) => {
    const notification = dialect.notification(method, params)
    return notification === undefined ? Effect.void : Effect.asVoid(send(notification, unheard))
  }

  yield* Stream.runForEach(connection.inbox, (message) => hear(message, shared.pausedAll)).pipe(
    Effect.catch((error) => Effect.sync(() => broke(error))),
    Effect.forkIn(scope, { startImmediately: true })
  )
  return {
    get dialect() {
      return dialect
    },
    speak: (next) => {
      dialect = next
    },
    exchange,
    notify,
    subscribed: new Map(),
    broken: () => broken,
    gone: Deferred.await(breakage),
    abandon: (error) =>
      Effect.suspend(() => {
        broke(error)
        return close
      }),
    close
  }
})

const unanswered = (method: string) =>
  new TransportError({ message: `${method}: the connection ended without an answer` })

const misaddressed = (method: string, sent: JsonRpc.Id, answered: JsonRpc.Id) =>
  new InvalidResponse({
    message: `${method}: the request has the id ${JSON.stringify(sent)}, its response ${JSON.stringify(answered)}`,
    method,
    path: ["id"]
  })
