/** What a signed token or an introspection response says, read with suspicion: both are JSON from elsewhere. */
import type { Claims } from "./Principal.ts"
import * as Scopes from "./Scopes.ts"
import type { Verified } from "./TokenVerifier.ts"

/** `undefined` when a claim that must be there is missing, or one that is there has the wrong type. */
export const read = (claims: Claims, issuer: string): Verified | undefined => {
  const subject = claims["sub"]
  const audience = strings(claims["aud"])
  const expiresAt = time(claims["exp"])
  const notBefore = time(claims["nbf"])
  if (typeof subject !== "string" || audience === undefined) return undefined
  if (expiresAt === malformed || notBefore === malformed) return undefined
  return {
    issuer,
    subject,
    client: client(claims),
    audience,
    scopes: scopes(claims),
    expiresAt,
    notBefore,
    claims
  }
}

const malformed: unique symbol = Symbol("malformed")

/** Seconds become milliseconds. */
const time = (value: unknown): number | undefined | typeof malformed => {
  if (value === undefined) return undefined
  return typeof value === "number" && Number.isFinite(value) ? value * 1000 : malformed
}

const strings = (value: unknown): ReadonlyArray<string> | undefined => {
  if (value === undefined) return []
  if (typeof value === "string") return [value]
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined
}

/** `scope` is the standard's; two large providers say `scp`. */
const scopes = (claims: Claims): ReadonlyArray<string> => {
  const value = claims["scope"] ?? claims["scp"]
  return typeof value === "string" ? Scopes.parse(value) : (strings(value) ?? []).filter(Scopes.isScope)
}

const client = (claims: Claims): string | undefined => {
  const value = claims["client_id"] ?? claims["azp"]
  return typeof value === "string" ? value : undefined
}

/** JSON objects only. */
export const isClaims = (value: unknown): value is Claims =>
  typeof value === "object" && value !== null && !Array.isArray(value)
