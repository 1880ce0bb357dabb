/** What the tests of connections share: a server of one handler, and a peer that writes down what it is told. */
import * as Effect from "effect/Effect"
import { Outbox } from "../../src/Connection.ts"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import type { McpError } from "../../src/protocol/McpError.ts"
import type { Invocation, Request } from "../../src/server/Invocation.ts"
import * as Method from "../../src/server/Method.ts"
import type { Result } from "../../src/server/Part.ts"
import * as Server from "../../src/server/Server.ts"
import * as Session from "../../src/server/Session.ts"

export type Handle = (request: Request["Service"]) => Effect.Effect<Result, McpError, Invocation>

/** A server whose `tools/call` is this handler. */
export const serving = (handle: Handle, options: Partial<Server.Options> = {}) =>
  Server.make({ name: "test", version: "1.0.0", ...options }, Method.make("tools/call", handle))

export const echo = serving((request) => Effect.succeed({ echoed: request.params }))

/** The `_meta` of a request of 2026-07-28. */
export const modern = (
  clientCapabilities: JsonRpc.Params = {},
  more: JsonRpc.Params = {}
): JsonRpc.Params => ({
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": clientCapabilities,
  ...more
})

export const request = (id: unknown, method: string, params?: JsonRpc.Params) =>
  params === undefined ? { jsonrpc: "2.0", id, method } : { jsonrpc: "2.0", id, method, params }
export const notification = (method: string, params: JsonRpc.Params = {}) => ({
  jsonrpc: "2.0",
  method,
  params
})

export const call = (id: unknown, params: JsonRpc.Params = {}) =>
  request(id, "tools/call", { name: "it", _meta: modern(), ...params })

/** A peer of a server: `accept` answers, `said` is what came before the answers. */
export const peerOf = <R>(server: Server.Server<R>) =>
  Effect.map(Session.connect(server), (session) => {
    const said: Array<JsonRpc.Message> = []
    const listeners = new Set<(message: JsonRpc.Notification | JsonRpc.Request) => Effect.Effect<void>>()
    const outbox = Outbox.of({
      say: (message) =>
        Effect.suspend(() => {
          said.push(message)
          return Effect.forEach(listeners, (listener) => listener(message), { discard: true })
        })
    })
    return {
      session,
      said,
      /** Reacts to what the server says, in the same turn. */
      onSaid: (listener: (message: JsonRpc.Notification | JsonRpc.Request) => Effect.Effect<void>) => {
        listeners.add(listener)
      },
      accept: (value: unknown) =>
        Effect.map(Effect.provideService(session.accept(value), Outbox, outbox), asSeen)
    }
  })

/** The same after a handshake at this version. */
export const shaken = <R>(
  server: Server.Server<R>,
  protocolVersion = "2025-11-25",
  capabilities: JsonRpc.Params = {}
) =>
  Effect.tap(peerOf(server), ({ accept }) =>
    Effect.andThen(
      accept(
        request("hello", "initialize", {
          protocolVersion,
          capabilities,
          clientInfo: { name: "c", version: "1" }
        })
      ),
      accept(notification("notifications/initialized"))
    )
  )

// Tests look at what arrived by its members, whatever it is.
// oxlint-disable-next-line typescript/no-explicit-any
const asSeen = (answer: unknown): any => answer
