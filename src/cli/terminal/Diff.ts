/** What would change in a text, line by line, with a little of what stays around it. */
import type { Style } from "./Style.ts"

type Line = readonly [mark: " " | "-" | "+", text: string]

/** Lines of context before and after a change. */
const context = 3

export const render = (before: string, after: string, style: Style): string => {
  const lines = compare(before.split("\n"), after.split("\n"))
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(([mark]) => mark !== " ")
  )
  return lines
    .flatMap(([mark, text], index) => {
      if (near[index] !== true) return near[index - 1] === true ? [style.dim("  ...")] : []
      const shown = `${mark} ${text}`.trimEnd()
      return [mark === "+" ? style.green(shown) : mark === "-" ? style.red(shown) : shown]
    })
    .join("\n")
}

/** The shortest way from one text to the other. What both begin and end with is not looked at. */
const compare = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): ReadonlyArray<Line> => {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++
  const same = (text: string): Line => [" ", text]
  return [
    ...before.slice(0, head).map(same),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same)
  ]
}

const middle = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): ReadonlyArray<Line> => {
  // lengths[i][j]: how many lines the rests from i and from j have in common.
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      lengths[i]![j] =
        before[i] === after[j]
          ? lengths[i + 1]![j + 1]! + 1
          : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
  const lines: Array<Line> = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push([" ", before[i]!])
      i++
      j++
    } else if (i < before.length && (j === after.length || lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      lines.push(["-", before[i++]!])
    } else {
      lines.push(["+", after[j++]!])
    }
  }
  return lines
}
