import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Flags from "./Flags.ts"

export const dev = Command.make(
  "dev",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("A .ts or .js file, maybe with :EXPORT. Default: default, mcp, server or app")
    ),
    ...Flags.packages,
    print: Flags.yes("print", "Print the command that would be run, and run nothing")
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./dev/Developing.ts")),
      ({ develop }) => develop(input)
    )
).pipe(
  Command.withDescription("Open a server in the MCP Inspector, and load it again when it changes"),
  Command.withExamples([
    { command: "mcp dev server.ts" },
    { command: "MCP_AUTO_OPEN_ENABLED=false mcp dev server.ts", description: "without a browser" }
  ])
)
