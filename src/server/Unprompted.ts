/**
 * What a session is told without having asked: that lists and resources changed, and that we want a sign of life. A
 * peer that is slow to listen is told once what happened often.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Events from "./Events.ts"
import * as Handshake from "./Handshake.ts"
import * as Pending from "./Pending.ts"
import type { Server } from "./Server.ts"
import type { Visits } from "./Visits.ts"

type Source<R> = Pick<Server<R>, "capabilities" | "events" | "mayRead">

export class Unprompted<R> {
  private readonly server: Source<R>
  private readonly visits: Visits
  private readonly pending = Pending.make<JsonRpc.Message>()
  private stop: (() => void) | undefined
  private settled: Handshake.Settled | undefined

  constructor(server: Source<R>, visits: Visits) {
    this.server = server
    this.visits = visits
  }

  get inbox(): Stream.Stream<JsonRpc.Message, never, R> {
    return Stream.filterEffect(Stream.fromEffectRepeat(this.pending.take), (message) => this.isOpen(message))
  }

  /** Says something that is like nothing else that waits to be said. */
  say(message: JsonRpc.Notification | JsonRpc.Request): Effect.Effect<void> {
    return Effect.sync(() => this.pending.offer(JSON.stringify(message), message))
  }

  /** From now on the client hears of what happens at the server. */
  begin(settled: Handshake.Settled): void {
    this.settled = settled
    this.stop ??= this.server.events.subscribe((event) => this.happened(event))
  }

  /** Nothing that happens at the server reaches the client any more. */
  end(): void {
    this.stop?.()
  }

  /** Asked when it is told, not when it was subscribed to: what may be read can change while a session lasts. */
  private isOpen(message: JsonRpc.Message): Effect.Effect<boolean, never, R> {
    if (!JsonRpc.isNotification(message) || message.method !== "notifications/resources/updated") return yes
    const uri = String(message.params?.["uri"])
    const meta = Handshake.metaOf(this.settled!, undefined)
    const asked = { id: "subscription", method: "resources/subscribe", params: { uri }, meta }
    return Effect.catchDefect(
      Effect.suspend(() => this.server.mayRead(uri, asked)),
      (defect) => Effect.as(Effect.logError("It cannot be told who may read a resource", defect), false)
    )
  }

  private happened(event: Events.Event): void {
    const settled = this.settled!
    if (!this.concerns(event, settled)) return
    const { revision } = settled
    const { method, params } = Events.notification(event)
    const told = revision.down.notification(method, params)
    if (told !== undefined) this.pending.offer(Events.key(event), JsonRpc.notification(method, told))
  }

  private concerns(event: Events.Event, { subscriptions }: Handshake.Settled): boolean {
    if (event._tag === "ElicitationCompleted") return this.visits.finish(event.elicitationId)
    if (!Events.isDeclared(this.server.capabilities, event._tag)) return false
    return event._tag !== "ResourceUpdated" || subscriptions?.has(event.uri) === true
  }
}

const yes = Effect.succeed(true)
