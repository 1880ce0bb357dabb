/** The line that moves: whatever a server says about its progress, it stays one line. */
import { assert, describe, it } from "@effect/vitest"
import { displayWidth } from "effect/cli/CliOutput"
import * as Effect from "effect/Effect"
import * as Terminal from "effect/Terminal"
import { Machine } from "../../src/cli/Machine.ts"
import * as Screen from "../../src/cli/terminal/Screen.ts"

const columns = 60

/** What is drawn about one step of progress, in a terminal without colours. */
const drawn = Effect.fnUntraced(function* (message: string) {
  const said: Array<string> = []
  const screen = yield* Screen.make.pipe(
    Effect.provideService(Machine, {
      version: "1.0.0",
      platform: "linux",
      home: "/",
      env: { NO_COLOR: "1" },
      cwd: "/",
      self: { command: "node", args: [] },
      serving: () => {},
      draw: (text) => void said.push(text),
      terminals: { stdin: true, stdout: true, stderr: true }
    }),
    Effect.provideService(
      Terminal.Terminal,
      Terminal.make({
        columns: Effect.succeed(columns),
        rows: Effect.succeed(24),
        size: Effect.die("nobody resizes"),
        readInput: Effect.die("nobody types"),
        readLine: Effect.die("nobody types"),
        display: () => Effect.void
      })
    )
  )
  screen.progress({ progress: 1, total: 3, message })
  return said.join("")
})

describe("the bar", () => {
  for (const [what, message] of [
    ["long", "word ".repeat(40)],
    ["wide", "世界を読み込んでいます".repeat(8)],
    ["made of emoji", "👩‍👩‍👧".repeat(40)],
    ["of several lines, with tabs", "one\n\ttwo\n".repeat(20)]
  ] as const) {
    it.effect(`fits on its line when the message is ${what}`, () =>
      Effect.map(drawn(message), (bar) => {
        assert.notMatch(bar, /[\n\t]/)
        assert.isBelow(displayWidth(bar), columns)
        assert.isAbove(displayWidth(bar), columns - 8, "and is used")
        assert.isTrue(bar.isWellFormed())
      })
    )
  }
})
