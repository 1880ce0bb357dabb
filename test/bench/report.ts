/** One table a person can read: what each contestant needs, ours in relation to theirs, and what was aimed at. */
import { type Contestant, contestants, type Row } from "./Suite.ts"

const cells = (what: string, ...rest: ReadonlyArray<string>) =>
  `  ${what.padEnd(34)}${rest.map((cell) => cell.padStart(11)).join("")}`

export const head = cells("", "unit", ...contestants, "ours/raw", "ours/off.") + "   goal"

export const title = (text: string) => `\n${text}`

export const row = ({ figures, goal, most, unit, what }: Row) => {
  const ratio = (of: Contestant) =>
    figures.ours === undefined || figures[of] === undefined ? undefined : figures.ours / figures[of]
  const reached = goal === undefined ? undefined : ratio(goal.of)
  const verdict =
    goal === undefined || reached === undefined
      ? ""
      : `   ≤ ${goal.times} × ${goal.of}: ${reached <= goal.times ? "met" : "MISSED"}`
  const bound =
    most === undefined || figures.ours === undefined
      ? ""
      : `   ≤ ${most}: ${figures.ours <= most ? "met" : "MISSED"}`
  const shown = contestants.map((contestant) => figure(figures[contestant]))
  return cells(what, unit, ...shown, times(ratio("raw")), times(ratio("official"))) + verdict + bound
}

const figure = (value: number | undefined) =>
  value === undefined ? "–" : value < 100 ? value.toPrecision(3) : value.toFixed(0)
const times = (value: number | undefined) => (value === undefined ? "–" : `${value.toFixed(2)} ×`)
