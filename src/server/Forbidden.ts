/** The failure of a request whose caller was not granted the scopes it needs. */
import { InsufficientScope } from "../http/InsufficientScope.ts"
import { McpError } from "../protocol/McpError.ts"

/** Outside the codes JSON-RPC reserves, and the status such a request has over HTTP. */
const forbidden = 403

/** What the peer is told, with the reason kept for whoever can do better than a failure. */
export const make = (needed: InsufficientScope): McpError =>
  new McpError({ code: forbidden, message: needed.message, data: { scopes: needed.scopes }, cause: needed })

/** The scopes this failure is about, if handlers of this process asked for them. */
export const reason = ({ cause }: McpError): InsufficientScope | undefined =>
  cause instanceof InsufficientScope ? cause : undefined
