/**
 * How a client words what it says in one revision, and reads what it hears. Inside, the client speaks the newest
 * revision only; a dialect is settled once, when the version is negotiated.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/index#meta
 */
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Meta from "../protocol/Meta.ts"
import type { Revision } from "../protocol/Revision.ts"
import * as Revisions from "../protocol/Revisions.ts"

/** What a client says about itself: once in `initialize`, or on every request. */
export interface Identity {
  readonly clientInfo: JsonRpc.Params
  /** ClientCapabilities of the newest revision. */
  readonly capabilities: JsonRpc.Params
}

/** What one request adds to its `_meta`. */
export interface Extras {
  readonly meta?: JsonRpc.Params | undefined
  readonly progressToken?: JsonRpc.Id | undefined
  readonly logLevel?: string | undefined
}

export interface Dialect {
  readonly revision: Revision
  readonly request: (
    id: JsonRpc.Id,
    method: string,
    params: JsonRpc.Params,
    extras: Extras
  ) => JsonRpc.Request
  /** `undefined` where the revision has no such notification. */
  readonly notification: (method: string, params: JsonRpc.Params) => JsonRpc.Notification | undefined
}

export const of = (revision: Revision, identity: Identity): Dialect => ({
  revision,
  request: checked(revision.era === "stateless" ? stateless(revision, identity) : stateful(revision)),
  notification: (method, params) => {
    if (isForeign(method, revision) || isIdle(method, identity)) return undefined
    const translated = revision.down.notification(method, params)
    return translated === undefined ? undefined : JsonRpc.notification(method, translated)
  }
})

/** Whether only other revisions know the notification. Those that no revision knows may be the application's own. */
const isForeign = (method: string, { fromClient }: Revision): boolean =>
  !fromClient.notifications.has(method) &&
  Revisions.all.some((other) => other.fromClient.notifications.has(method))

/** A client that has no roots has no change of them to tell. */
const isIdle = (method: string, { capabilities }: Identity): boolean =>
  method === "notifications/roots/list_changed" && capabilities["roots"] === undefined

/** A malformed key is a mistake of the application. */
const checked =
  (request: Dialect["request"]): Dialect["request"] =>
  (id, method, params, extras) => {
    if (extras.meta !== undefined) Meta.checkKeys(extras.meta, `a request of ${method}`)
    return request(id, method, params, extras)
  }

/** Every request explains itself. What the protocol defines wins over what the application put there. */
const stateless = (revision: Revision, { capabilities, clientInfo }: Identity): Dialect["request"] => {
  const standing: JsonRpc.Params = {
    [Meta.key.protocolVersion]: revision.version,
    [Meta.key.clientInfo]: clientInfo,
    [Meta.key.clientCapabilities]: capabilities
  }
  return (id, method, params, { logLevel, meta, progressToken }) => {
    const stamp =
      meta === undefined && progressToken === undefined && logLevel === undefined
        ? standing
        : {
            ...meta,
            ...standing,
            ...(progressToken !== undefined && { progressToken }),
            ...(logLevel !== undefined && { [Meta.key.logLevel]: logLevel })
          }
    return JsonRpc.request(id, method, revision.down.params(method, { ...params, _meta: stamp }))
  }
}

const stateful =
  (revision: Revision): Dialect["request"] =>
  (id, method, params, { meta, progressToken }) => {
    const stamped =
      meta === undefined && progressToken === undefined
        ? params
        : { ...params, _meta: { ...meta, ...(progressToken !== undefined && { progressToken }) } }
    return JsonRpc.request(id, method, revision.down.params(method, stamped))
  }
