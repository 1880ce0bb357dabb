import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Arguments from "./Arguments.ts"
import * as Flags from "./Flags.ts"

const { env, envFile, header, json } = Flags.client

export const doctor = Command.make(
  "doctor",
  {
    target: Arguments.target,
    slow: Flag.Finite("slow").pipe(
      Flag.withDefault(5),
      Flag.withMetavar("SECONDS"),
      Flag.withDescription("How long the first answer may take, in seconds. Default: 5")
    ),
    env,
    envFile,
    header,
    json
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./doctor/Diagnosing.ts")),
      ({ diagnose }) => diagnose(input)
    )
).pipe(
  Command.withDescription("Say what is wrong with a server, and how to mend it"),
  Command.withExamples([
    { command: "mcp doctor -- node server.js" },
    { command: "mcp doctor https://mcp.example.com/mcp" }
  ])
)
