/** Colours, where somebody can see them. Each standard stream is judged by itself: one may be piped, the other not. */
import * as Effect from "effect/Effect"
import { Machine } from "../Machine.ts"

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39]
} as const

export type Style = { readonly [name in keyof typeof codes]: (text: string) => string } & {
  /** Whether there are colours at all. */
  readonly coloured: boolean
}

export const make = (coloured: boolean): Style => {
  const paint = (name: keyof typeof codes) => (text: string) =>
    coloured ? `\x1b[${codes[name][0]}m${text}\x1b[${codes[name][1]}m` : text
  return {
    coloured,
    bold: paint("bold"),
    dim: paint("dim"),
    red: paint("red"),
    green: paint("green"),
    yellow: paint("yellow"),
    blue: paint("blue"),
    magenta: paint("magenta"),
    cyan: paint("cyan")
  }
}

/** The style of a standard stream. https://no-color.org wins over everything, then FORCE_COLOR. */
export const on = (stream: "stdout" | "stderr"): Effect.Effect<Style, never, Machine> =>
  Effect.map(Machine, ({ env, terminals }) => {
    const isSet = (name: string) => (env[name] ?? "") !== ""
    const forced = isSet("FORCE_COLOR") && env["FORCE_COLOR"] !== "0" && env["FORCE_COLOR"] !== "false"
    return make(!isSet("NO_COLOR") && (forced || (terminals[stream] && env["TERM"] !== "dumb")))
  })

/** What drives a terminal, turns text around, or is not to be seen; but not what joins emoji and letters. */
const hidden =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu

/**
 * Makes what somebody else wrote safe to show: no escape sequences, no control characters but tabs and line ends, and
 * nothing that is not seen or makes the rest look like something else.
 */
export const printable = (text: string): string =>
  text.replace(hidden, (character) => {
    const code = character.codePointAt(0)!
    if (character === "\r") return ""
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`
  })

/** The same for what has one line, as names have. */
export const line = (text: string): string => printable(text).replace(/[\n\t]/g, " ")
