import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Flags from "./Flags.ts"

const target = Argument.String("target").pipe(
  Argument.withDescription("A URL, or the name of a server at a URL (mcp hosts)")
)

const signing = Effect.promise(() => import("./auth/Signing.ts"))

const login = Command.make(
  "login",
  {
    target,
    scope: Flag.String("scope").pipe(
      Flag.atLeast(0),
      Flag.withMetavar("SCOPE"),
      Flag.withDescription("A scope to ask for in any case; repeatable. Default: what the server names")
    ),
    noBrowser: Flags.yes("no-browser", "Print the page to open, and read the address it ends at from stdin"),
    json: Flags.json
  },
  (input) => Effect.flatMap(signing, ({ login }) => login(input))
).pipe(Command.withDescription("Sign in, and keep the tokens for this user"))

const status = Command.make("status", { target, json: Flags.json }, (input) =>
  Effect.flatMap(signing, ({ status }) => status(input))
).pipe(Command.withDescription("Say what is kept for a server; exit code 2: nothing"))

const logout = Command.make("logout", { target, json: Flags.json }, (input) =>
  Effect.flatMap(signing, ({ logout }) => logout(input))
).pipe(Command.withDescription("Forget the tokens, and have them revoked"))

export const auth = Command.make("auth").pipe(
  Command.withDescription("Sign in to protected servers"),
  Command.withSubcommands([login, status, logout]),
  Command.withExamples([
    { command: "mcp auth login https://mcp.example.com/mcp" },
    { command: "mcp auth status https://mcp.example.com/mcp --json" }
  ])
)
