/**
 * Where a server keeps what it said on the streams of its sessions, so that a client whose connection broke can come
 * back and hear the rest. Only streams of 2025-03-26 … 2025-11-25 can be resumed.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as EventStore from "mcp-effect/EventStore"
 * import * as Server from "mcp-effect/Server"
 * import * as StreamableServer from "mcp-effect/StreamableServer"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const Mcp = StreamableServer.layer(server).pipe(Layer.provide(EventStore.layerMemory()))
 * ```
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

/** One thing that was said: its position in its stream, which is above 0 and grows, and the JSON of the message. */
export interface Event {
  readonly position: number
  readonly data: string
}

/** Events that were asked for are no longer there, or never were. Nothing is replayed then: a gap must not go unseen. */
export class Gap extends Schema.TaggedError<Gap>()("EventStoreGap", {
  stream: Schema.String,
  after: Schema.Int
}) {}

/** The names of streams are opaque to the store, and secret: they contain the id of the session. */
export interface EventStore {
  /**
   * Keeps an event at the end of a stream, which begins with its first one, and succeeds with its position. A stream
   * that was forgotten and begins again must not give a position it gave before: its client would not see the gap.
   */
  readonly append: (stream: string, data: string) => Effect.Effect<number>
  /** Everything that was said on a stream after a position, or from its beginning after 0, oldest first. */
  readonly after: (stream: string, position: number) => Effect.Effect<ReadonlyArray<Event>, Gap>
}

/** The store in force. Without one, which is the default, streams cannot be resumed. */
export const EventStore = Context.Reference<EventStore | undefined>("mcp-effect/transport/EventStore", {
  defaultValue: () => undefined
})

export interface MemoryOptions {
  /** How many events of one stream are kept; older ones go. Default: 100. */
  readonly eventsPerStream?: number
  /** How many streams are kept; those that were used longest ago go first. Default: 10,000. */
  readonly streams?: number
  /** How long a stream is kept after the last event. Default: 5 minutes. */
  readonly timeToLive?: Duration.Input
}

/** A store in the memory of this process. */
export const makeMemory = (options: MemoryOptions = {}): EventStore => {
  const { eventsPerStream = 100, streams: mostStreams = 10_000, timeToLive = "5 minutes" } = options
  const lifetime = Duration.toMillis(Duration.fromInputUnsafe(timeToLive))
  /** Least recently used first: appending moves a stream to the end. */
  const streams = new Map<string, Kept>()
  /** No stream that is forgotten went beyond this position: those that begin, perhaps again, begin behind it. */
  let forgotten = 0

  const expire = (now: number) => {
    for (const [name, { last, used }] of streams) {
      if (now - used < lifetime && streams.size <= mostStreams) break
      streams.delete(name)
      forgotten = Math.max(forgotten, last)
    }
  }
  return {
    append: (name, data) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const stream = streams.get(name) ?? { start: forgotten, last: forgotten, events: [], used: now }
        streams.delete(name)
        streams.set(name, stream)
        stream.used = now
        stream.events.push({ position: ++stream.last, data })
        if (stream.events.length > eventsPerStream) stream.events.shift()
        expire(now)
        return stream.last
      }),
    after: (name, position) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        expire(now)
        const stream = streams.get(name)
        return stream === undefined || isMissing(stream, position)
          ? Effect.fail(new Gap({ stream: name, after: position }))
          : Effect.succeed(stream.events.filter((event) => event.position > position))
      })
  }
}

interface Kept {
  /** The position before the first event. */
  readonly start: number
  last: number
  readonly events: Array<Event>
  used: number
}

/** Whether something after a position is not kept any more, or never was. */
const isMissing = ({ events, last, start }: Kept, position: number): boolean =>
  position > last || (position === 0 ? start : position) < last - events.length

/** Keeps streams in the memory of this process. */
export const layerMemory = (options?: MemoryOptions): Layer.Layer<never> =>
  Layer.sync(EventStore, () => makeMemory(options))
