import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Arguments from "./Arguments.ts"
import * as Flags from "./Flags.ts"

export const shell = Command.make("shell", { target: Arguments.target, ...Flags.client }, (input) =>
  Effect.flatMap(
    Effect.promise(() => import("./shell/Shell.ts")),
    ({ shell }) => shell(input)
  )
).pipe(
  Command.withDescription("Talk to a server line by line, with history and completion"),
  Command.withExamples([{ command: "mcp shell server.ts" }])
)
