import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Arguments from "./Arguments.ts"
import * as Flags from "./Flags.ts"

export const call = Command.make(
  "call",
  {
    tool: Argument.String("tool").pipe(Argument.withDescription("The name of the tool")),
    words: Argument.String("[json] target").pipe(
      Argument.between(0, 2),
      Argument.withDescription(`The arguments as one JSON object. ${Arguments.ways}`)
    ),
    arg: Flags.arg("An argument, read as the tool's schema says; repeatable"),
    save: Flags.save,
    ...Flags.client
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./client/Calling.ts")),
      ({ call }) => call(input)
    )
).pipe(
  Command.withDescription("Call a tool"),
  Command.withExamples([
    { command: "mcp call add server.ts --arg a=2 --arg b=40" },
    { command: `mcp call add '{"a":2,"b":40}' -- node server.ts` }
  ])
)
