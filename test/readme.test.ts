/** What the README has a newcomer do first, done: its server and its client, in two files, as they are printed. */
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The first block of code below a heading. */
const below = (heading: string) => {
  const [, text = ""] = readFileSync(join(root, "README.md"), "utf8").split(`\n## ${heading}\n`)
  return /^```ts[^\n]*\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? assert.fail(`no code below "${heading}"`)
}

describe("README", () => {
  it("S016: the server and the client, copied into two files, print 42 twice", () => {
    // Within the package, so that it is found by its own name.
    const folder = mkdtempSync(join(root, ".readme-test-"))
    try {
      writeFileSync(join(folder, "server.ts"), below("A server"))
      writeFileSync(join(folder, "client.ts"), below("A client"))
      const path = [dirname(process.execPath), process.env["PATH"]].join(delimiter)
      const output = execFileSync(process.execPath, ["client.ts"], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, PATH: path }
      })
      assert.strictEqual(output.replaceAll(/\s+/g, " ").trim(), "42 [ { type: 'text', text: '42' } ]")
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
