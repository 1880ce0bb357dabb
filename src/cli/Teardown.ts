/** How a process ends: with the exit code its program earned, even if that program left something open. */
import * as Runtime from "effect/Runtime"

/** Time for output to leave, in milliseconds, before whatever was left open is abandoned. */
const lastWords = 200

export const teardown: Runtime.Teardown = (exit) =>
  Runtime.defaultTeardown(exit, (code) => {
    process.exitCode = code
    // A file that was loaded may end the process in its own way: a failure of ours is one all the same.
    if (code !== 0) process.on("exit", () => void (process.exitCode = code))
    setTimeout(() => process.exit(code), lastWords).unref()
  })
