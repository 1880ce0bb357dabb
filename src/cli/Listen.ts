import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Arguments from "./Arguments.ts"
import * as Flags from "./Flags.ts"

export const listen = Command.make(
  "listen",
  {
    target: Arguments.target,
    resource: Flag.String("resource").pipe(
      Flag.withAlias("r"),
      Flag.atLeast(0),
      Flag.withMetavar("URI"),
      Flag.withDescription("A resource whose changes are of interest, too; repeatable")
    ),
    count: Flag.Int("count").pipe(
      Flag.optional,
      Flag.withMetavar("NUMBER"),
      Flag.withDescription("Stop after so many. Default: when the server stops, or on Ctrl-C")
    ),
    ...Flags.client
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./client/Listening.ts")),
      ({ listen }) => listen(input)
    )
).pipe(
  Command.withDescription("Print changes as the server tells about them, one per line"),
  Command.withExamples([{ command: "mcp listen server.ts --resource note://today" }])
)
