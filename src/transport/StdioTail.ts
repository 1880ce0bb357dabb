/** The last lines of a stream of text, in bounded memory however much flows by. */

const longest = 1024

export interface Tail {
  readonly push: (chunk: Uint8Array) => void
  readonly lines: () => ReadonlyArray<string>
}

/** Keeps the last `count` lines, and of them at most a kilobyte each on average. */
export const make = (count: number): Tail => {
  const decoder = new TextDecoder()
  let text = ""
  return {
    push: (chunk) => {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-count * longest)
    },
    lines: () =>
      text
        .split(/\r?\n/)
        .filter((line) => line !== "")
        .slice(-count)
  }
}
