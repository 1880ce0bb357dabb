/** What only a terminal shows: run in one, by `script`, where there is such a program. */
import { assert, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { command, fixture, temporary } from "./binary.ts"

const isThere = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0

/** Types each answer when the text before it has appeared, and gives all that was shown. */
const typed = async (args: ReadonlyArray<string>, ...turns: ReadonlyArray<readonly [RegExp, string]>) => {
  using home = temporary()
  const line = [...command, ...args].map((word) => `'${word}'`).join(" ")
  return await new Promise<{ readonly code: number | null; readonly shown: string }>((resolve, reject) => {
    const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
      env: { PATH: process.env["PATH"], HOME: home.path, TERM: "xterm-256color", SHELL: "/bin/sh" }
    })
    const rest = [...turns]
    let shown = ""
    let seen = 0
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      shown += chunk
      const found = rest[0]?.[0].exec(shown.slice(seen))
      if (found === null || found === undefined) return
      seen = shown.length
      child.stdin.write(rest.shift()![1])
    })
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, shown }))
  })
}

const enter = "\r"
const down = "\u001B[B"
const up = "\u001B[A"

/** What was shown without what drives the terminal. */
// oxlint-disable-next-line no-control-regex
const plain = (shown: string) => shown.replace(/\u001B\[[?\d;]*[A-Za-z]/g, "")

describe.skipIf(!isThere)("in a terminal", () => {
  it("a form is filled in field by field, checked, and shown before it is sent", async () => {
    const { code, shown } = await typed(
      ["call", "book", fixture("form.ts"), "--logs", "off"],
      [/Guests.*›/s, `0${enter}`],
      [/must be at least 1/, `\u007F4${enter}`],
      [/Where.*❯.*inside/s, `${down}${enter}`],
      [/Extras/, ` ${enter}`],
      [/Send this\?/, enter]
    )
    assert.strictEqual(code, 0, shown)
    assert.include(shown, '{"guests":4,"where":"outside"')
  })

  it("Escape leaves a question unanswered", async () => {
    const { shown } = await typed(
      ["call", "book", fixture("form.ts"), "--logs", "off"],
      [/Guests.*›/s, "\u001B"]
    )
    assert.include(shown, "cancelled")
  })

  it("an argument that is missing is asked for", async () => {
    const { shown } = await typed(
      ["call", "add", fixture("calculator.ts"), "-a", "a=2"],
      [/b \(number\).*›/s, `40${enter}`]
    )
    assert.match(plain(shown), /^42\r?$/m)
  })

  it("progress is a bar that is gone when the result is there, logs are coloured lines above it", async () => {
    const { shown } = await typed(["call", "work", fixture("form.ts")])
    assert.match(shown, /━+.*2\/4 step 2/)
    // The last thing drawn on the line of the bar is nothing.
    assert.include(shown, "\r\u001B[Kdone")
    assert.include(shown, "\u001B[34minfo\u001B[39m half way")
  })

  it("the shell goes on after a question, answered or not", async () => {
    const { shown } = await typed(
      ["shell", fixture("calculator.ts")],
      [/mcp> /, `call add${enter}`],
      [/a \(number\).*›/s, "\u0003"],
      [/\n\S*error:.*Nothing was called.*mcp> /s, `call add a=2${enter}`],
      [/b \(number\).*›/s, `40${enter}`],
      [/42.*mcp> /s, `exit${enter}`]
    )
    assert.match(plain(shown), /^42\r?$/m)
  })

  it("the shell completes names and remembers lines", async () => {
    const { shown } = await typed(
      ["shell", fixture("calculator.ts")],
      [/mcp> /, "ca\t"],
      [/call /, "ad\t"],
      [/add /, `a=1 b=2${enter}`],
      [/\n3\r?\n[\s\S]*mcp> /, up],
      [/b=2/, enter],
      [/\n3\r?\n[\s\S]*mcp> /, "\u0004"]
    )
    assert.strictEqual(plain(shown).match(/^3\r?$/gm)?.length, 2, shown)
  })
})
