/** What a handler may know about, and say during, the request it is answering. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Outbox } from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import { Limits } from "../transport/Limits.ts"
import { Ask } from "./Ask.ts"
import { converse } from "./Dialogue.ts"
import type { Events, Hub } from "./Events.ts"
import type { Service } from "./Part.ts"

/** Who asks and what they can do, as every request of 2026-07-28 declares it and as a session remembers it. */
export interface Meta {
  /** The revision the peer speaks. */
  readonly protocolVersion: string
  readonly clientCapabilities: JsonRpc.Params
  readonly clientInfo?: JsonRpc.Params & { readonly name: string; readonly version: string }
  readonly progressToken?: JsonRpc.Id
  /** Log messages at or above this level go to the peer; without one none do. */
  readonly logLevel?: string
  /** The whole `_meta` of the request, for keys of extensions. */
  readonly all: JsonRpc.Params
}

/** The request being answered, in its newest form whatever the peer speaks. */
export class Request extends Context.Service<
  Request,
  {
    readonly id: JsonRpc.Id
    readonly method: string
    readonly params: JsonRpc.Params
    readonly meta: Meta
    /** How questions reach this peer while the handler waits; absent where the handler is replayed instead. */
    readonly ask?: Ask["Service"]
  }
>()("mcp-effect/server/Request") {}

/** The server that answers the request: what it is called, what it can do, and itself as a function. */
export class CurrentServer extends Context.Service<
  CurrentServer,
  {
    readonly info: JsonRpc.Params & { readonly name: string; readonly version: string }
    readonly capabilities: JsonRpc.Params
    readonly events: Hub
    /** Answers another request, with the middleware of the server. It needs nothing that the handler does not have. */
    readonly handle: Service
  }
>()("mcp-effect/server/CurrentServer") {}

/** Everything the kernel provides to a handler for the length of one request. */
export type Invocation = Request | CurrentServer | Outbox | Ask | Events | Scope.Scope

/**
 * Answers another request of the server from inside a handler, on behalf of the same peer. Questions it asks are
 * asked in the handler's name.
 */
export const request = (
  method: string,
  params: JsonRpc.Params
): Effect.Effect<JsonRpc.Params, McpError.McpError, Request | CurrentServer | Ask | Outbox> =>
  Effect.flatMap(Effect.context<Request | CurrentServer | Ask>(), (context) => {
    const ask = Context.get(context, Ask)
    return Effect.flatMap(Limits, ({ rounds }) =>
      converse(
        Context.get(context, CurrentServer).handle,
        ask,
        rounds
      )({ ...Context.get(context, Request), method, params, ask })
    )
  })

/**
 * The settings with which the client declares an extension. Fails the request with -32021 if it does not: for what
 * makes no sense without the extension. Where there is a way without it, look at `clientCapabilities` and take that.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Invocation from "mcp-effect/Invocation"
 * import * as Method from "mcp-effect/Method"
 *
 * export const status = Method.make("com.example/jobs/status", () =>
 *   Effect.map(Invocation.extension("com.example/jobs"), (settings) => ({ verbose: settings["verbose"] === true }))
 * )
 * ```
 */
export const extension = (id: string): Effect.Effect<JsonRpc.Params, McpError.McpError, Request> =>
  Effect.flatMap(Request, ({ meta }) => {
    const { extensions } = meta.clientCapabilities
    const settings =
      JsonRpc.isObject(extensions) && Object.hasOwn(extensions, id) ? extensions[id] : undefined
    return JsonRpc.isObject(settings)
      ? Effect.succeed(settings)
      : Effect.fail(McpError.missingCapability({ extensions: { [id]: {} } }))
  })

/**
 * Reads another resource of the server, as its peer would: contents with `uri`, `mimeType` and `text` or `blob`.
 * Fails with the error the peer would get.
 */
export const read = (
  uri: string
): Effect.Effect<ReadonlyArray<Contents>, McpError.McpError, Request | CurrentServer | Ask | Outbox> =>
  Effect.map(request("resources/read", { uri }), ({ contents }) => contents as ReadonlyArray<Contents>)

/** One content of a resource: text, or bytes in Base64. */
export interface Contents extends JsonRpc.Params {
  readonly uri: string
  readonly mimeType?: string
  readonly text?: string
  readonly blob?: string
}
