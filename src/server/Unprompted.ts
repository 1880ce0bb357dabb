/**
 * What a session is told without having asked: that lists and resources changed, and that we want a sign of life. A
 * peer that is slow to listen is told once what happened often.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Events from "./Events.ts"
import type { Settled } from "./Handshake.ts"
import * as Pending from "./Pending.ts"
import type { Server } from "./Server.ts"
import type { Visits } from "./Visits.ts"

type Source = Pick<Server, "capabilities" | "events">

export class Unprompted {
  private readonly server: Source
  private readonly visits: Visits
  private readonly pending = Pending.make<JsonRpc.Message>()
  private stop: (() => void) | undefined

  constructor(server: Source, visits: Visits) {
    this.server = server
    this.visits = visits
  }

  readonly inbox: Stream.Stream<JsonRpc.Message> = Stream.fromPull(Effect.sync(() => this.pending.take))

  /** Says something that is like nothing else that waits to be said. */
  readonly say = (message: JsonRpc.Notification | JsonRpc.Request): Effect.Effect<void> =>
    Effect.sync(() => this.pending.offer(JSON.stringify(message), message))

  /** From now on the client hears of what happens at the server. */
  begin(settled: Settled): void {
    this.stop ??= this.server.events.subscribe((event) => this.happened(event, settled))
  }

  /** Nothing that happens at the server reaches the client any more. */
  readonly end = Effect.sync(() => this.stop?.())

  private happened(event: Events.Event, settled: Settled): void {
    if (!this.concerns(event, settled)) return
    const { revision } = settled
    const { method, params } = Events.notification(event)
    const told = revision.down.notification(method, params)
    if (told !== undefined) this.pending.offer(Events.key(event), JsonRpc.notification(method, told))
  }

  private concerns(event: Events.Event, { subscriptions }: Settled): boolean {
    if (event._tag === "ElicitationCompleted") return this.visits.finish(event.elicitationId)
    if (!Events.isDeclared(this.server.capabilities, event._tag)) return false
    return event._tag !== "ResourceUpdated" || subscriptions?.has(event.uri) === true
  }
}
