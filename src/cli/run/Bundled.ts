/** What a bundle does when it is started: `mcp run` with the file inside. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import * as StdioGuard from "../../transport/StdioGuard.ts"
import * as Failure from "../Failure.ts"
import { exportsOf } from "../load/Exports.ts"
import type { Reference } from "../load/Reference.ts"
import { resolve } from "../load/Resolve.ts"
import { teardown } from "../Teardown.ts"
import * as Stdio from "./Stdio.ts"

/** Serves what the file exports. It is loaded when stdout is out of its reach. */
export const serve = (load: () => Promise<object>, reference: Reference): void => {
  StdioGuard.claim()
  const loaded = Effect.tryPromise({
    try: load,
    catch: (error) => Failure.usage(`${reference.file} failed while it was loaded: ${String(error)}`)
  })
  const program = Effect.flatMap(loaded, (namespace) => resolve(exportsOf(namespace), reference)).pipe(
    Effect.flatMap(Stdio.serve),
    Effect.tapError(({ message }) => Console.error(`error: ${message}`)),
    Effect.scoped,
    Effect.provideService(References.LogToStderr, true)
  )
  NodeRuntime.runMain(program, { teardown })
}
