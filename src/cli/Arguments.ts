/** Arguments that mean the same wherever they are. */
import * as Argument from "effect/cli/Argument"

/** How every command names the server it talks to. */
export const ways = "The target: a URL, a file, a name of mcp hosts, or -- COMMAND"

export const target = Argument.String("target").pipe(Argument.optional, Argument.withDescription(ways))
