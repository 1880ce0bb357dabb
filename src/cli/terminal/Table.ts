/** Two columns as wide as the terminal: names on the left, what they mean on the right, wrapped between words. */
import { displayWidth } from "effect/cli/CliOutput"
import * as Style from "./Style.ts"

export interface Row {
  readonly left: string
  readonly right: string
}

/** Wider than this, a name stands on a line of its own. */
const widest = 34

/** The narrowest a text column gets, however small the terminal says it is. */
const narrowest = 24

export const render = (
  given: ReadonlyArray<Row>,
  columns: number,
  paint: (name: string) => string = (name) => name
): ReadonlyArray<string> => {
  const rows = given.map(({ left, right }) => ({ left: Style.line(left), right }))
  const indent = 2
  const fitting = rows.map(({ left }) => displayWidth(left)).filter((width) => width <= widest)
  const column = indent + Math.max(0, ...fitting) + 2
  return rows.flatMap(({ left, right }) => {
    const lines = wrap(right, Math.max(narrowest, columns - column))
    const gap = column - indent - displayWidth(left)
    const first = `${" ".repeat(indent)}${paint(left)}`
    const beside = gap >= 2 && lines.length > 0
    const rest = (beside ? lines.slice(1) : lines).map((line) => " ".repeat(column) + line)
    return [beside ? `${first}${" ".repeat(gap)}${lines[0]}` : first, ...rest]
  })
}

/** Breaks a text between words so that no line is wider than it may be, if words allow. */
export const wrap = (text: string, width: number): ReadonlyArray<string> =>
  text.split("\n").flatMap((paragraph) => {
    const lines: Array<string> = []
    let line = ""
    for (const word of paragraph.split(" ")) {
      const longer = line === "" ? word : `${line} ${word}`
      if (line !== "" && displayWidth(longer) > width) {
        lines.push(line)
        line = word
      } else {
        line = longer
      }
    }
    return line === "" ? lines : [...lines, line]
  })
