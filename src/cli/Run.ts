import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Flags from "./Flags.ts"

export const file = Argument.String("file").pipe(
  Argument.withDescription(
    "A .ts, .mts, .js or .mjs file, maybe with :EXPORT. Default: default, mcp, server or app"
  )
)

export const run = Command.make(
  "run",
  {
    file,
    transport: Flag.Literals("transport", ["stdio"]).pipe(
      Flag.withAlias("t"),
      Flag.withDefault("stdio"),
      Flag.withDescription("How clients reach the server. Default: stdio")
    ),
    ...Flags.packages
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./run/Serve.ts")),
      ({ serve }) => serve(input)
    )
).pipe(
  Command.withDescription("Serve a file that exports a server"),
  Command.withExamples([
    { command: "mcp run server.ts" },
    { command: "mcp run server.ts:admin", description: "the export admin" }
  ])
)
