/**
 * The conversation a client is having: a line whose version is settled, opened again when it broke and somebody
 * needs it. What was in flight on a broken line has failed; nothing is sent twice behind the caller's back.
 */
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { Deadlines } from "./Deadlines.ts"
import { Eras } from "./Eras.ts"
import * as Line from "./Line.ts"
import * as Negotiate from "./Negotiate.ts"
import { Transport, TransportError } from "./Transport.ts"

export interface Link {
  /** The line to use now. Opens and negotiates one if the last one broke. */
  readonly line: Effect.Effect<Line.Line, Negotiate.NegotiateError>
  /** Who is at the other end, as of the last negotiation. */
  readonly server: () => Negotiate.Settled["server"]
  /** Whether the client's scope has ended: there will be no other line. */
  readonly closed: () => boolean
}

/**
 * Opens the first line at once, so that a server that cannot be reached fails here. `greet` runs on every line
 * before anybody else uses it.
 */
export const make = Effect.fnUntraced(function* (
  offer: Negotiate.Offer,
  shared: Line.Shared,
  deadlines: Deadlines,
  greet: (settled: Negotiate.Settled) => Effect.Effect<void, Negotiate.NegotiateError>
): Effect.fn.Return<Link, Negotiate.NegotiateError, Transport | Scope.Scope> {
  const transport = yield* Transport
  const scope = yield* Effect.scope
  const reach: Negotiate.Reach<never> = {
    target: transport.target,
    open: (dialect) => Scope.provide(Line.open(transport, shared, dialect), scope),
    deadlines,
    eras: yield* Eras
  }
  const settle = Effect.tap(Negotiate.negotiate(reach, offer), (settled) =>
    Effect.onError(greet(settled), () => settled.line.close)
  )
  const one = Semaphore.makeUnsafe(1)
  let closed = false
  let current = yield* settle
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      closed = true
    })
  )

  const renewed = one.withPermits(1)(
    Effect.suspend(() => {
      if (closed) return Effect.fail(new TransportError({ message: "The client is closed" }))
      if (!current.line.broken()) return Effect.succeed(current.line)
      return Effect.andThen(
        current.line.close,
        Effect.map(settle, (settled) => {
          current = settled
          return settled.line
        })
      )
    })
  )
  return {
    line: Effect.suspend(() => (current.line.broken() ? renewed : Effect.succeed(current.line))),
    server: () => current.server,
    closed: () => closed
  }
})
