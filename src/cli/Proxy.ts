import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Arguments from "./Arguments.ts"
import * as Flags from "./Flags.ts"

const { env, envFile, header, protocol } = Flags.client

export const proxy = Command.make(
  "proxy",
  {
    target: Arguments.target,
    ...Flags.http,
    transport: Flags.transport.pipe(
      Flag.optional,
      Flag.withDescription("How clients reach the proxy. Default: stdio for a URL, http for anything else")
    ),
    env,
    envFile,
    header,
    protocol
  },
  (input) =>
    Effect.flatMap(
      Effect.promise(() => import("./proxy/Proxying.ts")),
      ({ proxy }) => proxy(input)
    )
).pipe(
  Command.withDescription("Serve any server over another transport, in every revision"),
  Command.withExamples([
    { command: "mcp proxy -- npx -y old-server", description: "over HTTP" },
    { command: "mcp proxy https://mcp.example.com/mcp", description: "over stdio" }
  ])
)
