/** Opens a file in the Inspector, which starts it as a host would. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as CommandLine from "effect/process/CommandLine"
import * as Failure from "../Failure.ts"
import { record } from "../hosts/Format.ts"
import * as Dependencies from "../load/Dependencies.ts"
import * as Reference from "../load/Reference.ts"
import * as Source from "../load/Source.ts"
import { Machine } from "../Machine.ts"
import * as Packages from "../run/Packages.ts"

/** The version that is known to work with this program. */
const inspector = { name: "@modelcontextprotocol/inspector", version: "2.12.0" }
const spec = `${inspector.name}@${inspector.version}`

export interface Input extends Packages.Wanted {
  readonly file: string
  readonly print: boolean
}

export const develop = Effect.fnUntraced(function* (input: Input) {
  const { self } = yield* Machine
  const reference = Reference.parse(input.file)
  const file = yield* Source.locate(reference.file)
  const packages = yield* Packages.settled({
    with: [...input.with, ...(yield* Dependencies.of(file))],
    withEditable: input.withEditable
  })
  const target = reference.name === undefined ? file : `${file}:${reference.name}`
  // Everything behind -- is left alone by the Inspector, flags included.
  const server = ["--", self.command, ...self.args, "run", "--watch", ...Packages.flags(packages), target]
  if (input.print) return yield* Console.log(CommandLine.display(["npx", "-y", spec, ...server]))

  const spawner = yield* ChildProcessSpawner
  const launcher = yield* installed
  const code = yield* spawner
    .exitCode(
      ChildProcess.make(self.command, [launcher, ...server], {
        extendEnv: true,
        stdin: "inherit",
        stdout: "inherit",
        stderr: "inherit"
      })
    )
    .pipe(Effect.mapError((error) => Failure.usage(`The Inspector does not start: ${error.message}`)))
  if (code !== 0) return yield* new Failure.Failure({ kind: "usage", message: "", told: true, code })
})

/** The program of the Inspector. It is got once. */
const installed = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* Packages.installed({ with: [spec], withEditable: [] }, `Getting ${spec}, once`).pipe(
    Effect.mapError(({ message }) =>
      Failure.usage(
        `The Inspector cannot be had: ${message}`,
        "mcp shell and mcp call work without it; mcp dev --print shows the command"
      )
    )
  )
  const home = path.join(folder!, "node_modules", ...inspector.name.split("/"))
  const manifest = yield* Effect.orDie(fs.readFileString(path.join(home, "package.json")))
  const { bin } = record(JSON.parse(manifest))
  return path.join(home, String(record(bin)["mcp-inspector"]))
})
