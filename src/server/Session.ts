/**
 * One peer on one connection that both sides can speak on: a child process, a socket, a client in the same process.
 * It serves both eras. A request that explains itself is served as on any stateless connection; `initialize` begins
 * what clients until 2025-11-25 know as a session, and what it settles is added to their requests.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { type Connection, Outbox } from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { RequestMeta } from "../protocol/Meta.ts"
import * as PeerText from "../protocol/PeerText.ts"
import type { Revision } from "../protocol/Revision.ts"
import { deeperThan, Limits } from "../transport/Limits.ts"
import * as Batch from "./Batch.ts"
import { converse, Dialogue } from "./Dialogue.ts"
import * as Era from "./Era.ts"
import * as Handshake from "./Handshake.ts"
import { InFlight } from "./InFlight.ts"
import { Closing } from "./Listen.ts"
import * as Reply from "./Reply.ts"
import type { Server } from "./Server.ts"
import * as SessionMethods from "./SessionMethods.ts"
import * as Stateless from "./Stateless.ts"
import { Unprompted } from "./Unprompted.ts"
import { Visits } from "./Visits.ts"

type Handled<R> = ReturnType<Server<R>["handle"]>
type Answer<R> = Effect.Effect<JsonRpc.Response | undefined, never, R | Outbox>

/** A connection for one peer, for transports that deliver whatever JSON they were sent. */
export interface Peer<out R = never> extends Connection<never, R> {
  /** Takes any parsed JSON value and succeeds with what to write back: a response, those of a batch, or nothing. */
  readonly accept: (
    value: unknown
  ) => Effect.Effect<JsonRpc.Response | ReadonlyArray<JsonRpc.Response> | undefined, never, R | Outbox>
  /** Asks the peer for a sign of life, by way of the inbox. Fails for a peer that has not shaken hands: it may not be asked. */
  readonly ping: Effect.Effect<void, McpError.McpError>
  /** Ends what does not end by itself: subscriptions are answered. Succeeds when their responses have been made. */
  readonly end: Effect.Effect<void>
  /** The revision the handshake settled, once it has. */
  readonly revision: () => Revision | undefined
}

export interface Options {
  /** Serves a client whose handshake happened elsewhere: nothing is known of it but the revision it speaks. */
  readonly revision?: Revision
}

/**
 * Begins to serve a peer. The session is forgotten when the scope closes.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Server from "mcp-effect/Server"
 * import * as Session from "mcp-effect/Session"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const pong = Effect.scoped(
 *   Effect.flatMap(Session.connect(server), (peer) => peer.accept({ jsonrpc: "2.0", id: 1, method: "ping" }))
 * )
 * ```
 */
export const connect = <R>(
  server: Server<R>,
  { revision }: Options = {}
): Effect.Effect<Peer<R>, never, Scope.Scope> =>
  Effect.flatMap(Limits, (limits) =>
    Effect.flatMap(Effect.scope, (scope) => {
      const session = new Session(server, limits, revision && Handshake.unknown(revision))
      return Effect.as(Scope.addFinalizer(scope, session.forget), session)
    })
  )

class Session<R> implements Peer<R> {
  private readonly server: Server<R>
  private readonly limits: Limits
  private readonly inFlight: InFlight
  private readonly visits = new Visits()
  private readonly dialogue: Dialogue
  private readonly unprompted: Unprompted<R>
  private readonly closing = Deferred.makeUnsafe<void>()
  private readonly silence = Deferred.makeUnsafe<void>()
  private listening = 0
  private hearing = 0
  private ending = false
  private settled: Handshake.Settled | undefined

  constructor(server: Server<R>, limits: Limits, settled: Handshake.Settled | undefined) {
    this.settled = settled
    this.server = server
    this.limits = limits
    this.inFlight = new InFlight(limits.inFlight)
    this.dialogue = new Dialogue(this.visits, limits.answering)
    if (settled !== undefined) this.dialogue.begin()
    this.unprompted = new Unprompted(server, this.visits)
  }

  /** Ends what was begun for this peer. */
  get forget(): Effect.Effect<void> {
    return Effect.sync(() => this.unprompted.end())
  }

  get inbox(): Peer<R>["inbox"] {
    return this.unprompted.inbox
  }

  readonly revision: Peer<R>["revision"] = () => this.settled?.revision

  readonly accept: Peer<R>["accept"] = (value) => {
    if (!Array.isArray(value)) return this.one(value)
    return this.settled?.revision.batches === true
      ? Batch.accept(value, this.limits, (item) => this.one(item))
      : Batch.refuse("only sessions of 2025-03-26 have batches")
  }

  readonly send: Peer<R>["send"] = (message) => {
    if (JsonRpc.isRequest(message)) return this.request(message)
    if (JsonRpc.isNotification(message)) return this.notification(message)
    return Effect.sync(() => this.dialogue.answered(message) as undefined)
  }

  get ping(): Peer<R>["ping"] {
    return Effect.suspend(() =>
      this.settled === undefined
        ? Effect.fail(McpError.methodNotFound("ping"))
        : Effect.asVoid(this.dialogue.request((message) => this.unprompted.say(message), "ping", {}))
    )
  }

  get end(): Peer<R>["end"] {
    return Effect.suspend(() => {
      this.ending = true
      Deferred.doneUnsafe(this.closing, Exit.void)
      return this.listening === 0 ? Effect.void : Deferred.await(this.silence)
    })
  }

  private one(value: unknown): Answer<R> {
    const { depth } = this.limits
    const message = deeperThan(depth, value)
      ? JsonRpc.refuse(value, `objects and arrays may nest ${depth} deep`)
      : JsonRpc.decode(value)
    if (!JsonRpc.isInvalid(message)) return this.send(message)
    return message.isNotification ? Effect.undefined : Effect.succeed(message.invalid)
  }

