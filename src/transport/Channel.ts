/**
 * A duplex channel of texts, each of them one message: lines on a pair of pipes or a socket, frames of a WebSocket.
 *
 * It is a pair of plain functions rather than a Stream and a Sink: a message must cost no queue and no fiber.
 */
import type * as Effect from "effect/Effect"
import type { BadLine } from "./Lines.ts"

export interface Listener {
  readonly text: (text: string) => void
  /** Something arrived that cannot be a message and was skipped. */
  readonly bad: (why: BadLine) => void
  /** Nothing more will arrive, or nothing more can be said. Called once; `reason` is what broke, if something did. */
  readonly end: (reason?: unknown) => void
}

export interface Channel {
  /** Starts to listen. Called once. */
  readonly open: (listener: Listener) => void
  /** Says one text. What is said in one turn leaves in one write. Never throws; after the end it does nothing. */
  readonly post: (text: string) => void
  /** Whether so much is waiting to leave that nothing should be added before there is `room`. */
  readonly full: () => boolean
  /** Waits until the channel is not full; a channel that ended has room. */
  readonly room: Effect.Effect<void>
  /** Stops listening for a while, so that the peer feels it. */
  readonly pause: () => void
  readonly resume: () => void
  /** Waits until what was posted has left, or cannot. */
  readonly flush: Effect.Effect<void>
}
