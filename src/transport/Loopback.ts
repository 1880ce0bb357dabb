/**
 * A server and its client in one process. Every message is written as JSON and read again, so that nothing slips
 * through here that would not pass over a wire.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Transport } from "../client/Transport.ts"
import { type Connection, Outbox } from "../Connection.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Server } from "../server/Server.ts"
import * as Session from "../server/Session.ts"
import * as Answers from "./Answers.ts"

/**
 * The transport of a client to a server in the same process. What the server's handlers need, the layer needs.
 *
 * @example
 * ```ts
 * import * as Loopback from "mcp-effect/Loopback"
 * import * as Server from "mcp-effect/Server"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const transport = Loopback.layer(server)
 * ```
 */
export const layer = <R>(server: Server<R>): Layer.Layer<Transport, never, R> =>
  Layer.effect(
    Transport,
    Effect.map(Effect.context<R>(), (services) => ({
      target: `loopback:${server.info.name}`,
      open: Effect.map(Session.connect(server), (peer) => throughText(peer, services))
    }))
  )

/** What goes through text in both directions, to a server that has its services already. */
const throughText = <R>(
  peer: Session.Peer<R>,
  services: Context.Context<R>,
  log: Answers.Log = Effect.runForkWith(services)
): Connection => ({
  send: (message) =>
    Effect.flatMap(Outbox, (outbox) => {
      const say = (said: JsonRpc.Notification | JsonRpc.Request) =>
        Effect.suspend(() => outbox.say(copy(said)))
      const accepted = peer.accept(copy(message))
      return Effect.map(
        Effect.provideContext(accepted, Context.add(services, Outbox, { say })),
        (answers) => {
          // One message has one answer at most: only batches have several.
          const answer = Answers.single(answers)
          return answer && (JSON.parse(Answers.write(answer, log)) as JsonRpc.Response)
        }
      )
    }),
  inbox: Stream.provideContext(Stream.map(peer.inbox, copy), services)
})

const copy = <A extends JsonRpc.Message>(message: A): A => JSON.parse(JSON.stringify(message))
