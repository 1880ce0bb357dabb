/**
 * `npm run conformance`: the official suite against our server and our client, at the revisions it has requirements
 * for; one table, and exit code 1 if anything differs from `expected-failures.txt` in either direction.
 * `npm run conformance -- server` and `-- client` run one role, `-- --verbose` shows what the suite printed.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Turns from "./turns.ts"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const suite = here("../../node_modules/@modelcontextprotocol/conformance/dist/index.js")
const revisions = ["2025-11-25", "2026-07-28"]
const source = "--conditions=mcp-effect-source"

type Role = "server" | "client"

interface Outcome {
  readonly scenario: string
  readonly passed: number
  readonly failed: number
}

/** Runs what a revision requires of one role, or other scenarios, and reads the summary. */
const run = async (
  role: Role,
  revision: string,
  options: ReadonlyArray<string>,
  scenarios: ReadonlyArray<string> = ["--requirements", revision]
) => {
  const child = spawn(process.execPath, [suite, role, ...scenarios, ...options], {
    stdio: ["ignore", "pipe", "pipe"]
  })
  const printed: Array<string> = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => void printed.push(text))
  }
  await once(child, "close")
  const text = printed.join("")
  const summary = text.slice(text.search(/=== (?:SUITE )?SUMMARY ===/))
  const outcomes = [...summary.matchAll(/^[✓✗] ([\w/.-]+): (\d+) passed, (\d+) failed/gmu)].map(
    ([, scenario, passed, failed]): Outcome => ({
      scenario: scenario!,
      passed: Number(passed),
      failed: Number(failed)
    })
  )
  return { role, revision, outcomes, text }
}

const startServer = async () => {
  const child = spawn(process.execPath, [source, here("server.ts")], { stdio: ["ignore", "pipe", "inherit"] })
  for await (const line of createInterface(child.stdout)) {
    const url = /Listening at (\S+)/.exec(line)?.[1]
    if (url !== undefined) return { url, stop: () => child.kill() }
  }
  throw new Error("The server under test ended before it listened")
}

const asServer = async () => {
  const { stop, url } = await startServer()
  try {
    return [
      await run("server", revisions[0]!, ["--url", url]),
      await run("server", revisions[1]!, ["--url", url])
    ]
  } finally {
    stop()
  }
}

/** Waiting for a turn counts. */
const patience = ["--timeout", "600000"]

const asClient = async () => {
  const { port, stop } = await Turns.give()
  const command = `${process.execPath} ${source} ${here("clientInTurn.ts")} ${port}`
  try {
    return [
      await run("client", revisions[0]!, ["--command", command, ...patience]),
      await run("client", revisions[1]!, ["--command", command, ...patience]),
      // Authorization of servers that were there before there was metadata of them.
      await run(
        "client",
        "2025-03-26",
        ["--command", command, ...patience],
        ["--suite", "backcompat", "--spec-version", "2025-03-26"]
      )
    ]
  } finally {
    stop()
  }
}

/** Lines `role scenario`; what is behind a # is a reason. */
const expected = new Set(
  readFileSync(here("expected-failures.txt"), "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
)

const args = process.argv.slice(2)
const wanted = (role: Role) =>
  !args.some((arg) => arg === "server" || arg === "client") || args.includes(role)
const runs = [...(wanted("server") ? await asServer() : []), ...(wanted("client") ? await asClient() : [])]

const surprises: Array<string> = []
for (const { outcomes, revision, role, text } of runs) {
  if (args.includes("--verbose")) console.log(text)
  console.log(`\n${role} at ${revision}`)
  for (const { failed, passed, scenario } of outcomes) {
    const mark = failed === 0 ? "ok  " : expected.has(`${role} ${scenario}`) ? "not " : "FAIL"
    console.log(`  ${mark} ${scenario.padEnd(52)} ${passed} passed, ${failed} failed`)
  }
  const bad = outcomes.filter(({ failed }) => failed > 0)
  console.log(`  ${outcomes.length - bad.length} of ${outcomes.length} scenarios`)
  if (outcomes.length === 0) surprises.push(`${role} at ${revision}: the suite ran nothing`)
  for (const { scenario } of bad) {
    if (!expected.has(`${role} ${scenario}`)) surprises.push(`${role} at ${revision}: ${scenario} fails`)
  }
}
for (const entry of expected) {
  const [role, scenario] = entry.split(" ")
  const ran = runs.filter((each) => each.role === role).flatMap(({ outcomes }) => outcomes)
  const own = ran.filter((outcome) => outcome.scenario === scenario)
  if (ran.length > 0 && own.every(({ failed }) => failed === 0)) {
    surprises.push(`${entry} is expected to fail and does not: take it off the list`)
  }
}
for (const surprise of surprises) console.log(`\n${surprise}`)
process.exitCode = surprises.length === 0 ? 0 : 1
