/**
 * HTTP+SSE of 2024-11-05: one stream for everything the server says, and a second endpoint for what the client says.
 *
 * @see https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Outbox } from "../../Connection.ts"
import type { Head, Reply } from "../../http/Exchange.ts"
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Peer from "../../server/Session.ts"
import * as Answers from "../Answers.ts"
import * as Event from "./Event.ts"
import * as Expiry from "./Expiry.ts"
import type { Out, Sink } from "./Out.ts"
import * as Replies from "./Replies.ts"
import { busy, type Caller, expectsAnswer, type Shared, track } from "./Shared.ts"

export interface Paths {
  /** Where clients open the stream. */
  readonly sse: string
  /** Where they post to. */
  readonly messages: string
  /** What a proxy in front takes off every path, and clients therefore must put before it. */
  readonly prefix: string
}

interface Line<R> {
  readonly identity: string
  readonly peer: Peer.Peer<R>
  readonly sink: Sink
  readonly running: Set<Fiber.Fiber<unknown>>
}

export class SseEndpoint<R> {
  private readonly shared: Shared<R>
  private readonly paths: Paths
  private readonly lines = new Map<string, Line<R>>()

  constructor(shared: Shared<R>, paths: Paths) {
    this.shared = shared
    this.paths = paths
  }

  /** Opens a line, and tells where it is spoken to. It lasts as long as the connection. */
  open(caller: Caller<R>, head: Head, out: Out): void {
    const { secret, watched } = this.shared
    const full = this.full(caller.identity)
    if (full !== undefined) return out.reply(Replies.busy(full))
    const sink = out.open(200, Event.headers)
    const id = secret()
    watched.add(sink)
    sink.write(`event: endpoint\ndata: ${this.address(head)}?session_id=${id}\n\n`)
    const fiber = caller.fork(Effect.scoped(this.live(caller, id, sink)))
    track(this.shared.running, fiber)
    out.onGone(() => {
      watched.forget(sink)
      fiber.interruptUnsafe()
    })
  }

  /** Why there cannot be another line, if so. */
  private full(identity: string): string | undefined {
    const { sessions, sessionsPerCaller } = this.shared.limits
    if (this.lines.size >= sessions) return `${sessions} clients are connected already`
    if (identity === "") return undefined
    let own = 0
    for (const line of this.lines.values()) if (line.identity === identity) own++
    return own >= sessionsPerCaller ? `You have ${sessionsPerCaller} connections open already` : undefined
  }

  /** Takes a message; what there is to answer is said on the line. */
  post(caller: Caller<R>, id: string | undefined, value: unknown, out: Out): void {
    if (id === undefined) return out.reply(Replies.refuse(400, 'The address lacks its "session_id"'))
    const line = this.lines.get(id)
    if (line === undefined || line.identity !== caller.identity) {
      return out.reply(Replies.refuse(404, "There is no such session: open the stream again"))
    }
    const full = expectsAnswer(Array.isArray(value) ? value : [value]) ? this.behind(line) : undefined
    if (full !== undefined) return out.reply(full)
    out.reply({ status: 202, headers: { "content-type": "text/plain" }, body: "Accepted" })
    const tell = telling(line.sink)
    const say = (message: JsonRpc.Message) => Effect.suspend(() => tell(JSON.stringify(message)))
    const answered = Effect.flatMap(line.peer.accept(value), (answer) =>
      Effect.forEach(Answers.each(answer), (response) => tell(Answers.write(response, this.shared.log)), {
        discard: true
      })
    )
    const fiber = caller.fork(Effect.provideService(answered, Outbox, { say }))
    track(line.running, fiber)
    track(this.shared.running, fiber)
  }

  /** Why another request has to wait: an answer counts until it has left on the line, which its client has to read. */
  private behind({ running }: Line<R>): Reply | undefined {
    const { inFlight } = this.shared.limits
    return running.size < inFlight
      ? busy(this.shared)
      : Replies.busy(`${inFlight} requests of this session are being answered already`)
  }

  /** Serves a line until its connection is gone; then what runs on it is stopped. */
  private live(caller: Caller<R>, id: string, sink: Sink): Effect.Effect<void, never, R | Scope.Scope> {
    return Effect.flatMap(Peer.connect(this.shared.server), (peer) => {
      const line: Line<R> = { identity: caller.identity, peer, sink, running: new Set() }
      const said = Stream.runForEach(peer.inbox, (message) => telling(sink)(JSON.stringify(message)))
      const over = Effect.suspend(() => {
        this.lines.delete(id)
        this.shared.watched.forget(sink)
        sink.end()
        return Fiber.interruptAll(line.running)
      })
      this.lines.set(id, line)
      const ending = Effect.raceFirst(this.shared.closing, Expiry.wait(caller))
      return Effect.ensuring(Effect.andThen(Effect.raceFirst(said, ending), finished(line.running)), over)
    })
  }

  /** Where the client finds the other endpoint: beside this one, whatever stands before both. */
  private address({ url }: Head): string {
    const { messages, prefix, sse } = this.paths
    const path = url.split("?", 1)[0]!
    const mount = path.endsWith(sse) ? path.slice(0, -sse.length) : ""
    return `${prefix === mount ? "" : prefix}${mount}${messages}`
  }
}

/**
 * What runs on the line has been answered: there is no other way for the answers. What comes meanwhile is let in or
 * not like any request, and nothing is said that was not asked for. Whoever winds down has a deadline for all that.
 */
const finished = (running: Line<never>["running"]): Effect.Effect<void> =>
  Effect.suspend(() =>
    running.size === 0 ? Effect.void : Effect.flatMap(Fiber.awaitAll([...running]), () => finished(running))
  )

const telling =
  (sink: Sink) =>
  (json: string): Effect.Effect<void> =>
    Effect.suspend(() => {
      sink.write(`event: message\n${Event.message(json)}`)
      return sink.full() ? sink.room : Effect.void
    })

/** The `session_id` in the query of an address. */
export const sessionOf = ({ url }: Head): string | undefined =>
  new URLSearchParams(url.slice(url.indexOf("?") + 1)).get("session_id") ?? undefined
