import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Flags from "./Flags.ts"

export const create = Command.make(
  "new",
  {
    directory: Argument.String("dir").pipe(
      Argument.withDescription("A directory that is empty or not there yet")
    ),
    use: Flag.String("use").pipe(
      Flag.optional,
      Flag.withMetavar("SPEC"),
      Flag.withDescription("Where mcp-effect comes from, as npm writes it. Default: this version")
    ),
    noInstall: Flags.yes("no-install", "Do not run npm install; then there is no lock file for npm ci either")
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./new/Creating.ts")),
      ({ create }) => create(input)
    )
).pipe(
  Command.withDescription("Begin a project: a server, a client, a test"),
  Command.withExamples([{ command: "mcp new my-server" }])
)
