import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Flags from "./Flags.ts"

export const uninstall = Command.make(
  "uninstall",
  {
    words: Argument.String("[host] name").pipe(
      Argument.between(1, 2),
      Argument.withDescription("A host of mcp hosts. Default: claude-desktop. And the name of a server there")
    ),
    configPath: Flags.configPath,
    project: Flags.project,
    dryRun: Flags.dryRun
  },
  ({ configPath, ...input }) =>
    Effect.flatMap(
      Effect.promise(() => import("./install/Removing.ts")),
      ({ uninstall }) => uninstall({ ...input, configPath: Option.getOrUndefined(configPath) })
    )
).pipe(
  Command.withDescription("Remove a server from an application"),
  Command.withExamples([{ command: "mcp uninstall cursor demo" }])
)
