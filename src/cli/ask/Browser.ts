/** Opens a page in the browser of whoever sits at the machine. */
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import { Machine } from "../Machine.ts"

/** Does nothing where there is no browser: the address has been shown. */
export const open = Effect.fnUntraced(function* (url: string) {
  const { platform } = yield* Machine
  const spawner = yield* ChildProcessSpawner
  yield* Effect.ignore(spawner.exitCode(command(platform, new URL(url).href)))
})

/** No shell sees the address: it is somebody else's text. */
const command = (platform: NodeJS.Platform, url: string) => {
  const quiet = { stdin: "ignore", stdout: "ignore", stderr: "ignore" } as const
  switch (platform) {
    case "darwin":
      return ChildProcess.make("open", [url], quiet)
    case "win32":
      return ChildProcess.make("rundll32", ["url.dll,FileProtocolHandler", url], quiet)
    default:
      return ChildProcess.make("xdg-open", [url], quiet)
  }
}
