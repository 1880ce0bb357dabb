/** Opens a page in the browser of whoever sits at the machine. */
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as NodeBrowser from "../../auth/NodeBrowser.ts"
import { Machine } from "../Machine.ts"

const quiet = { stdin: "ignore", stdout: "ignore", stderr: "ignore" } as const

/** Whether it is a page that may be opened. */
export const opens = (url: string): boolean => NodeBrowser.page(url) !== undefined

/** Does nothing where there is no browser: the address has been shown. */
export const open = Effect.fnUntraced(function* (text: string) {
  const url = NodeBrowser.page(text)
  if (url === undefined) return
  const { platform } = yield* Machine
  const spawner = yield* ChildProcessSpawner
  const { args, file } = NodeBrowser.command(platform, url.href)
  yield* Effect.ignore(spawner.exitCode(ChildProcess.make(file, args, quiet)))
})
