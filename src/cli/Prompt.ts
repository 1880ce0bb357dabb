import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Arguments from "./Arguments.ts"
import * as Flags from "./Flags.ts"

export const prompt = Command.make(
  "prompt",
  {
    name: Argument.String("name").pipe(Argument.withDescription("The name of the prompt")),
    target: Arguments.target,
    arg: Flags.arg("An argument of the prompt; repeatable"),
    save: Flags.save,
    ...Flags.client
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./client/Prompting.ts")),
      ({ prompt }) => prompt(input)
    )
).pipe(
  Command.withDescription("Get the messages of a prompt"),
  Command.withExamples([{ command: "mcp prompt review server.ts --arg code='1 + 1'" }])
)
