/**
 * A server as a child process, spoken to over its standard streams.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Transport, TransportError } from "../client/Transport.ts"
import * as Duplex from "./Duplex.ts"
import * as Limits from "./Limits.ts"
import * as StdioChannel from "./StdioChannel.ts"
import * as StdioProcess from "./StdioProcess.ts"
import type { Streams } from "./StdioServe.ts"

export type StdioClientOptions = StdioProcess.StdioProcessOptions

/** How a server process ended: the `cause` of the error that everything pending fails with. */
export type Ended = StdioProcess.Ended

/**
 * A transport that starts a server as a child process, a new one each time it is opened.
 *
 * **Details**
 *
 * No shell is involved. The child gets a safe default environment and `env`, not our own environment. Lines on its
 * stdout that are no messages are skipped. If it dies, everything pending fails with a `TransportError` whose message
 * has exit code, signal and the last 20 lines of its stderr; `cause` has the same as data (`Ended`).
 * When the scope closes, its input ends, then its whole process tree gets SIGTERM, then SIGKILL.
 *
 * **Gotchas**
 *
 * A server that starts children in process groups of their own must end them itself. On Windows the tree is ended by
 * `taskkill /T /F`, as there is no SIGTERM.
 *
 * @example
 * ```ts
 * import * as StdioClient from "mcp-effect/StdioClient"
 *
 * export const Filesystem = StdioClient.layer({
 *   command: "npx",
 *   args: ["-y", "@modelcontextprotocol/server-filesystem", "."],
 *   env: { LOG_LEVEL: "debug" },
 *   stderr: (line) => console.error(`[filesystem] ${line}`)
 * })
 * ```
 */
export const layer = (options: StdioClientOptions): Layer.Layer<Transport> =>
  Layer.succeed(Transport, make(options))

/** The transport itself, for programs that talk to many servers. */
export const make = (options: StdioClientOptions): Transport["Service"] => ({
  target: StdioProcess.commandLine(options),
  open: open(options)
})

/**
 * A transport over any pair of byte streams, framed as on standard streams: both ends of a socket, say, for a server
 * that `StdioServer.run` serves there.
 *
 * **Details**
 *
 * `open` connects, in a scope: what it opened it should close there. Each message is a line of JSON in UTF-8. A
 * request that is given up is cancelled by `notifications/cancelled`. When a stream ends, the connection is broken.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as StdioClient from "mcp-effect/StdioClient"
 * import { connect } from "node:net"
 *
 * const socket = Effect.acquireRelease(
 *   Effect.sync(() => connect("/run/demo.sock")),
 *   (socket) => Effect.sync(() => socket.destroy())
 * )
 *
 * export const Demo = StdioClient.streams(
 *   "/run/demo.sock",
 *   Effect.map(socket, (socket) => ({ input: socket, output: socket }))
 * )
 * ```
 */
export const streams = (
  target: string,
  open: Effect.Effect<Streams, TransportError, Scope.Scope>
): Layer.Layer<Transport> =>
  Layer.succeed(Transport, { target, open: Effect.flatMap(open, (streams) => over(streams)) })

const over = Effect.fnUntraced(function* (
  streams: Streams,
  options?: Duplex.DuplexOptions
): Effect.fn.Return<Duplex.Duplex, never, Scope.Scope> {
  const { lineBytes, queueBytes } = yield* Limits.Limits
  return yield* Duplex.make(yield* StdioChannel.make({ ...streams, lineBytes, queueBytes }), options)
})

/** Starts the server and connects to it, until the scope closes. `counts` tells what was skipped. */
export const open = Effect.fnUntraced(function* (
  options: StdioClientOptions
): Effect.fn.Return<Duplex.Duplex, TransportError, Scope.Scope> {
  const server = yield* StdioProcess.start(options)
  const died = Effect.map(server.ended, (ended) => obituary(options, ended))
  const duplex = yield* over(
    { input: server.output, output: server.input },
    { ended: (cause) => explained(options, died, cause) }
  )
  yield* Effect.forkScoped(Effect.map(died, duplex.shut), { startImmediately: true })
  return duplex
})

/** A server that closes its streams is most likely about to exit, which explains more. */
const explained = (options: StdioClientOptions, died: Effect.Effect<TransportError>, cause: unknown) =>
  Effect.timeoutOrElse(died, {
    duration: "500 millis",
    orElse: () =>
      Effect.succeed(
        new TransportError({
          message: `The server ${StdioProcess.commandLine(options)} closed its standard streams`,
          cause
        })
      )
  })

const obituary = (options: StdioClientOptions, ended: StdioProcess.Ended): TransportError => {
  const how = ended.signal === null ? `exited with code ${ended.exitCode}` : `was ended by ${ended.signal}`
  const last = ended.stderr.length === 0 ? "" : `. Its last words on stderr:\n${ended.stderr.join("\n")}`
  return new TransportError({
    message: `The server ${StdioProcess.commandLine(options)} ${how}${last}`,
    cause: ended
  })
}
