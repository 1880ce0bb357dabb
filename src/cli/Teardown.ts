/** How a process ends: with the exit code its program earned, even if that program left something open. */
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"

/** Time for whatever was left open to end by itself, in milliseconds, before it is abandoned. */
const lastWords = 200

export const teardown: Runtime.Teardown = (exit) =>
  Runtime.defaultTeardown(exit, (code) => {
    process.exitCode = code
    // A file that was loaded may end the process in its own way: a failure of ours is one all the same.
    if (code !== 0) process.on("exit", () => void (process.exitCode = code))
    // Whoever reads our output reads as fast as they can; whoever tells us to stop does not wait for them.
    const leave = () => {
      if (process.stdout.writableLength === 0 || Exit.hasInterrupts(exit)) process.exit(code)
      setTimeout(leave, lastWords).unref()
    }
    setTimeout(leave, lastWords).unref()
  })
