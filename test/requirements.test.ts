/** The table of requirements, the titles of the tests and the ledger agree. */
import { assert, describe, it } from "@effect/vitest"
import { fileURLToPath } from "node:url"
import { groups, problems } from "./requirements.ts"
import type { Group } from "./requirements/Group.ts"
import { rows } from "./requirements/ledger.ts"
import { byId, testFiles } from "./requirements/titles.ts"
import * as spec from "./spec.ts"

const files = new Map(
  [...testFiles(fileURLToPath(new URL(".", import.meta.url)))].filter(
    ([path]) => path !== "requirements.test.ts"
  )
)
const say = (problems: ReadonlyArray<string>) => assert.deepStrictEqual(problems, [], problems.join("\n"))

describe("requirements", () => {
  it("what is claimed is proved, and what is proved is claimed", () =>
    say(problems(groups, byId(files, /\b[A-Z]+\d?-\d+\b/g))))

  it.skipIf(!spec.present)("every row of the ledger is claimed or excused, and no other", () =>
    say(problems(groups, byId(files, /\b[A-Z]+\d?-\d+\b/g), rows(spec.read("REQUIREMENTS.md"))))
  )

  it.skipIf(spec.features === undefined)("the ids of features in titles exist", () => {
    const known = new Set(spec.features?.match(/\bS\d{3}\b/g))
    say([...byId(files, /\bS\d{3}\b/g).keys()].filter((id) => !known.has(id)))
  })
})

describe("the table", () => {
  const group: Group = { sections: ["A"], claimed: { "A-1": ["a.test.ts"] }, excused: {} }
  const titles = (source: string) => byId(new Map([["a.test.ts", source]]), /\b[A-Z]+\d?-\d+\b/g)
  const ledger = rows("| A-1 | all | both | MUST | x | y |\n| A-2 | all | host | MUST | x | y |")
  const only = (changed: Partial<Group>, source: string) =>
    problems({ "a.ts": { ...group, ...changed } }, titles(source), ledger)

  it("reads ids from texts and templates, and not from comments", () => {
    assert.deepStrictEqual(
      [...titles('it("A-1, A-2: x", f) // A-3\nit(`A-4: ${x} A-5`, f); [["A-6: y"]]').keys()],
      ["A-1", "A-2", "A-4", "A-5", "A-6"]
    )
  })

  for (const [title, changed, source, problem] of [
    ["agrees", {}, 'it("A-1: x", f)', undefined],
    ["sees a claim nobody proves", {}, 'it("A: x", f)', "no title carries it"],
    ["sees a claim without a test", { claimed: { "A-1": [] } }, "", "is claimed without a test"],
    ["sees a proof nobody claims", { claimed: {}, excused: { "A-1": "why" } }, 'it("A-1: x", f)', "claim it"],
    ["sees a row of another section", { excused: { B: "why" } }, 'it("A-1: x", f)', "another file's section"],
    [
      "sees a row that is claimed and excused",
      { excused: { "A-1": "why" } },
      'it("A-1: x", f)',
      "and excused"
    ],
    [
      "sees a row the ledger has not",
      { excused: { "A-9": "why" } },
      'it("A-1: x", f)',
      "the ledger has no A-9"
    ],
    ["sees an excuse that excuses nothing", { excused: { A: "why" } }, 'it("A-1: x", f)', "no row left"],
    ["sees a row nobody speaks of", { claimed: {} }, "", "neither claimed nor excused"]
  ] as const) {
    it(title, () => {
      const found = only(changed, source).join("\n")
      if (problem === undefined) assert.strictEqual(found, "")
      else assert.include(found, problem)
    })
  }
})
