/** What a peer wrote, for a line of a log: it cannot end the line, act on a terminal, hide, or fill a disk. */

/** As many characters as a log needs to tell which of many it was. */
const longest = 256

/** One line without control characters, cut. */
export const line = (text: string): string => {
  const escaped = text.slice(0, longest).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escape)
  return text.length > longest || escaped.length > longest ? `${escaped.slice(0, longest - 1)}…` : escaped
}

const escape = (character: string) => `\\u{${character.codePointAt(0)!.toString(16)}}`
