/** The machine a command runs on, as far as Effect's own services do not tell: tests have one of their own. */
import * as Context from "effect/Context"

export class Machine extends Context.Service<
  Machine,
  {
    /** Of this program. */
    readonly version: string
    readonly platform: NodeJS.Platform
    readonly env: { readonly [name: string]: string | undefined }
    readonly home: string
    readonly cwd: string
    /** How to start this program again: absolute paths, so that it works from anywhere. */
    readonly self: { readonly command: string; readonly args: ReadonlyArray<string> }
    /** Which of the standard streams are terminals. */
    /** From now on this program is a server: to be told to stop is how it ends, and no failure. */
    readonly serving: () => void
    /** Writes to stderr as it is, at once: for what is drawn rather than said. */
    readonly draw: (text: string) => void
    readonly terminals: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }
  }
>()("mcp-effect/cli/Machine") {}
