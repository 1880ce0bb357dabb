/**
 * What a client is told when its request is not admitted: `WWW-Authenticate`, as RFC 6750 and RFC 9728 have it.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#error-handling
 */
import type { Reply } from "../http/Exchange.ts"
import { isScope } from "./Scopes.ts"

export interface Challenge {
  readonly status: 400 | 401 | 403
  readonly error?: "invalid_request" | "invalid_token" | "insufficient_scope"
  readonly description?: string
  /** Every scope the operation needs. */
  readonly scopes: ReadonlyArray<string>
  readonly resourceMetadata: string | undefined
}

export const headers = (challenge: Challenge): Reply["headers"] => ({
  "www-authenticate": authenticate(challenge),
  "cache-control": "no-store"
})

export const reply = (challenge: Challenge): Reply => ({
  status: challenge.status,
  headers: { ...headers(challenge), "content-type": "application/json" },
  body: JSON.stringify({
    error: challenge.error ?? "unauthorized",
    error_description: challenge.description ?? "This needs a bearer token"
  })
})

const authenticate = ({ description, error, resourceMetadata, scopes }: Challenge): string => {
  const parameters: ReadonlyArray<readonly [string, string | undefined]> = [
    ["error", error],
    ["error_description", description],
    ["scope", scopes.filter(isScope).join(" ") || undefined],
    ["resource_metadata", resourceMetadata]
  ]
  const written = parameters.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`]))
  return ["Bearer", written.join(", ")].join(" ").trimEnd()
}
