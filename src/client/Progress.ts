/**
 * Who hears which progress. A token belongs to one request of this client while it runs; progress for any other
 * token is nobody's and is dropped.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/progress
 */
import type * as JsonRpc from "../protocol/JsonRpc.ts"

/** How far a request has come, in units of the server's choice. `total` is absent where nobody knows it. */
export interface Progress {
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

/** The params of `notifications/progress`, read; `undefined` where they make no sense. */
export const read = (params: JsonRpc.Params): (Progress & { readonly token: unknown }) | undefined => {
  const { message, progress, progressToken, total } = params
  if (typeof progress !== "number") return undefined
  return {
    token: progressToken,
    progress,
    ...(typeof total === "number" && { total }),
    ...(typeof message === "string" && { message })
  }
}
