/**
 * One stream of a session. It outlives the connections that carry it: a client that comes back with the id of the last
 * event it saw hears the rest, in order and once.
 */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as EventStore from "../EventStore.ts"
import * as Event from "./Event.ts"
import type { Sink } from "./Out.ts"
import type { Watched } from "./Watch.ts"

export class Lane {
  /** Names the lane in its session and in the ids of its events. */
  readonly key: string
  private readonly name: string
  private readonly store: EventStore.EventStore | undefined
  private readonly watched: Watched
  private oneAtATime: Semaphore.Semaphore | undefined
  private sink: Sink | undefined
  private since = 0
  /** The position of the last event; where others may have said it, nobody here knows. */
  private last: number | undefined
  /** Before this position something was said that the store could not keep. */
  private whole = 0

  constructor(
    session: string,
    key: string,
    store: EventStore.EventStore | undefined,
    watched: Watched,
    { begins }: { readonly begins: boolean }
  ) {
    this.key = key
    this.name = `${session}/${key}`
    this.store = store
    this.watched = watched
    this.last = begins ? 0 : undefined
  }

  /** Events are kept, told and replayed one at a time. */
  private get turn(): Semaphore.Semaphore {
    return (this.oneAtATime ??= Semaphore.makeUnsafe(1))
  }

  /** Whether somebody hears what is said now, or will when they come back. */
  get heard(): boolean {
    return this.sink !== undefined || this.store !== undefined
  }

  get connected(): boolean {
    return this.sink !== undefined
  }

  /** Whether the lane has been carried by one connection since before a time, in milliseconds. */
  connectedBefore(time: number): boolean {
    return this.sink !== undefined && this.since < time
  }

  /** Carries the lane from now on. A connection that carried it before is ended. */
  attach(sink: Sink, now: number): void {
    this.close()
    this.sink = sink
    this.since = now
    this.watched.add(sink)
  }

  /** Lets the client know where it is before there is anything to know. */
  prime(): void {
    if (this.store !== undefined) this.sink?.write(Event.primer(this.id(0)))
  }

  /** Says one message. What can be kept is kept before it is told. */
  say(json: string): Effect.Effect<void> {
    const { store } = this
    if (store === undefined) return Effect.suspend(() => this.tell(json))
    return this.turn.withPermit(Effect.flatMap(this.keep(store, json), (id) => this.tell(json, id)))
  }

  /** Carries the lane on the connection that is opened and attached, which first hears what was said after a position. */
  resume(open: () => Sink, position: number): Effect.Effect<void, EventStore.Gap> {
    const { store } = this
    if (store === undefined) return Effect.void
    this.close()
    // Who has heard everything misses nothing, whatever the store has kept.
    const missed = Effect.suspend(() => {
      if (position < this.whole) {
        return Effect.fail(new EventStore.Gap({ stream: this.name, after: position }))
      }
      return position === this.last ? Effect.succeed([]) : store.after(this.name, position)
    })
    return this.turn.withPermit(
      Effect.map(missed, (events) => {
        const sink = open()
        if (events.length === 0) return
        sink.write(events.map(({ data, position: at }) => Event.message(data, this.id(at))).join(""))
      })
    )
  }

  /** The connection is gone, whoever ended it. */
  lost(sink: Sink): void {
    this.watched.forget(sink)
    if (this.sink === sink) this.sink = undefined
  }

  /** Ends the connection and says when to come back, in milliseconds. The lane goes on. */
  release(retry: number): void {
    this.sink?.write(Event.retry(retry))
    this.close()
  }

  /** Ends the connection. */
  close(): void {
    const { sink } = this
    if (sink === undefined) return
    this.lost(sink)
    sink.end()
  }

  /** The id under which something is kept. None if the store fails: then it is told to whoever listens, and that is all. */
  private keep(store: EventStore.EventStore, json: string): Effect.Effect<string | undefined> {
    const kept = Effect.suspend(() => store.append(this.name, json)).pipe(
      Effect.map((position) => {
        this.last = position
        if (this.whole === Infinity) this.whole = position
        return this.id(position)
      })
    )
    return Effect.catchDefect(kept, (defect) => {
      this.whole = Infinity
      return Effect.as(Effect.logError("What was said on a stream cannot be kept", defect), undefined)
    })
  }

  private tell(json: string, id?: string): Effect.Effect<void> {
    const { sink } = this
    if (sink === undefined) return Effect.void
    sink.write(Event.message(json, id))
    return sink.full() ? sink.room : Effect.void
  }

  private id(position: number): string {
    return `${this.key}_${position}`
  }
}

/** Reads the id of an event: the key of its lane and its position there. */
export const cursor = (id: string): { readonly key: string; readonly position: number } | undefined => {
  const match = /^([A-Za-z0-9-]{1,64})_(\d{1,15})$/.exec(id)
  return match === null ? undefined : { key: match[1]!, position: Number(match[2]) }
}
