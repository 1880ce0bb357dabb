import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Flags from "./Flags.ts"

export const install = Command.make(
  "install",
  {
    words: Argument.String("[host] file").pipe(
      Argument.between(1, 2),
      Argument.withDescription(
        "A host of mcp hosts, or print. Default: claude-desktop. And the file of a server"
      )
    ),
    name: Flag.String("name").pipe(
      Flag.withAlias("n"),
      Flag.optional,
      Flag.withMetavar("NAME"),
      Flag.withDescription("Name in the host. Default: the server's own, or that of its file")
    ),
    envVar: Flag.String("env-var").pipe(
      Flag.withAlias("v"),
      Flag.atLeast(0),
      Flag.withMetavar("KEY=VALUE"),
      Flag.withDescription("A variable for the server, again and again. It wins over files")
    ),
    envFile: Flag.String("env-file").pipe(
      Flag.withAlias("f"),
      Flag.atLeast(0),
      Flag.withMetavar("FILE"),
      Flag.withDescription("A .env file with variables for the server")
    ),
    ...Flags.packages,
    configPath: Flags.configPath,
    project: Flags.project,
    bundle: Flags.yes("bundle", "Write the server into one file first, so that it starts in less time"),
    dryRun: Flags.dryRun
  },
  ({ configPath, name, ...input }) =>
    Effect.flatMap(
      Effect.promise(() => import("./install/Installing.ts")),
      ({ install }) =>
        install({
          ...input,
          name: Option.getOrUndefined(name),
          configPath: Option.getOrUndefined(configPath)
        })
    )
).pipe(
  Command.withDescription("Make a server known to an application"),
  Command.withExamples([
    { command: "mcp install server.ts", description: "in Claude Desktop" },
    { command: "mcp install cursor server.ts -v API_KEY=abc" },
    { command: "mcp install print server.ts", description: "shows the entry" }
  ])
)
