/** Proof Key for Code Exchange (RFC 7636), with S256 and nothing else. */
import type * as Effect from "effect/Effect"
import * as Digests from "./Digests.ts"

/** A SHA-256 in Base64url. */
export const isChallenge = (text: string): boolean => /^[\w-]{43}$/.test(text)

export const isVerifier = (text: string): boolean => /^[\w.~-]{43,128}$/.test(text)

export const verify = (verifier: string, challenge: string): Effect.Effect<boolean> =>
  Digests.fits(verifier, challenge)
