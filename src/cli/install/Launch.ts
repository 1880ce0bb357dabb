/** The command a host is to start a file with: absolute, so that it works wherever the host is started. */
import * as Effect from "effect/Effect"
import { Machine } from "../Machine.ts"
import * as Programs from "../Programs.ts"

export interface Launch {
  readonly command: string
  readonly args: ReadonlyArray<string>
}

/** This very program, run on a file. If it came by npx, whose folder may be swept, by npx in this very version. */
export const running = Effect.fnUntraced(function* (args: ReadonlyArray<string>) {
  const { self, version } = yield* Machine
  if (!self.args.some((arg) => /[\\/]_npx[\\/]/.test(arg)))
    return { command: self.command, args: [...self.args, ...args] } satisfies Launch
  const npx = yield* Programs.withNode("npx")
  return {
    command: npx.command,
    args: [...npx.args, "-y", `mcp-effect@${version}`, ...args]
  } satisfies Launch
})
