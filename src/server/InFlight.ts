/** The requests of one peer that are being answered, by id: none twice, not too many, and each can be cancelled. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Outgoing } from "./Reply.ts"

interface Running {
  readonly outbox: Outgoing
  fiber: Fiber.Fiber<unknown, unknown> | undefined
  cancelled: boolean
}

export class InFlight {
  private made: Map<JsonRpc.Id, Running> | undefined
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  /** Made for the first request. */
  private get running(): Map<JsonRpc.Id, Running> {
    return (this.made ??= new Map())
  }

  /**
   * Answers a request in a fiber of its own. Succeeds with `undefined` when it was cancelled, once its finalizers
   * have run; until then its id is taken.
   */
  run<R>(
    { id }: JsonRpc.Request,
    outbox: Outgoing,
    answer: Effect.Effect<JsonRpc.Response, never, R>
  ): Effect.Effect<JsonRpc.Response | undefined, never, R> {
    return Effect.suspend(() => {
      const refused = this.refusal(id)
      if (refused !== undefined) return Effect.succeed(JsonRpc.failure(id, refused.fault))
      const entry: Running = { outbox, fiber: undefined, cancelled: false }
      this.running.set(id, entry)
      const tracked = Effect.withFiber<JsonRpc.Response, never, R>((fiber) => {
        entry.fiber = fiber
        fiber.addObserver(() => this.running.delete(id))
        return answer
      })
      return Effect.flatMap(Effect.forkChild(tracked, { startImmediately: true }), (fiber) =>
        settle(entry, fiber)
      )
    })
  }

  /** Interrupts a request. What is unknown or over cannot be cancelled, and that is no mistake. */
  cancel(id: unknown): void {
    const entry = JsonRpc.isId(id) ? this.running.get(id) : undefined
    if (entry === undefined) return
    entry.cancelled = true
    entry.outbox.closed = true
    entry.fiber?.interruptUnsafe()
  }

  private refusal(id: JsonRpc.Id): McpError.McpError | undefined {
    if (this.running.has(id)) return McpError.invalidRequest("A request with this id is still being answered")
    return this.running.size < this.limit
      ? undefined
      : McpError.make(McpError.code.InternalError, `Busy: ${this.limit} requests are being answered already`)
  }
}

const settle = (
  entry: Running,
  fiber: Fiber.Fiber<JsonRpc.Response>
): Effect.Effect<JsonRpc.Response | undefined> => {
  const exit = fiber.pollUnsafe()
  if (exit !== undefined) return entry.cancelled ? Effect.undefined : exit
  return Effect.onInterrupt(
    Effect.flatMap(Fiber.await(fiber), (late) => (entry.cancelled ? Effect.undefined : late)),
    () => Fiber.interrupt(fiber)
  )
}
