/**
 * Serves anything that answers messages over byte streams: a server of ours through its session, or a proxy.
 */
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import type * as Scope from "effect/Scope"
import type { Readable, Writable } from "node:stream"
import * as Limits from "./Limits.ts"
import * as Serve from "./Serve.ts"
import * as StdioChannel from "./StdioChannel.ts"
import * as StdioGuard from "./StdioGuard.ts"

/** Where messages come from, and where answers go. */
export interface Streams {
  readonly input: Readable
  readonly output: Writable
}

/**
 * Serves a peer over a pair of streams, or over the standard streams of this process, until the input ends. The
 * standard streams are taken away from the rest of the process first, for good.
 */
export const serve = <R>(
  connect: Effect.Effect<Serve.Served<R>, never, R | Scope.Scope>,
  streams?: Streams
): Effect.Effect<void, never, Exclude<R, Scope.Scope>> =>
  Effect.scoped(
    Effect.flatMap(streams === undefined ? standard : limited(streams), (channel) =>
      Effect.flatMap(connect, (peer) => Serve.serve(peer, channel))
    )
  ).pipe(Effect.provideService(References.LogToStderr, true))

const limited = (streams: Streams & { readonly write?: StdioChannel.Write }) =>
  Effect.flatMap(Limits.Limits, ({ lineBytes, queueBytes }) =>
    StdioChannel.make({ ...streams, lineBytes, queueBytes })
  )

const standard = Effect.suspend(() => {
  const write = StdioGuard.serve()
  return Effect.andThen(
    // Left open, stdin would keep the process alive.
    Effect.addFinalizer(() => Effect.sync(() => void process.stdin.destroy())),
    limited({ input: process.stdin, output: process.stdout, write })
  )
})
