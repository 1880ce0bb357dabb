import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Flags from "./Flags.ts"

export const run = Command.make(
  "run",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("A .ts or .js file, maybe with :EXPORT. Default: default, mcp, server or app")
    ),
    ...Flags.http,
    watch: Flags.yes("watch", "Load the file again when its project changes; clients stay connected"),
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
    { command: "mcp run server.ts:admin", description: "the export admin" },
    { command: "mcp run server.ts -t http --port 3000" }
  ])
)
