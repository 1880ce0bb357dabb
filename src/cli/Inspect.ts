import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Arguments from "./Arguments.ts"
import * as Flags from "./Flags.ts"

export const inspect = Command.make("inspect", { target: Arguments.target, ...Flags.client }, (input) =>
  Effect.flatMap(
    Effect.promise(() => import("./client/Inspecting.ts")),
    ({ inspect }) => inspect(input)
  )
).pipe(
  Command.withDescription("Show what a server is: revision, capabilities, latency"),
  Command.withExamples([{ command: "mcp inspect server.ts" }])
)
