/** What is said beside the result, on stderr: lines that stay, and below them one line that moves. */
import { displayWidth } from "effect/cli/CliOutput"
import * as Effect from "effect/Effect"
import * as Terminal from "effect/Terminal"
import type { LogMessage } from "../../client/Results.ts"
import type { Progress } from "../../client/Progress.ts"
import { Machine } from "../Machine.ts"
import * as Style from "./Style.ts"

export interface Screen {
  readonly style: Style.Style
  /** Something that stays. */
  readonly say: (line: string) => void
  /** A line the server wrote to its stderr. */
  readonly stderr: (line: string) => void
  readonly log: (message: LogMessage) => void
  /** How far the request is: a bar that the next one replaces. Nothing where nobody sees it move. */
  readonly progress: (progress: Progress) => void
  /** Takes the bar away. */
  readonly clear: () => void
}

export const make = Effect.gen(function* () {
  const { draw, env, terminals } = yield* Machine
  const terminal = yield* Terminal.Terminal
  const columns = (yield* terminal.columns) || 80
  const style = yield* Style.on("stderr")
  const moves = terminals.stderr && env["TERM"] !== "dumb"
  let bar = ""
  const clear = () => {
    if (bar !== "") draw("\r\x1b[K")
    bar = ""
  }
  const say = (line: string) => {
    const kept = bar
    clear()
    draw(`${line}\n`)
    bar = kept
    if (bar !== "") draw(bar)
  }
  const screen: Screen = {
    style,
    say,
    stderr: (line) => say(style.dim(Style.printable(line))),
    log: ({ data, level, logger }) => {
      // Whoever has nothing to say may leave it out.
      const words = typeof data === "string" ? data : data === undefined ? "" : JSON.stringify(data)
      const from = logger === undefined ? "" : style.dim(`${Style.printable(logger)}: `)
      say(`${painted(style, level)} ${from}${Style.printable(words)}`)
    },
    progress: (progress) => {
      if (!moves) return
      clear()
      bar = render(progress, style, columns)
      draw(bar)
    },
    clear
  }
  return screen
})

/** Keeps what a server writes to stderr until it is known whether it starts: how it failed says it, too. */
export const holding = (screen: Screen) => {
  const held: Array<string> = []
  let connected = false
  return {
    stderr: (line: string) => (connected ? screen.stderr(line) : void held.push(line)),
    release: () => {
      connected = true
      for (const line of held.splice(0)) screen.stderr(line)
    }
  }
}

const painted = (style: Style.Style, level: LogMessage["level"]): string => {
  switch (level) {
    case "debug":
      return style.dim("debug")
    case "info":
      return style.blue("info")
    case "notice":
      return style.cyan("notice")
    case "warning":
      return style.yellow("warning")
    default:
      return style.red(level)
  }
}

const length = 24

const render = ({ message = "", progress, total }: Progress, style: Style.Style, columns: number): string => {
  const words = Style.line(message)
  const amount = total === undefined ? String(progress) : `${progress}/${total}`
  const share = total === undefined || total <= 0 ? 0 : Math.min(1, Math.max(0, progress / total))
  const full = Math.round(share * length)
  const bar =
    total === undefined ? "" : `${style.green("━".repeat(full))}${style.dim("─".repeat(length - full))} `
  const room = Math.max(0, columns - amount.length - (total === undefined ? 0 : length + 1) - 2)
  return `${bar}${amount} ${cut(words, room)}`
}

/** As much of a text as fits: a bar that is longer than its line cannot be taken away again. */
const cut = (text: string, room: number): string => {
  let kept = ""
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (displayWidth(kept + segment) > room) break
    kept += segment
  }
  return kept
}
