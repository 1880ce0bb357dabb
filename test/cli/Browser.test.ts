import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"
import type * as ChildProcess from "effect/process/ChildProcess"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Browser from "../../src/cli/ask/Browser.ts"
import { Machine } from "../../src/cli/Machine.ts"

/** A machine without a browser, on which one sees what was to be started. */
const opened = (platform: NodeJS.Platform, url: string) => {
  const started: Array<ChildProcess.Command> = []
  const absent = PlatformError.systemError({ _tag: "NotFound", module: "ChildProcess", method: "spawn" })
  const spawner = ChildProcessSpawner.make((command) => {
    started.push(command)
    return Effect.fail(absent)
  })
  const machine = Machine.of({
    version: "1.0.0",
    platform,
    env: {},
    home: "/",
    cwd: "/",
    self: { command: "node", args: [] },
    serving: () => {},
    draw: () => {},
    terminals: { stdin: true, stdout: true, stderr: true }
  })
  return Browser.open(url).pipe(
    Effect.provide(
      Layer.mergeAll(
        Layer.succeed(ChildProcessSpawner.ChildProcessSpawner, spawner),
        Layer.succeed(Machine, machine)
      )
    ),
    Effect.as(started)
  )
}

const hostile = [
  `https://as.example/?a="&b='&c=$(touch marker)&d=\`touch marker\`&e=|touch marker;touch marker`,
  "https://as.example/?x=%24(touch%20marker)&calc.exe",
  "https://as.example/--version",
  "https://as.example/\n--help\ttouch marker",
  `https://as.example/${"x".repeat(10_000)}`
]

describe("the page of an elicitation", () => {
  for (const url of [
    "http://as.example/",
    "http://127.0.0.1.as.example/",
    "http://169.254.169.254/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,<script>alert(1)</script>",
    "ms-settings:",
    "--version"
  ]) {
    it.effect(`C9: is not opened when it is ${url}`, () =>
      Effect.gen(function* () {
        assert.isFalse(Browser.opens(url))
        assert.deepStrictEqual(yield* opened("linux", url), [])
      })
    )
  }

  it("C9: is one that is https, or on this machine", () => {
    for (const url of [
      "https://as.example/",
      "http://127.0.0.1:8000/x",
      "http://localhost/",
      "http://[::1]/"
    ]) {
      assert.isTrue(Browser.opens(url), url)
    }
  })

  for (const platform of ["linux", "darwin", "win32", "freebsd"] as const) {
    it.effect(`C8: is the one argument of one program, and no shell sees it (${platform})`, () =>
      Effect.gen(function* () {
        for (const url of hostile) {
          const [command, ...others] = yield* opened(platform, url)
          assert.lengthOf(others, 0)
          if (command?._tag !== "StandardCommand") return assert.fail("it is one command")
          assert.notMatch(command.command, /sh$|cmd|powershell/i)
          assert.isNotOk(command.options.shell)
          const before = platform === "win32" ? ["url.dll,FileProtocolHandler"] : []
          assert.deepStrictEqual(command.args, [...before, new URL(url).href])
          assert.match(String(command.args.at(-1)), /^https:\/\/\S+$/)
        }
      })
    )
  }
})
