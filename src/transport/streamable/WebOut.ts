/** An answer for faces that want it as a value: whole, or with a web stream as its body. */
import * as Effect from "effect/Effect"
import type { Reply } from "../../http/Exchange.ts"
import type { Out, Sink } from "./Out.ts"

export interface Streamed {
  readonly status: number
  readonly headers: Reply["headers"]
  readonly stream: ReadableStream<Uint8Array>
}

export interface WebOut extends Out {
  /** The client went away, or stopped reading. */
  readonly gone: () => void
}

/** Calls back once with the answer. `queueBytes` is how much may wait for a client that does not read. */
export const make = (queueBytes: number, answered: (answer: Reply | Streamed) => void): WebOut => {
  const listeners: Array<() => void> = []
  let over = false
  const gone = () => {
    if (over) return
    over = true
    for (const listener of listeners) listener()
  }
  return {
    gone,
    reply: (reply) => {
      if (over) return
      over = true
      answered(reply)
    },
    open: (status, headers) => {
      const { sink, stream } = pipe(queueBytes, gone, () => {
        over = true
      })
      if (!over) answered({ status, headers, stream })
      return sink
    },
    onGone: (listener) => {
      if (over) listener()
      else listeners.push(listener)
    }
  }
}

const encoder = new TextEncoder()

const pipe = (queueBytes: number, gone: () => void, ended: () => void) => {
  let controller: ReadableStreamDefaultController<Uint8Array>
  let over = false
  const waiting = new Set<() => void>()
  const wake = () => {
    const awakened = [...waiting]
    waiting.clear()
    for (const resume of awakened) resume()
  }
  const stop = () => {
    over = true
    wake()
  }
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (own) => {
        controller = own
      },
      pull: wake,
      cancel: () => {
        stop()
        gone()
      }
    },
    new ByteLengthQueuingStrategy({ highWaterMark: queueBytes })
  )
  const full = () => !over && (controller.desiredSize ?? 0) <= 0
  const sink: Sink = {
    write: (text) => {
      if (!over) controller.enqueue(encoder.encode(text))
    },
    full,
    room: Effect.callback<void>((resume) => {
      if (!full()) return resume(Effect.void)
      const awake = () => resume(Effect.void)
      waiting.add(awake)
      return Effect.sync(() => void waiting.delete(awake))
    }),
    end: () => {
      if (over) return
      ended()
      stop()
      controller.close()
    },
    cut: () => {
      if (over) return
      stop()
      controller.error(new Error("The client does not read"))
      gone()
    }
  }
  return { sink, stream }
}
