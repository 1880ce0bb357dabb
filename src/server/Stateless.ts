/**
 * The stateless era: every request explains itself, so one connection serves everybody and remembers nobody.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#statelessness
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Outbox, type Connection } from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import type * as McpError from "../protocol/McpError.ts"
import type { RequestMeta } from "../protocol/Meta.ts"
import * as Era from "./Era.ts"
import type { Result } from "./Part.ts"
import * as Reply from "./Reply.ts"
import type { Server } from "./Server.ts"

/**
 * The connection of a server for clients of 2026-07-28. Requests of older clients are refused: for a connection that
 * serves both, see `Session`.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Server from "mcp-effect/Server"
 * import * as Stateless from "mcp-effect/Stateless"
 *
 * const connection = Stateless.connect(Server.make({ name: "demo", version: "1.0.0" }))
 *
 * export const discovered = connection.send({ jsonrpc: "2.0", id: 1, method: "server/discover" })
 * ```
 */
export const connect = <R>(server: Server<R>): Connection<never, R> => ({
  inbox: Stream.never,
  send: (message) => {
    if (JsonRpc.isRequest(message))
      return respond(server, message, Era.stateless(message, Era.withoutHandshake))
    return JsonRpc.isNotification(message) ? hear(server, message) : Effect.undefined
  }
})

const respond = <R>(
  server: Server<R>,
  request: JsonRpc.Request,
  verdict: ReturnType<typeof Era.stateless>
): Effect.Effect<JsonRpc.Response, never, R | Outbox> =>
  verdict._tag === "Refused"
    ? Effect.succeed(JsonRpc.failure(request.id, verdict.error.fault))
    : Effect.flatMap(Outbox, (outer) =>
        Reply.answer(
          request,
          new Reply.Outgoing(outer),
          Reply.newest,
          Effect.map(
            handle(server, request, verdict.meta),
            request.method === "server/discover" ? alone : same
          )
        )
      )

const same = (result: Result): Result => result

/** A server says what it speaks; where there is no handshake, it speaks less. */
const alone = (result: Result): Result => {
  const { supportedVersions } = result
  return Array.isArray(supportedVersions)
    ? {
        ...result,
        supportedVersions: supportedVersions.filter((version) => Era.withoutHandshake.includes(version))
      }
    : result
}

/** Hands a request that explained itself to the server. */
export const handle = <R>(
  server: Server<R>,
  request: JsonRpc.Request,
  meta: RequestMeta
): Effect.Effect<Result, McpError.McpError, R | Outbox> =>
  server.handle({ id: request.id, method: request.method, params: request.params ?? none, meta })

const none: JsonRpc.Params = {}

const hear = <R>(server: Server<R>, { method, params = none }: JsonRpc.Notification) =>
  Effect.as(server.hear(method, params), undefined)
