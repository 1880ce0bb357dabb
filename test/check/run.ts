/** `npm run check`: every gate, each with its time, and what it found. */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as boundaries from "./boundaries.ts"
import * as exportMap from "./exportMap.ts"
import * as secrets from "./secrets.ts"
import * as sizes from "./sizes.ts"
import * as tenure from "./tenure.ts"
import * as words from "./words.ts"
import { readTree } from "./tree.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

interface Verdict {
  readonly problems: ReadonlyArray<string>
  readonly notes?: ReadonlyArray<string>
}

/** A gate that is another program: it passes when that exits with 0. */
const program =
  (command: string, ...args: ReadonlyArray<string>) =>
  () =>
    new Promise<Verdict>((resolve) => {
      const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] })
      let output = ""
      const take = (chunk: Buffer) => {
        output += chunk.toString()
      }
      child.stdout.on("data", take)
      child.stderr.on("data", take)
      child.on("error", (error) => resolve({ problems: [`${command}: ${error.message}`] }))
      child.on("close", (code) => resolve({ problems: code === 0 ? [] : [output.trim()] }))
    })

const tree = readTree(root)

const gates: ReadonlyArray<readonly [string, () => Verdict | Promise<Verdict>]> = [
  ["types", program("tsc", "-p", "tsconfig.json")],
  ["lint", program("oxlint", "--deny-warnings", ".")],
  ["format", program("oxfmt", "--check", ".")],
  ["dead exports", program("knip", "--no-progress")],
  ["file size", () => sizes.check(tree)],
  ["import boundaries and cycles", () => boundaries.check(tree)],
  ["export map", () => exportMap.check(tree, root)],
  ["secrets", () => secrets.check(tree)],
  ["tenure", () => tenure.check(tree)],
  ["words", () => words.check(tree)]
]

const results = await Promise.all(
  gates.map(async ([name, gate]) => {
    const started = performance.now()
    const verdict = await gate()
    return { name, ...verdict, millis: performance.now() - started }
  })
)

for (const { millis, name, notes = [], problems } of results) {
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${name} (${(millis / 1000).toFixed(1)} s)`)
  for (const note of notes) console.log(`     ${note}`)
  for (const problem of problems) console.log(problem.replace(/^/gm, "     "))
}
process.exitCode = results.every(({ problems }) => problems.length === 0) ? 0 : 1
