import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Arguments from "./Arguments.ts"
import * as Flags from "./Flags.ts"

export const read = Command.make(
  "read",
  {
    uri: Argument.String("uri").pipe(Argument.withDescription("The URI of the resource")),
    target: Arguments.target,
    save: Flags.save,
    ...Flags.client
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./client/Reading.ts")),
      ({ read }) => read(input)
    )
).pipe(
  Command.withDescription("Read a resource"),
  Command.withExamples([
    { command: "mcp read greeting://Ada server.ts" },
    { command: "mcp read data://logo server.ts > logo.png" }
  ])
)
