/** The requests of one peer that are being answered, by id: none twice, not too many, and each can be cancelled. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
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
    return Effect.contextWith((context: Context.Context<R>) => {
      const refused = this.refusal(id)
      if (refused !== undefined) return Effect.succeed(JsonRpc.failure(id, refused.fault))
      const entry: Running = { outbox, fiber: undefined, cancelled: false }
      this.running.set(id, entry)
      const tracked = Effect.withFiber<JsonRpc.Response, never, R>((fiber) => {
        entry.fiber = fiber
        fiber.addObserver(() => this.running.delete(id))
        return answer
      })
      return settled(entry, tracked, context)
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

/** Not a child of whoever waits: a fiber with children is dearer, and this one ends with its wait anyway. */
const settled = <R>(
  entry: Running,
  answer: Effect.Effect<JsonRpc.Response, never, R>,
  context: Context.Context<R>
): Effect.Effect<JsonRpc.Response | undefined> =>
  Effect.callback((resume) => {
    const fiber = Effect.runForkWith(context)(answer)
    const settle = (exit: Exit.Exit<JsonRpc.Response>) => resume(entry.cancelled ? Effect.undefined : exit)
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return settle(exit)
    fiber.addObserver(settle)
    return Fiber.interrupt(fiber)
  })
