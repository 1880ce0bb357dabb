import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Arguments from "./Arguments.ts"
import * as Flags from "./Flags.ts"

export const list = Command.make(
  "list",
  {
    words: Argument.String("[what] target").pipe(
      Argument.between(0, 2),
      Argument.withDescription(`tools, resources, templates or prompts. Default: all. ${Arguments.ways}`)
    ),
    ...Flags.client
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./client/Listing.ts")),
      ({ list }) => list(input)
    )
).pipe(
  Command.withDescription("List what a server has"),
  Command.withExamples([
    { command: "mcp list server.ts" },
    { command: "mcp list tools -- npx -y @modelcontextprotocol/server-everything" }
  ])
)
