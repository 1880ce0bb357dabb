/**
 * Signs of life of a server that has shaken hands. One that gives none is taken for gone, as if the connection had
 * broken: what waits for it fails, and the next request opens another.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/ping
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as PeerText from "../protocol/PeerText.ts"
import type { Line } from "./Line.ts"
import { TransportError } from "./Transport.ts"

/** Pings again and again, until the line has broken. A server may take as long to answer as the pause before. */
export const run = (line: Line, every: Duration.Input): Effect.Effect<void> => {
  const lost = Effect.suspend(() => {
    const error = new TransportError({ message: "The server does not answer pings" })
    return Effect.andThen(Effect.logWarning(error.message), line.abandon(error))
  })
  const ping = Effect.suspend(() =>
    line.broken()
      ? Effect.void
      : line.exchange("ping", {}, {}).pipe(
          Effect.asVoid,
          // A server that refuses to be pinged lives.
          Effect.catch((error) => Effect.logWarning("A ping failed", PeerText.line(error.message))),
          Effect.timeoutOrElse({ duration: every, orElse: () => lost })
        )
  )
  return Effect.whileLoop({
    while: () => !line.broken(),
    body: () => Effect.andThen(Effect.sleep(every), ping),
    step: () => undefined
  })
}
