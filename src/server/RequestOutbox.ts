/**
 * The outbox of one request: progress only grows, log messages keep their place among what else is said, and
 * nothing is said once the request has ended.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { Outbox } from "../Connection.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"

export interface RequestOutbox {
  readonly say: Outbox["Service"]["say"]
  /** Says something from where no Effect can be awaited, such as a logger. */
  readonly post: (message: JsonRpc.Notification, run: Run) => void
  /** Ends the request: what was posted still goes out, unless nobody waits for the answer any more. */
  readonly close: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
}

type Run = (effect: Effect.Effect<void>) => Fiber.Fiber<void>

/** How much may wait to be posted while the peer is slow. More is dropped: a log must not fill the memory. */
const mostWaiting = 1000

export const make = (outbox: Outbox["Service"]): RequestOutbox => {
  let open = true
  let progress = Number.NEGATIVE_INFINITY
  const waiting: Array<JsonRpc.Notification> = []
  let posting: Fiber.Fiber<void> | undefined

  const grows = (message: JsonRpc.Notification | JsonRpc.Request) => {
    if (message.method !== "notifications/progress") return true
    const next = Number(message.params?.["progress"])
    if (!(next > progress)) return false
    progress = next
    return true
  }
  const settled = Effect.suspend(() =>
    posting === undefined ? Effect.void : Effect.asVoid(Fiber.await(posting))
  )
  const postAll: Effect.Effect<void> = Effect.suspend(() => {
    const message = waiting.shift()
    return message === undefined ? Effect.void : Effect.andThen(outbox.say(message), postAll)
  })

  return {
    say: (message) =>
      Effect.suspend(() => {
        if (!open || !grows(message)) return Effect.void
        return posting === undefined ? outbox.say(message) : Effect.andThen(settled, outbox.say(message))
      }),
    post: (message, run) => {
      if (!open || waiting.length >= mostWaiting) return
      waiting.push(message)
      if (posting !== undefined) return
      // Started in this turn: unless the peer is slow, the message is out when the logger returns.
      const fiber = run(postAll)
      if (fiber.pollUnsafe() !== undefined) return
      posting = fiber
      fiber.addObserver(() => {
        posting = undefined
      })
    },
    close: (exit) =>
      Effect.suspend(() => {
        open = false
        if (posting === undefined) return Effect.void
        return Exit.isFailure(exit) && Exit.hasInterrupts(exit) ? Fiber.interrupt(posting) : settled
      })
  }
}
