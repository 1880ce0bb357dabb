/** All commands as one program. A command's module says how it is used; what it does is loaded when it is done. */
import * as CliConfig from "effect/cli/CliConfig"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as UserDirectories from "effect/persistence/UserDirectories"
import * as References from "effect/References"
import * as Failure from "./Failure.ts"
import * as Help from "./Help.ts"
import type { LineEditor } from "./LineEditor.ts"
import { Machine } from "./Machine.ts"
import { create } from "./New.ts"
import * as Operands from "./Operands.ts"
import * as Report from "./Report.ts"
import { auth } from "./Auth.ts"
import { call } from "./Call.ts"
import { complete } from "./Complete.ts"
import { inspect } from "./Inspect.ts"
import { listen } from "./Listen.ts"
import { prompt } from "./Prompt.ts"
import { proxy } from "./Proxy.ts"
import { read } from "./Read.ts"
import { list } from "./List.ts"
import { dev } from "./Dev.ts"
import { doctor } from "./Doctor.ts"
import { hosts } from "./Hosts.ts"
import { install } from "./Install.ts"
import { shell } from "./Shell.ts"
import { uninstall } from "./Uninstall.ts"
import { run as runCommand } from "./Run.ts"
import { version } from "./Version.ts"

export type Services = Command.Environment | Machine | UserDirectories.UserDirectories | LineEditor

const mcp = Command.make("mcp").pipe(
  Command.withDescription("Build, run, install and call servers of the Model Context Protocol."),
  Command.withSubcommands([
    { group: "Servers", commands: [create, runCommand, dev, proxy] },
    { group: "Applications", commands: [install, uninstall, hosts] },
    {
      group: "Talking to a server",
      commands: [list, call, read, prompt, complete, listen, inspect, shell, auth, doctor]
    },
    { group: "About", commands: [version] }
  ])
)

/** The built-in one has the alias -v, which is for environment variables here. */
const Version = GlobalFlag.Action({
  flag: Flag.Boolean("version").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print the version of this program")
  ),
  run: GlobalFlag.Version.run
})

const settings = Layer.merge(
  Help.layer,
  CliConfig.layer({ builtIns: [GlobalFlag.Help, Version, GlobalFlag.Completions, GlobalFlag.LogLevel] })
)

/** What `--json` is about there is what a server answers. */
const servers = new Set(["run", "proxy"])

/** Runs a command line. Whatever goes wrong has been reported when this fails; what is left is the exit code. */
export const run = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>
): Effect.fn.Return<void, Failure.Failure, Services> {
  const [before, after] = Operands.split(args)
  const { version } = yield* Machine
  const report = Report.as(
    before.includes("--json") && !servers.has(before.find((word) => !word.startsWith("-")) ?? "")
  )
  const failed = (failure: Failure.Failure) => Effect.andThen(report(failure), Effect.fail(failure))
  yield* Command.runWith(mcp, { version })(before).pipe(
    Effect.catch((error) => {
      if (error._tag === "Failure") return failed(error)
      if (error._tag !== "ShowHelp") return failed(Failure.usage(error.message))
      return error.errors.length === 0 ? Effect.void : failed(Help.mistaken(error))
    }),
    Effect.catchDefect((defect) =>
      Effect.andThen(Effect.logDebug("defect", defect), failed(Failure.internal(defect)))
    ),
    Effect.provide(settings),
    Effect.provideService(Operands.Operands, after),
    Effect.provideService(References.LogToStderr, true)
  )
})
