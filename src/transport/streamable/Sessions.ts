/** The sessions of one endpoint: who has one, how long it lasts, and what ends with it. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as McpError from "../../protocol/McpError.ts"
import * as Peer from "../../server/Session.ts"
import { Lane } from "./Lane.ts"
import type { Caller, Shared } from "./Shared.ts"

/** The lane of what belongs to no request. */
const standalone = "0"

export class Session<R> {
  readonly id: string
  readonly identity: string
  readonly peer: Peer.Peer<R>
  readonly lanes = new Map<string, Lane>()
  readonly standalone: Lane
  readonly began: number
  used: number
  private readonly shared: Shared<R>
  private readonly scope: Scope.Closeable
  private pump: Fiber.Fiber<void> | undefined
  private lanesMade = 0
  private tracked: Set<Fiber.Fiber<unknown>> | undefined

  constructor(shared: Shared<R>, identity: string, peer: Peer.Peer<R>, scope: Scope.Closeable) {
    this.id = shared.secret()
    this.identity = identity
    this.peer = peer
    this.shared = shared
    this.scope = scope
    this.standalone = new Lane(this.id, standalone, shared.store, shared.watched, { begins: true })
    this.lanes.set(standalone, this.standalone)
    this.began = shared.clock.currentTimeMillisUnsafe()
    this.used = this.began
  }

  /** The requests of the session that are being answered. */
  get running(): Set<Fiber.Fiber<unknown>> {
    return (this.tracked ??= new Set())
  }

  /** Whether streams say where a client can come back to before there is anything to hear. */
  get primes(): boolean {
    return this.shared.store !== undefined && this.peer.revision()?.polling === true
  }

  /** A lane for the answer to one request. */
  lane(): Lane {
    const { store, watched } = this.shared
    const lane = new Lane(this.id, `${++this.lanesMade}`, store, watched, { begins: true })
    this.lanes.set(lane.key, lane)
    return lane
  }

  /** A lane whose request has been answered: all there is of it is what was kept. */
  past(key: string): Lane {
    return new Lane(this.id, key, this.shared.store, this.shared.watched, { begins: false })
  }

  get busy(): boolean {
    return this.running.size > 0 || [...this.lanes.values()].some(({ connected }) => connected)
  }

  /** Says what nobody asked for, as long as somebody listens. */
  listen(caller: Caller<R>): void {
    if (this.pump !== undefined || !this.standalone.connected) return
    const said = Stream.runForEach(this.peer.inbox, (message) => this.standalone.say(JSON.stringify(message)))
    this.pump = caller.fork(said)
  }

  /** The client no longer listens to what it did not ask for; what happens meanwhile is kept, merged. */
  deafen(): void {
    if (this.standalone.connected) return
    this.pump?.interruptUnsafe()
    this.pump = undefined
  }

  /** Puts a question to the client where its own stream cannot carry it, or answers for a client out of reach. */
  elsewhere(question: JsonRpc.Request): Effect.Effect<void, never, R> {
    if (this.standalone.connected) return this.standalone.say(JSON.stringify(question))
    const answer = JsonRpc.failure(question.id, {
      code: McpError.code.InternalError,
      message: "The client cannot be asked: it has no stream open that could carry the question"
    })
    return Effect.asVoid(this.peer.send(answer)) as Effect.Effect<void, never, R>
  }

  /** Stops what runs, ends the streams, forgets everything. */
  get end(): Effect.Effect<void> {
    return Effect.suspend(() => {
      const fibers = [...this.running, ...(this.pump === undefined ? [] : [this.pump])]
      this.pump = undefined
      return Effect.andThen(
        Fiber.interruptAll(fibers),
        Effect.suspend(() => {
          for (const lane of this.lanes.values()) lane.close()
          return Scope.close(this.scope, Exit.void)
        })
      )
    })
  }
}

export interface Polling {
  readonly after: Duration.Input
  readonly retry: Duration.Input
}

export class Sessions<R> {
  private readonly shared: Shared<R>
  private readonly byId = new Map<string, Session<R>>()
  private readonly perCaller = new Map<string, number>()

  constructor(shared: Shared<R>) {
    this.shared = shared
  }

  /** The session of an id, if it is this caller's. Those of others do not exist. */
  get(id: string, identity: string): Session<R> | undefined {
    const session = this.byId.get(id)
    return session?.identity === identity ? session : undefined
  }

  /** Why there cannot be another session, if so. */
  full(identity: string): string | undefined {
    const { sessions, sessionsPerCaller } = this.shared.limits
    if (this.byId.size >= sessions) return `${sessions} sessions are open already`
    return identity !== "" && (this.perCaller.get(identity) ?? 0) >= sessionsPerCaller
      ? `You have ${sessionsPerCaller} sessions open already`
      : undefined
  }

  /** A session that is not known yet to anybody. */
  make(identity: string): Effect.Effect<Session<R>> {
    return Effect.flatMap(Scope.make(), (scope) =>
      Effect.map(
        Scope.provide(Peer.connect(this.shared.server), scope),
        (peer) => new Session(this.shared, identity, peer, scope)
      )
    )
  }

  keep(session: Session<R>): void {
    this.byId.set(session.id, session)
    this.perCaller.set(session.identity, (this.perCaller.get(session.identity) ?? 0) + 1)
  }

  /** From now on nobody knows the session; what it still does ends when the effect runs. */
  drop(session: Session<R>): Effect.Effect<void> {
    if (!this.byId.delete(session.id)) return Effect.void
    const left = (this.perCaller.get(session.identity) ?? 1) - 1
    if (left === 0) this.perCaller.delete(session.identity)
    else this.perCaller.set(session.identity, left)
    return session.end
  }

  /** Ends sessions that nobody has used for too long, and those that are too old. */
  sweep(now: number): Effect.Effect<void> {
    const { sessionAge, sessionIdle } = this.shared.limits
    const over = [...this.byId.values()].filter(
      (session) => now - session.began >= sessionAge || (now - session.used >= sessionIdle && !session.busy)
    )
    return Effect.forEach(over, (session) => this.drop(session), { discard: true })
  }

  /** Lets go of connections that have been held for too long. */
  release(now: number, { after, retry }: Polling): void {
    const before = now - Duration.toMillis(Duration.fromInputUnsafe(after))
    const wait = Duration.toMillis(Duration.fromInputUnsafe(retry))
    for (const session of this.byId.values()) {
      if (!session.primes) continue
      for (const lane of session.lanes.values()) if (lane.connectedBefore(before)) lane.release(wait)
    }
  }

  get all(): ReadonlyArray<Session<R>> {
    return [...this.byId.values()]
  }
}
