/**
 * Lets go of the connection a handler is answering on, while the handler goes on. The client comes back after a while
 * and hears what was said in between. Only clients of 2025-11-25 over HTTP can do that, and only where the server
 * keeps events; for all others nothing happens.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#sending-messages-to-the-server
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Detach from "mcp-effect/Detach"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const Report = Tool.make("report", { output: Schema.String })
 *
 * export const report = Tool.handle(Report, () =>
 *   Effect.andThen(Detach.detach({ retry: "10 seconds" }), Effect.as(Effect.sleep("1 minute"), "done"))
 * )
 * ```
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** How the transport of a request lets go; `retry` in milliseconds. */
export const Release = Context.Reference<(retry: number) => Effect.Effect<void>>(
  "mcp-effect/server/Detach/Release",
  { defaultValue: () => () => Effect.void }
)

export interface Options {
  /** When the client is to come back. Default: after one second. */
  readonly retry?: Duration.Input
}

/** Closes the connection of the request being answered, if its client can come back. */
export const detach = ({ retry = "1 second" }: Options = {}): Effect.Effect<void> =>
  Effect.flatMap(Release, (release) => release(Duration.toMillis(Duration.fromInputUnsafe(retry))))
