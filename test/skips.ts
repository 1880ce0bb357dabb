/**
 * Says which tests were skipped, and why that is all right. In CI a skip that is not on this list is a failure: a test
 * that silently stops to run proves nothing.
 */
import type { Reporter, TestModule } from "vitest/node"

/** What the machine may lack, by what the title of a test has in it. */
const expected: ReadonlyArray<readonly [title: string, why: string]> = [
  ["the page of the real Inspector", "fetches 100 MB: set MCP_TEST_INSPECTOR=1"],
  ["C11: is not there for the network", "the machine has no address but loopback"],
  ["over TLS", "openssl is not installed"],
  ["in a terminal", "the program script, which makes terminals, is not installed"],
  ["the ids of features in titles exist", "the list of features is not beside the specification"]
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
    const surprises = skipped.filter((name) => {
      const reason = expected.find(([title]) => name.includes(title))?.[1]
      if (reason !== undefined) console.log(`SKIPPED ${name}: ${reason}`)
      return reason === undefined
    })
    for (const name of surprises) console.log(`SKIPPED ${name}: nobody expected this`)
    if (surprises.length > 0 && process.env["CI"] !== undefined) process.exitCode = 1
  }
}
