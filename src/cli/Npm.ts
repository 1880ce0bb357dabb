/** npm, as far as commands need it. What it says is told only if it fails. */
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Stream from "effect/Stream"
import * as Failure from "./Failure.ts"
import * as Programs from "./Programs.ts"

/** Runs it in a directory. `what` is what cannot be installed if it fails. */
export const run = Effect.fnUntraced(
  function* (args: ReadonlyArray<string>, cwd: string, what: string) {
    const { command, args: before } = yield* Programs.withNode("npm")
    const spawner = yield* ChildProcessSpawner
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    const child = yield* spawner.spawn(
      ChildProcess.make(command, [...before, ...args, ...quiet], { cwd, extendEnv: true, stdin: "ignore" })
    )
    const said = yield* Stream.mkString(Stream.decodeText(child.all))
    if ((yield* child.exitCode) !== 0)
      return yield* Failure.usage(`npm cannot install ${what}:\n${brief(said)}`)
  },
  Effect.scoped,
  Effect.catchTag("PlatformError", (error) =>
    Effect.fail(Failure.usage(`npm does not start: ${error.message}`))
  )
)

/** npm begins each line alike, and ends with where it wrote the same again. */
const brief = (said: string): string =>
  said
    .split("\n")
    .map((line) => line.replace(/^npm (error|ERR!)\s?(404 )?/, ""))
    .filter(
      (line) => line.trim() !== "" && !/^(\d+|code \w+$)$|^(A complete log of this run|npm notice)/.test(line)
    )
    .join("\n")
