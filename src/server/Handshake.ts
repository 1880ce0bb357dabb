/**
 * What `initialize` settles, and what a session remembers of its client from then on.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle
 */
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import * as Meta from "../protocol/Meta.ts"
import type { Revision } from "../protocol/Revision.ts"
import * as Era from "./Era.ts"
import type { Server } from "./Server.ts"

export interface Settled {
  readonly revision: Revision
  readonly clientCapabilities: JsonRpc.Params
  readonly clientInfo?: NonNullable<Meta.RequestMeta["clientInfo"]>
  /** The least severe log messages the client wants. */
  logLevel: string | undefined
  /** The resources whose updates the client wants to hear of. */
  subscriptions: Set<string> | undefined
}

/** Reads an `initialize`. An unknown version is no error: the client is told which one it gets. */
export const settle = (params: JsonRpc.Params): Settled | McpError.McpError => {
  const { protocolVersion } = params
  if (typeof protocolVersion !== "string") {
    return McpError.invalidParams('initialize needs "params.protocolVersion", a string')
  }
  const revision = Era.settle(protocolVersion)
  const { capabilities = {}, clientInfo } = revision.up.params("initialize", params)
  if (!JsonRpc.isObject(capabilities)) {
    return McpError.invalidParams('initialize: "params.capabilities" must be an object')
  }
  return {
    revision,
    clientCapabilities: capabilities,
    ...(Meta.isImplementation(clientInfo) && { clientInfo }),
    logLevel: undefined,
    subscriptions: undefined
  }
}

/** A client of which nothing is known but the revision it speaks: it can do nothing. */
export const unknown = (revision: Revision): Settled => ({
  revision,
  clientCapabilities: {},
  logLevel: undefined,
  subscriptions: undefined
})

/** The result of an `initialize`, in the words of the revision it settled. */
export const result = <R>({ capabilities, info }: Server<R>, { revision }: Settled): JsonRpc.Params => {
  const { instructions, ...serverInfo } = info
  return revision.down.result("initialize", {
    protocolVersion: revision.version,
    capabilities,
    serverInfo,
    ...(instructions === undefined ? undefined : { instructions })
  })
}

/** What a request of the session says about itself, completed by what the session remembers. */
export const metaOf = (settled: Settled, params: JsonRpc.Params | undefined): Meta.RequestMeta => {
  const all = Meta.of(params)
  const { progressToken } = all
  return {
    protocolVersion: settled.revision.version,
    clientCapabilities: settled.clientCapabilities,
    all,
    ...(settled.clientInfo === undefined ? undefined : { clientInfo: settled.clientInfo }),
    ...(Meta.isToken(progressToken) ? { progressToken } : undefined),
    ...(settled.logLevel === undefined ? undefined : { logLevel: settled.logLevel })
  }
}

/** A request of the session in the words of the newest revision. */
export const described = (settled: Settled, { id, method, params }: JsonRpc.Request) => ({
  id,
  method,
  params: settled.revision.up.params(method, params ?? {}),
  meta: metaOf(settled, params)
})

/** What a handler says, in the words of the session; nothing where it has no word for it. */
export const worded = ({ revision }: Settled, said: JsonRpc.Notification | JsonRpc.Request) => {
  if (JsonRpc.isRequest(said)) return said
  const params = revision.down.notification(said.method, said.params ?? {})
  return params === undefined ? undefined : JsonRpc.notification(said.method, params)
}
