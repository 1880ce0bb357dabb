/**
 * Server-sent events as a client reads them: bytes are pushed in as they arrive, whole events come out in the same
 * turn. Pieces of an unfinished line are joined once, when it ends, so that many small chunks cost no more than one.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */

export interface Event {
  /** `message` where the stream does not say. */
  readonly type: string
  /** Empty where the event only moves the cursor. */
  readonly data: string
  /** What to resume after once this event has been dealt with. */
  readonly id: string | undefined
}

export interface EventStream {
  /** The events this chunk completes. */
  readonly push: (chunk: Uint8Array) => ReadonlyArray<Event>
  /** Whether an event was longer than allowed. Nothing can be read after it. */
  readonly overflowed: () => boolean
  /** How long to wait before connecting again, in milliseconds, if the stream has said so. */
  readonly retry: () => number | undefined
}

/**
 * Makes the reader of one stream. `limit` bounds an event with its field names, and a comment, in characters: an event
 * of as many bytes always fits. An event cut off by the end of the stream is none.
 */
export const make = (limit: number): EventStream => {
  const decoder = new TextDecoder()
  const state = new Block(limit)
  let afterReturn = false

  const read = (text: string) => {
    let start = afterReturn && text[0] === "\n" ? 1 : 0
    if (text !== "") afterReturn = false
    let back = text.indexOf("\r", start)
    while (start < text.length && !state.overflowed) {
      if (back >= 0 && back < start) back = text.indexOf("\r", start)
      const feed = text.indexOf("\n", start)
      const end = feed < 0 || (back >= 0 && back < feed) ? back : feed
      if (end < 0) return state.keep(text.slice(start))
      state.finish(text.slice(start, end))
      afterReturn = end === back && end + 1 === text.length
      start = end === back && text[end + 1] === "\n" ? end + 2 : end + 1
    }
  }
  return {
    push: (chunk) => {
      state.completed = []
      if (!state.overflowed) read(decoder.decode(chunk, { stream: true }))
      return state.completed
    },
    overflowed: () => state.overflowed,
    retry: () => state.retry
  }
}

/** The event being read. */
class Block {
  completed: Array<Event> = []
  overflowed = false
  retry: number | undefined
  private readonly limit: number
  private pieces: Array<string> = []
  private length = 0
  private id: string | undefined
  private moved = false
  private type = ""
  private data: string | undefined

  constructor(limit: number) {
    this.limit = limit
  }

  /** Takes in a part of a line. */
  keep(text: string): void {
    this.length += text.length
    if (this.length > this.limit) this.overflowed = true
    else this.pieces.push(text)
  }

  /** Takes in the last part of a line. */
  finish(text: string): void {
    this.keep(text)
    if (this.overflowed) return
    const whole = this.pieces.length === 1 ? text : this.pieces.join("")
    this.pieces = []
    this.line(whole)
  }

  private line(text: string): void {
    if (text === "") return this.dispatch()
    const colon = text.indexOf(":")
    if (colon < 0) this.field(text, "")
    // A comment adds nothing to the event it stands in.
    else if (colon === 0) this.length -= text.length
    else this.field(text.slice(0, colon), text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1))
  }

  private field(name: string, value: string): void {
    if (name === "data") this.data = this.data === undefined ? value : `${this.data}\n${value}`
    else if (name === "event") this.type = value
    else if (name === "id" && !value.includes("\0")) {
      this.id = value
      this.moved = true
    } else if (name === "retry" && /^\d+$/.test(value)) this.retry = Number(value)
  }

  private dispatch(): void {
    const { data, id, moved, type } = this
    if (data !== undefined || moved) {
      this.completed.push({ type: type === "" ? "message" : type, data: data ?? "", id })
    }
    this.type = ""
    this.data = undefined
    this.moved = false
    this.length = 0
  }
}
