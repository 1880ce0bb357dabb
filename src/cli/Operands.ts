/** What stands behind `--` on the command line: a command to start a server with, word for word. */
import * as Context from "effect/Context"

export const Operands = Context.Reference<ReadonlyArray<string> | undefined>("mcp-effect/cli/Operands", {
  defaultValue: () => undefined
})

/** Parts a command line at its first `--`. */
export const split = (
  args: ReadonlyArray<string>
): readonly [before: ReadonlyArray<string>, after?: ReadonlyArray<string>] => {
  const at = args.indexOf("--")
  return at === -1 ? [args] : [args.slice(0, at), args.slice(at + 1)]
}
