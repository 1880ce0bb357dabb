/** Runs one piece of work in a thread of its own. */
import * as Effect from "effect/Effect"
import { Worker } from "node:worker_threads"

/** What the module posts first. Interrupting ends the thread, whatever it is doing; its crash is a defect. */
export const inWorker = <A>(module: URL, workerData: unknown): Effect.Effect<A> =>
  Effect.callback<A>((resume) => {
    const worker = new Worker(module, { workerData })
    worker.once("message", (result: A) => resume(Effect.succeed(result)))
    worker.once("error", (error) => resume(Effect.die(error)))
    return Effect.promise(() => worker.terminate())
  })
