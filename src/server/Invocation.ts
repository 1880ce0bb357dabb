/** What a handler may know about, and say during, the request it is answering. */
import * as Context from "effect/Context"
import type * as Scope from "effect/Scope"
import type { Outbox } from "../Connection.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Ask } from "./Ask.ts"
import type { Events } from "./Events.ts"

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

/** Everything the kernel provides to a handler for the length of one request. */
export type Invocation = Request | Outbox | Ask | Events | Scope.Scope
