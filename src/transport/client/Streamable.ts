/**
 * One connection to an MCP endpoint, of whichever era its messages are: requests that declare their version are of the
 * stateless era, `initialize` begins a session, and an endpoint that knows neither may be the one of HTTP+SSE.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#backward-compatibility
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { TransportError } from "../../client/Transport.ts"
import { type Connection, Outbox } from "../../Connection.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Modern from "./Modern.ts"
import * as Sse from "./Sse.ts"
import * as Stateful from "./Stateful.ts"
import type { Wire } from "./Wire.ts"

export interface StreamableOptions {
  /** Most requests on their way at a time; others wait for their turn. */
  readonly inFlight: number
  /** How long HTTP+SSE may take to connect, in milliseconds; without it, it is not tried. */
  readonly sse: number | undefined
}

/** Makes the connection. It ends with the scope, and tells the server so where that has a session. */
export const make = Effect.fnUntraced(function* (
  wire: Wire,
  { inFlight, sse }: StreamableOptions
): Effect.fn.Return<Connection<TransportError>, never, Scope.Scope> {
  const scope = yield* Effect.scope
  const turn = Semaphore.makeUnsafe(inFlight).withPermits(1)
  let modern: string | undefined
  let older: Sse.Send | undefined

  const fallBack =
    (failed: Effect.Effect<JsonRpc.Response, TransportError>): Stateful.Ask =>
    (request, outbox) =>
      Effect.flatMap(Effect.exit(failed), (exit) => {
        if (sse === undefined || (Exit.isSuccess(exit) && Modern.isModern(exit.value))) return exit
        const inner = Scope.forkUnsafe(scope)
        return Effect.matchEffect(Scope.provide(Sse.open(wire, sse), inner), {
          onFailure: (error) =>
            Effect.andThen(
              Scope.close(inner, Exit.void),
              error.cause instanceof Sse.Astray ? Effect.fail(error) : exit
            ),
          onSuccess: (send) => {
            older = send
            return Effect.flatMap(Effect.provideService(send(request), Outbox, outbox), (response) =>
              response === undefined ? exit : Effect.succeed(response)
            )
          }
        })
      })
  const stateful = Stateful.make(wire, fallBack)
  yield* Effect.addFinalizer(() => stateful.end)

  const ask = (request: JsonRpc.Request, outbox: Outbox["Service"]) => {
    modern = request.method === "initialize" ? undefined : (Modern.versionOf(request) ?? modern)
    return modern === undefined ? stateful.ask(request, outbox) : Modern.ask(wire, request, modern, outbox)
  }
  const send = (message: JsonRpc.Message) => {
    if (older !== undefined) return older(message)
    if (JsonRpc.isRequest(message)) {
      const asked = Effect.flatMap(Outbox, (outbox) => ask(message, outbox))
      return lasting.has(message.method) ? asked : turn(asked)
    }
    if (modern === undefined) return stateful.deliver(message)
    // A server of the stateless era asks nothing, and must not be answered.
    return JsonRpc.isResponse(message) ? Effect.succeed(undefined) : Modern.deliver(wire, message, modern)
  }
  return {
    send: (message) => Effect.suspend(() => send(message)),
    inbox: Stream.fromQueue(wire.inbox)
  }
})

/** Requests that take as long as they like must not keep others from their turn. */
const lasting: ReadonlySet<string> = new Set(["initialize", "subscriptions/listen"])
