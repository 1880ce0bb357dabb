/**
 * Newline-delimited text: bytes are pushed in as they arrive, whole lines come out in the same turn.
 *
 * Framing works on bytes, so a character or a byte order mark may be split anywhere. Complete lines of one chunk are
 * decoded together without copying; only an unfinished line is kept, in one buffer that at most doubles up to the
 * limit, so that a peer cannot make us hold more than twice the limit however it cuts its bytes.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio
 */

/** Why a line could not be handed on: it was longer than the limit, or its bytes are no UTF-8. */
export type BadLine = "too long" | "not UTF-8"

export interface LinesOptions {
  /** The longest accepted line in bytes, its newline not counted. */
  readonly limit: number
  /** Hears every line that is not blank, without its newline and without a byte order mark. */
  readonly line: (text: string) => void
  /** Hears once for each line that was skipped. A line that is too long is reported as soon as it is. */
  readonly bad: (why: BadLine) => void
}

export interface Lines {
  readonly push: (chunk: Uint8Array) => void
  /** The input ended: what is left is a line even without its newline. */
  readonly end: () => void
}

const newline = 0x0a
const byteOrderMark = 0xfeff
const smallestBuffer = 4096
const empty = new Uint8Array(0)

/**
 * Makes the framing of one input. A byte order mark at the start of any line is dropped, as files joined together
 * have them there; a carriage return before the newline is white space to JSON and stays.
 */
export const make = ({ bad, limit, line }: LinesOptions): Lines => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  let kept = empty
  let length = 0
  let skipping = false

  const say = (text: string) => {
    const bare = text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text
    if (bare.trim() !== "") line(bare)
  }
  const single = (bytes: Uint8Array) => {
    if (bytes.length > limit) return bad("too long")
    const text = decode(decoder, bytes)
    if (text === undefined) bad("not UTF-8")
    else say(text)
  }
  const several = (bytes: Uint8Array) => {
    const text = bytes.length > limit ? undefined : decode(decoder, bytes)
    if (text === undefined) return eachLine(bytes, single)
    if (!text.includes("\n")) return say(text)
    for (const part of text.split("\n")) say(part)
  }
  const keep = (bytes: Uint8Array) => {
    if (length + bytes.length > limit) {
      skipping = true
      kept = empty
      length = 0
      return bad("too long")
    }
    if (length + bytes.length > kept.length) kept = grown(kept, length, length + bytes.length, limit)
    kept.set(bytes, length)
    length += bytes.length
  }
  /** Ends the unfinished line and gives back its bytes. The buffer is let go: lines can differ much in length. */
  const take = (): Uint8Array => {
    const bytes = kept.subarray(0, length)
    kept = empty
    length = 0
    return bytes
  }
  /** Finishes the line that earlier chunks began. */
  const finish = (bytes: Uint8Array) => {
    if (!skipping) keep(bytes)
    if (!skipping) single(take())
    skipping = false
  }
  return {
    push: (chunk) => {
      const last = chunk.lastIndexOf(newline)
      if (last < 0) {
        if (!skipping && chunk.length > 0) keep(chunk)
        return
      }
      let start = 0
      if (skipping || length > 0) {
        start = chunk.indexOf(newline) + 1
        finish(chunk.subarray(0, start - 1))
      }
      if (start < last) several(chunk.subarray(start, last))
      if (last + 1 < chunk.length) keep(chunk.subarray(last + 1))
    },
    end: () => {
      if (!skipping && length > 0) single(take())
      skipping = false
    }
  }
}

const decode = (decoder: TextDecoder, bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

const eachLine = (bytes: Uint8Array, hear: (line: Uint8Array) => void): void => {
  let start = 0
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    hear(bytes.subarray(start, end))
    start = end + 1
  }
  hear(bytes.subarray(start))
}

const grown = (kept: Uint8Array<ArrayBuffer>, length: number, needed: number, limit: number) => {
  const larger = new Uint8Array(Math.min(limit, Math.max(needed, kept.length * 2, smallestBuffer)))
  larger.set(kept.subarray(0, length))
  return larger
}
