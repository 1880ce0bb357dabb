/**
 * Says which tests were skipped, and why that is all right. In CI a skip is a failure, unless the machine lacks
 * something: a test that silently stops to run proves nothing.
 */
import type { Reporter, TestModule } from "vitest/node"

const inspector =
  "MCP_INSPECTOR does not name a folder with the Inspector, which is 100 MB: the README tells how"

type Reasons = ReadonlyArray<readonly [title: string, why: string]>

/** What the machine may lack, by what the title of a test has in it. */
const lacking: Reasons = [
  ["C11: is not there for the network", "the machine has no address but loopback"],
  ["over TLS", "openssl is not installed"],
  ["in Chromium", "chromium is not installed"],
  ["in a terminal", "the program script, which makes terminals, is not installed"],
  ["the ids of features in titles exist", "the list of features is not beside the specification"]
]

/** What CI has, and who works on the project need not have. */
const optional: Reasons = [
  ["the real Inspector", inspector],
  ["the Inspector's command line", inspector]
]

export default class Skips implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests("skipped")].map(
        ({ fullName }) => `${module.relativeModuleId} > ${fullName}`
      )
    )
    const chosen = process.argv.some((arg) => arg === "-t" || arg.startsWith("--testNamePattern"))
    if (chosen) return
    const ci = process.env["CI"] !== undefined
    for (const name of skipped) {
      const because = (reasons: Reasons) => reasons.find(([title]) => name.includes(title))?.[1]
      const excuse = because(ci ? lacking : [...lacking, ...optional])
      console.log(`SKIPPED ${name}: ${excuse ?? because(optional) ?? "nobody expected this"}`)
      if (ci && excuse === undefined) process.exitCode = 1
    }
  }
}
