import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Arguments from "./Arguments.ts"
import * as Flags from "./Flags.ts"

export const complete = Command.make(
  "complete",
  {
    of: Argument.String("of").pipe(
      Argument.withDescription("The name of a prompt, or the URI template of resources")
    ),
    pair: Argument.String("name=value").pipe(
      Argument.withDescription("The argument, and what was typed of it so far")
    ),
    target: Arguments.target,
    arg: Flags.arg("An argument that is settled already; repeatable"),
    ...Flags.client
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./client/Completing.ts")),
      ({ complete }) => complete(input)
    )
).pipe(
  Command.withDescription("Get suggestions for an argument of a prompt or a template"),
  Command.withExamples([
    { command: "mcp complete review language=py server.ts" },
    { command: "mcp complete 'users://{id}/{part}' part= server.ts --arg id=1" }
  ])
)
