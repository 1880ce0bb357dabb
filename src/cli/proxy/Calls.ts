/** The requests that are on their way through a proxy, and those that wait for their client to come back. */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import type * as Scope from "effect/Scope"
import { WebCrypto } from "effect/crypto/WebCrypto"
import { Outbox } from "../../Connection.ts"
import * as McpError from "../../protocol/McpError.ts"
import type { Request } from "../../server/Invocation.ts"
import type { Result } from "../../server/Part.ts"
import { Call } from "./Call.ts"

/** How long a client may take to come back with answers. */
const patience: Duration.Input = "10 minutes"

/** Which request a question of the server behind belongs to, where that is known. */
export const CurrentCall = Context.Reference<Call | undefined>("mcp-effect/cli/proxy/CurrentCall", {
  defaultValue: () => undefined
})

export interface Calls {
  /** Sends a request on, or takes up one that waited. */
  readonly run: (
    request: Request["Service"],
    send: (call: Call) => Effect.Effect<Result, McpError.McpError>
  ) => Effect.Effect<Result, McpError.McpError, Outbox>
  /** Whether a request waits under this state for its client to come back. */
  readonly knows: (requestState: unknown) => boolean
  /** Waits until nothing is on its way. */
  readonly idle: Effect.Effect<void>
  /** The request something belongs to that does not say so itself, if that can be told. */
  readonly likely: () => Call | undefined
}

/** `alone`: there is one client, so the newest request will do where there are several. */
export const make = Effect.fnUntraced(function* (
  alone: boolean
): Effect.fn.Return<Calls, never, Scope.Scope> {
  const running = new Set<Call>()
  const quiet: Array<() => void> = []
  const ended = (call: Call) => {
    running.delete(call)
    if (running.size === 0) for (const resume of quiet.splice(0)) resume()
  }
  const waiting = new Map<string, Call>()
  const timers = yield* FiberMap.make<string, void>()
  const scope = yield* Effect.scope
  const crypto = yield* WebCrypto

  const settle = (call: Call) =>
    Effect.tap(call.next, (result) => {
      if (result["resultType"] !== "input_required") return Effect.void
      waiting.set(call.token, call)
      const forgotten = Effect.andThen(
        Effect.sync(() => waiting.delete(call.token)),
        call.end
      )
      return FiberMap.run(timers, call.token, Effect.delay(forgotten, patience))
    })

  const begin = Effect.fnUntraced(function* (
    request: Request["Service"],
    send: (call: Call) => Effect.Effect<Result, McpError.McpError>
  ) {
    const call = new Call(crypto.randomUUID(), request, yield* Outbox)
    running.add(call)
    const fiber = yield* Effect.forkIn(Effect.provideService(send(call), CurrentCall, call), scope)
    // Not before it has its result: who waits for quiet closes the scope.
    fiber.addObserver(() => ended(call))
    call.begin(fiber)
    return yield* settle(call)
  })

  const resume = Effect.fnUntraced(function* (token: unknown, request: Request["Service"]) {
    const call = typeof token === "string" ? waiting.get(token) : undefined
    if (call === undefined || call.request.method !== request.method)
      return yield* Effect.fail(McpError.invalidParams("The requestState is not valid for this request"))
    waiting.delete(call.token)
    yield* FiberMap.remove(timers, call.token)
    call.resume(request, yield* Outbox)
    return yield* settle(call)
  })

  return {
    run: (request, send) =>
      Object.hasOwn(request.params, "requestState")
        ? resume(request.params["requestState"], request)
        : begin(request, send),
    knows: (requestState) => typeof requestState === "string" && waiting.has(requestState),
    idle: Effect.callback((resume) => {
      if (running.size === 0) return resume(Effect.void)
      quiet.push(() => resume(Effect.void))
    }),
    likely: () => (alone || running.size === 1 ? [...running].at(-1) : undefined)
  }
})
