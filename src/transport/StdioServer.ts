/**
 * Serves over the standard streams of this process, or any other pair of byte streams.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Runtime from "effect/Runtime"
import type { Server } from "../server/Server.ts"
import * as Session from "../server/Session.ts"
import * as StdioGuard from "./StdioGuard.ts"
import type { Streams } from "./StdioServe.ts"
import * as StdioServe from "./StdioServe.ts"

/**
 * Serves one peer over the standard streams, or over other streams, until its input ends; then interrupts the calls
 * in flight and succeeds once their finalizers have run. A peer that goes away ends it quietly, too.
 *
 * **Details**
 *
 * With the standard streams, stdout is taken away from the rest of the process for good: `console` and stray writes
 * go to stderr, and so does Effect's logger. A line that is no JSON is answered with -32700.
 *
 * @example
 * ```ts
 * import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
 * import * as Server from "mcp-effect/Server"
 * import * as StdioServer from "mcp-effect/StdioServer"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const main = () => NodeRuntime.runMain(StdioServer.run(server))
 * ```
 */
export const run = <R>(server: Server<R>, streams?: Streams): Effect.Effect<void, never, R> =>
  StdioServe.serve(Session.connect(server), streams)

/**
 * A layer that serves for as long as it is being built, and ends the program when its input ends.
 *
 * **When to use**
 *
 * To launch a server among other layers. A server that is all of a program is shorter with `launch`.
 *
 * **Gotchas**
 *
 * Nothing can wait for this layer: end of input is a defect, `EndOfInput`, that closes the scope of the program and
 * gives the process exit code 0. Layers it is provided with are built before it takes stdout away; `launch` takes it
 * away first.
 *
 * @example
 * ```ts
 * import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
 * import * as Layer from "effect/Layer"
 * import * as Server from "mcp-effect/Server"
 * import * as StdioServer from "mcp-effect/StdioServer"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const main = () => StdioServer.layer(server).pipe(Layer.launch, NodeRuntime.runMain)
 * ```
 */
export const layer = <R>(server: Server<R>, streams?: Streams): Layer.Layer<never, never, R> =>
  Layer.effectDiscard(Effect.andThen(run(server, streams), Effect.die(new EndOfInput())))

/** How a program that was launched as a layer learns that its peer is done. Not a mistake: the exit code is 0. */
export class EndOfInput extends Error {
  override readonly name = "EndOfInput"
  override readonly message = "The input has ended"
  override readonly [Runtime.errorExitCode] = 0
  override readonly [Runtime.errorReported] = false
}

/** Whether a server needs nothing; otherwise what to do, in words that end the compiler's message. */
export type Independent<R> = [R] extends [never]
  ? unknown
  : "This server needs services: give a layer of them as the second argument."

/**
 * Runs a server as the whole program: takes stdout away, builds the layer of what the server needs, serves until the
 * input ends or SIGINT or SIGTERM arrives, releases everything, and ends the process, even if something was left
 * open.
 *
 * @example
 * ```ts
 * import * as Server from "mcp-effect/Server"
 * import * as StdioServer from "mcp-effect/StdioServer"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const main = () => StdioServer.launch(server)
 * ```
 */
export const launch: {
  <R>(server: Server<R> & Independent<R>): void
  <R, E>(server: Server<R>, services: Layer.Layer<R, E>): void
} = <R, E>(server: Server<R>, services?: Layer.Layer<R, E>): void => {
  StdioGuard.serve()
  const served = services === undefined ? independent(run(server)) : Effect.provide(run(server), services)
  const guarded = Effect.raceFirst(served, crash)
  NodeRuntime.runMain(Effect.provideService(guarded, References.LogToStderr, true), { teardown })
}

/** Without a layer nothing is needed: that is what `Independent` says. */
const independent = <R>(served: Effect.Effect<void, never, R>) => served as Effect.Effect<void>

/** What is thrown where no Effect is, in a timer or a listener, ends the program as well, but not its finalizers. */
const crash = Effect.callback<never>((resume) => {
  const thrown = (error: unknown) => resume(Effect.die(error))
  process.once("uncaughtException", thrown)
  return Effect.sync(() => void process.off("uncaughtException", thrown))
})

/** Time for what was written to stderr to leave, in milliseconds, before whatever was left open is abandoned. */
const lastWords = 200

const teardown: Runtime.Teardown = (exit, onExit) =>
  Runtime.defaultTeardown(exit, (code) => {
    onExit(code)
    process.exitCode = code
    setTimeout(() => process.exit(code), lastWords).unref()
  })
