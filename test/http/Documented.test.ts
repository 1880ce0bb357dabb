/** What the README says about settings and limits is what they are. */
import { assert, describe, it } from "@effect/vitest"
import * as Limits from "mcp-effect/Limits"
import { readFileSync } from "node:fs"

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")

/** The rows of a table of the README, by what stands in the first column. */
const table = (title: string): ReadonlyMap<string, ReadonlyArray<string>> => {
  const section = read("README.md").split(`### ${title}\n`)[1]?.split("\n## ")[0]?.split("\n### ")[0] ?? ""
  const rows = section.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)
  return new Map([...rows].map(([, name, rest]) => [name!, rest!.split(" | ")]))
}

const units = [
  [60 * 60_000, "h"],
  [60_000, "min"],
  [1000, "s"]
] as const

/** A bound as people write it. */
const written = (name: string, value: number): string => {
  if (name.endsWith("Bytes")) return `${value / 1024 / 1024} MiB`
  if (!["sessionIdle", "sessionAge", "stalled", "arrival", "answering"].includes(name)) return String(value)
  const [size, unit] = units.find(([millis]) => value >= millis)!
  return `${value / size} ${unit}`
}

describe("the README", () => {
  it("S120, S121: has every variable the settings are read from", () => {
    const variables = new Set(read("src/transport/HttpSettings.ts").match(/\bMCP_[A-Z_]+\b/g))
    assert.sameMembers([...table("Settings").keys()], [...variables])
  })

  it("S121: has the limits as they are", () => {
    const limits = new Map<string, number>(Object.entries(Limits.defaults))
    const rows = [...table("Limits")]
    assert.isAbove(rows.length, 10)
    for (const [name, [value]] of rows) assert.strictEqual(value, written(name, limits.get(name)!), name)
  })
})
