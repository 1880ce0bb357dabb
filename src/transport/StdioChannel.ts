/**
 * A channel of lines over two Node streams: standard streams, a child's pipes, both ends of a socket.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Readable, Writable } from "node:stream"
import type { Channel, Listener } from "./Channel.ts"
import * as Lines from "./Lines.ts"

export interface StdioChannelOptions {
  readonly input: Readable
  readonly output: Writable
  /** The `write` of `output`, where it has been taken away from user code. */
  readonly write?: Write
  /** The longest line that is read, in bytes. */
  readonly lineBytes: number
  /** How much may wait to be written, in bytes, before the channel counts as full. */
  readonly queueBytes: number
}

/** Writes to a stream; `done` is called when the text has left or cannot. */
export type Write = (text: string, done?: () => void) => unknown

/** Texts of one turn are joined up to this many characters. */
const joined = 65_536

/**
 * Makes the channel. When the scope closes, it stops reading and forgets the streams, but ends neither of them. A
 * broken pipe ends the channel and is never an uncaught error, also not after the scope has closed.
 */
export const make = (options: StdioChannelOptions): Effect.Effect<Channel, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => connect(options)),
      ({ close }) => Effect.sync(close)
    ),
    ({ channel }) => channel
  )

const connect = ({ input, lineBytes, output, queueBytes, ...options }: StdioChannelOptions) => {
  const write: Write = options.write ?? ((text, done) => output.write(text, done))
  const waiting = new Set<() => void>()
  let listener: Listener | undefined
  let ended = false
  let broken = false
  let marked = false
  let scheduled = false
  let pending = ""

  const wake = () => {
    marked = false
    const awakened = Array.from(waiting)
    waiting.clear()
    for (const resume of awakened) resume()
  }
  const end = (reason?: unknown) => {
    if (ended) return
    ended = true
    listener?.end(reason)
  }
  const breakOff = (reason?: unknown) => {
    broken = true
    pending = ""
    wake()
    end(reason)
  }
  const leave = () => {
    scheduled = false
    if (pending === "") return
    const text = pending
    pending = ""
    write(text)
  }
  const full = () => !broken && output.writableLength + pending.length >= queueBytes
  /** Everything written so far has left. An empty write tells: `drain` is only emitted above the high water mark. */
  const flush = Effect.callback<void>((resume) => {
    leave()
    if (broken || output.writableLength === 0) return resume(Effect.void)
    const awake = () => resume(Effect.void)
    waiting.add(awake)
    if (!marked) {
      marked = true
      write("", wake)
    }
    return Effect.sync(() => void waiting.delete(awake))
  })
  const channel: Channel = {
    open: (heard) => {
      listener = heard
      const lines = Lines.make({ limit: lineBytes, line: heard.text, bad: heard.bad })
      listen(input, "data", lines.push)
      listen(input, "end", () => {
        lines.end()
        end()
      })
      if (input.readableEnded || input.destroyed) queueMicrotask(end)
    },
    post: (text) => {
      if (broken) return
      pending += text + "\n"
      if (pending.length >= joined) leave()
      else if (!scheduled) {
        scheduled = true
        queueMicrotask(leave)
      }
    },
    full,
    room: Effect.suspend(() => (full() ? flush : Effect.void)),
    pause: () => void input.pause(),
    resume: () => void input.resume(),
    flush
  }
  const disposals: Array<() => void> = []
  const listen = <A>(stream: Readable | Writable, event: string, hear: (value: A) => void) => {
    stream.on(event, hear)
    disposals.push(() => stream.off(event, hear))
  }
  listen(input, "error", end)
  listen(input, "close", () => end())
  listen(output, "close", () => breakOff())
  output.on("error", breakOff)
  const close = () => {
    leave()
    input.pause()
    for (const dispose of disposals) dispose()
    input.on("error", ignore)
    listener = undefined
  }
  return { channel, close }
}

const ignore = () => {}