  private request(request: JsonRpc.Request): Answer<R> {
    // The verdict is due when the request is sent, which is when the effect runs.
    return Effect.flatMap(Outbox, (outer) => {
      const verdict = Era.decide(request, this.settled?.revision)
      switch (verdict._tag) {
        case "Stateless":
          return this.stateless(request, verdict.meta, outer)
        case "Stateful":
          return this.stateful(request, outer)
        case "Initialize":
          return Effect.succeed(this.initialize(request))
        case "Ping":
          return Effect.succeed(JsonRpc.success(request.id, {}))
        case "Refused":
          return Effect.succeed(JsonRpc.failure(request.id, verdict.error.fault))
      }
    })
  }

  private stateless(request: JsonRpc.Request, meta: RequestMeta, outer: Outbox["Service"]): Answer<R> {
    const outbox = new Reply.Outgoing(outer)
    const handled = Stateless.handle(this.server, request, meta)
    return request.method === "subscriptions/listen"
      ? this.inFlight.run(request, outbox, this.listen(request, outer, outbox, handled))
      : this.inFlight.run(request, outbox, Reply.answer(request, outbox, Reply.newest, handled))
  }

  /** A subscription the server ends is both cancelled and answered: there are clients that wait for one only. */
  private listen(
    request: JsonRpc.Request,
    outer: Outbox["Service"],
    outbox: Reply.Outgoing,
    handled: Handled<R>
  ): Effect.Effect<JsonRpc.Response, never, R | Outbox> {
    const until = Effect.provideService(handled, Closing, Deferred.await(this.closing))
    const answered = Effect.tap(Reply.answer(request, outbox, Reply.newest, until), (response) =>
      JsonRpc.isFailure(response)
        ? Effect.void
        : outer.say(
            JsonRpc.notification("notifications/cancelled", {
              requestId: request.id,
              reason: "The server ended the subscription"
            })
          )
    )
    return Effect.suspend(() => {
      this.listening++
      return Effect.ensuring(
        answered,
        Effect.sync(() => {
          this.listening--
          if (this.ending && this.listening === 0) Deferred.doneUnsafe(this.silence, Exit.void)
        })
      )
    })
  }

  private stateful(request: JsonRpc.Request, outer: Outbox["Service"]): Answer<R> {
    const settled = this.settled!
    const { revision } = settled
    const outbox = new Reply.Outgoing(outer, (said) => Handshake.worded(settled, said))
    const own = SessionMethods.methods.get(request.method)
    const handled =
      own === undefined ? this.asked(request, settled, outer) : this.remembered(request, settled, own)
    return this.inFlight.run(request, outbox, Reply.answer(request, outbox, this.words(revision), handled))
  }

  private asked(request: JsonRpc.Request, settled: Handshake.Settled, outer: Outbox["Service"]): Handled<R> {
    const { clientCapabilities, revision } = settled
    return Effect.suspend(() => {
      const ask = this.dialogue.ask(outer.say, revision, clientCapabilities)
      const handle = converse(this.server.handle, ask, this.limits.rounds)
      return handle({ ...Handshake.described(settled, request), ask })
    })
  }

  /** What the session remembers may concern the server as well: one that stands for another has to pass it on. */
  private remembered(
    request: JsonRpc.Request,
    settled: Handshake.Settled,
    own: SessionMethods.Method
  ): Handled<R> {
    const remember = this.server.around(({ method, params }) =>
      Effect.suspend(() => {
        const error = own(settled, params, this.server, this.limits)
        return error === undefined ? Effect.as(this.server.hear(method, params), {}) : Effect.fail(error)
      })
    )
    return remember(Handshake.described(settled, request))
  }

  /** An error may send the client to a page, which is then to be remembered. */
  private words({ down }: Revision): Reply.Words {
    return {
      result: down.result,
      fault: (method, fault) => {
        this.visits.refused(fault)
        return down.fault(method, fault)
      }
    }
  }

  private initialize(request: JsonRpc.Request): JsonRpc.Response {
    const settled = Handshake.settle(request.params ?? {})
    if (settled instanceof McpError.McpError) return JsonRpc.failure(request.id, settled.fault)
    this.settled = settled
    return JsonRpc.success(request.id, Handshake.result(this.server, settled))
  }

  /** Hands on a notification, unless so many are being dealt with that more would only fill the memory. */
  private hear(method: string, params: JsonRpc.Params): Effect.Effect<undefined, never, R> {
    if (this.hearing >= this.limits.inFlight) {
      return Effect.as(Effect.logDebug("A notification is dropped", PeerText.line(method)), undefined)
    }
    this.hearing++
    const heard = this.server.hear(method, this.settled?.revision.up.notification(method, params) ?? params)
    const over = Effect.sync(() => void this.hearing--)
    return Effect.as(Effect.ensuring(heard, over), undefined)
  }

  private notification({ method, params = {} }: JsonRpc.Notification): Effect.Effect<undefined, never, R> {
    switch (method) {
      case "notifications/cancelled":
        return Effect.suspend(() => {
          this.inFlight.cancel(params["requestId"])
          const { reason } = params
          return typeof reason === "string"
            ? Effect.as(Effect.logDebug("Cancelled", PeerText.line(reason)), undefined)
            : Effect.undefined
        })
      case "notifications/initialized":
        return Effect.sync(() => {
          if (this.settled === undefined) return undefined
          this.dialogue.begin()
          this.unprompted.begin(this.settled)
          return undefined
        })
      default:
        return Effect.suspend(() => this.hear(method, params))
    }
  }
}
