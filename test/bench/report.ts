/** One table a person can read: what each contestant needs, ours in relation to theirs, and what was aimed at. */
import { type Contestant, contestants, type Figures, type Goal, type Row } from "./Suite.ts"

const heads: { readonly [C in Contestant]: string } = {
  raw: "raw",
  checked: "raw+",
  official: "off.2",
  older: "off.1",
  effect: "effect",
  ours: "ours"
}

const cells = (what: string, unit: string, ...rest: ReadonlyArray<string>) =>
  `  ${what.padEnd(30)}${unit.padStart(3)}${rest.map((cell) => cell.padStart(7)).join("")}`

const shown = contestants.map((contestant) => heads[contestant])

export const legend =
  "  raw: nothing is checked; raw+: all that must be, by hand; off.: the official SDKs 2.4 and 1.32; effect: Effect's own"

export const head = cells("", "", ...shown, "/raw", "/off.2") + "  goal of ours"

export const title = (text: string) => `\n${text}`

export const row = ({ figures, goals = [], unit, what }: Row) => {
  const all = contestants.map((contestant) => figure(figures[contestant]))
  const ratios = [ratio(figures, "raw"), ratio(figures, "official")]
  const goal = goals.map((goal) => verdict(figures, goal)).join(",")
  return `${cells(what, unit, ...all, ...ratios.map(times))} ${goal}`
}

const peers: ReadonlyArray<Contestant> = ["official", "older", "effect"]

const ratio = (figures: Figures, of: Contestant | "best"): number => {
  const others = of === "best" ? peers : [of]
  return figures.ours! / Math.min(...others.map((other) => figures[other] ?? Number.POSITIVE_INFINITY))
}

const verdict = (figures: Figures, goal: Goal) => {
  if ("atMost" in goal) return ` ≤${goal.atMost} ${met(figures.ours! <= goal.atMost)}`
  const { of, times } = goal
  const reached = ratio(figures, of)
  // The others are in the table.
  const told = of === "raw" || of === "official" ? "" : ` ${reached.toFixed(2)}`
  return ` ≤${times} ${of === "best" ? of : heads[of]} ${met(reached <= times)}${told}`
}

const met = (reached: boolean) => (reached ? "met" : "MISSED")

const figure = (value: number | undefined) =>
  value === undefined
    ? "–"
    : value < 0.1
      ? value.toFixed(3)
      : value < 100
        ? value.toPrecision(3)
        : value.toFixed(0)
const times = (value: number) => (value > 0 ? value.toFixed(2) : "–")
