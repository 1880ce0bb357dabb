/** Puts a request to a server in process and keeps what it says before it answers. */
import * as Effect from "effect/Effect"
import { Outbox } from "../../src/Connection.ts"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import type { McpError } from "../../src/protocol/McpError.ts"
import type { Meta } from "../../src/server/Invocation.ts"
import type { Result } from "../../src/server/Part.ts"
import type { Server } from "../../src/server/Server.ts"

export interface Said {
  readonly method: string
  readonly params: JsonRpc.Params
}

/** The result of a request, and the notifications in the order in which they were said. */
export const ask = <R>(
  server: Server<R>,
  method: string,
  params: JsonRpc.Params = {},
  meta: Partial<Meta> = {}
): Effect.Effect<
  { readonly result: Result; readonly said: ReadonlyArray<Said> },
  McpError,
  Exclude<R, Outbox>
> =>
  Effect.suspend(() => {
    const said: Array<Said> = []
    const outbox = Outbox.of({
      say: (message) =>
        Effect.sync(() => void said.push({ method: message.method, params: message.params ?? {} }))
    })
    const request = {
      id: 1,
      method,
      params,
      meta: { protocolVersion: "2026-07-28", clientCapabilities: {}, all: {}, ...meta }
    }
    return Effect.map(Effect.provideService(server.handle(request), Outbox, outbox), (result) => ({
      result,
      said
    }))
  })

/** The error of a request that must fail. */
export const refused = <R>(server: Server<R>, method: string, params: JsonRpc.Params = {}) =>
  Effect.map(Effect.flip(ask(server, method, params)), (error) => error.fault)
