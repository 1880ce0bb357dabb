/** Why a client could not get a token. */
import * as Schema from "effect/Schema"
import type { GuardedHttpError } from "../GuardedHttp.ts"
import type { TokenStoreError } from "../TokenStore.ts"

/**
 * - `Discovery`: the server, or its authorization server, does not say what is needed, or says it wrongly.
 * - `ResourceMismatch`: the metadata describes another resource than the server that was asked.
 * - `IssuerMismatch`: metadata or an authorization response names another issuer than the one that was asked.
 * - `IssuerChanged`: the server names an authorization server that the credentials at hand do not belong to.
 * - `NoPkce`: the authorization server does not promise PKCE with S256.
 * - `NoClient`: there is no way to a client id at this authorization server.
 * - `Registration`: the authorization server refused to register the client; `code` says how.
 * - `Denied`: the user or the authorization server said no; `code` says how.
 * - `Response`: the browser came back with something that is no authorization response.
 * - `Interaction`: the user could not be asked, or did not answer in time.
 * - `Token`: the token endpoint refused; `code` says how.
 * - `Scopes`: more was granted than was asked for.
 * - `Unavailable`: somebody could not be reached; trying again may help.
 * - `Store`: tokens could not be read or kept.
 */
export const Reason = Schema.Literals([
  "Discovery",
  "ResourceMismatch",
  "IssuerMismatch",
  "IssuerChanged",
  "NoPkce",
  "NoClient",
  "Registration",
  "Denied",
  "Response",
  "Interaction",
  "Token",
  "Scopes",
  "Unavailable",
  "Store"
])
export type Reason = typeof Reason.Type

export class AuthorizationError extends Schema.TaggedError<AuthorizationError>()("AuthorizationError", {
  reason: Reason,
  message: Schema.String,
  /** The error code of OAuth, where the authorization server sent one: `access_denied`, `invalid_grant`. */
  code: Schema.optionalKey(Schema.String),
  cause: Schema.optionalKey(Schema.Unknown)
}) {}

export const make = (reason: Reason, message: string, code?: string): AuthorizationError =>
  new AuthorizationError({ reason, message, ...(code !== undefined && { code }) })

/** What the guard refused is wrong with what was discovered; what failed may work later. */
export const ofGuard = (cause: GuardedHttpError): AuthorizationError =>
  new AuthorizationError({
    reason: cause.kind === "refused" ? "Discovery" : "Unavailable",
    message: cause.message,
    cause
  })

export const ofStore = (cause: TokenStoreError): AuthorizationError =>
  new AuthorizationError({ reason: "Store", message: cause.message, cause })

/** Words of a peer for a message of ours: short, printable, and without what must not be said. */
export const quoted = (text: string, secrets: ReadonlyArray<string> = []): string => {
  const open = secrets
    .filter((secret) => secret.length > 3)
    .reduce((rest, secret) => rest.replaceAll(secret, "***"), text)
  return `"${open.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ").slice(0, 300)}"`
}
