/** `private_key_jwt`: a client proves who it is by signing with a key whose public half it registered (RFC 7523). */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { decodeJwt } from "jose/jwt/decode"
import { jwtVerify } from "jose/jwt/verify"
import { createLocalJWKSet } from "jose/jwks/local"
import type { Client } from "../AuthorizationProvider.ts"

export const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

export const algorithms = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]

/** An assertion is for the moment. Seconds. */
const longest = 300
const skew = 30

/** Who an assertion claims to be from; it is not verified by this. */
export const subject = (assertion: string): string | undefined => {
  try {
    return decodeJwt(assertion).sub
  } catch {
    return undefined
  }
}

export interface Verified {
  /** To be taken once. */
  readonly jti: string
  readonly expiresAt: number
}

/** `undefined` when the assertion does not prove that it comes from this client and is meant for one of these. */
export const verify = (
  assertion: string,
  client: Client,
  audiences: Array<string>
): Effect.Effect<Verified | undefined> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.promise(async () => {
      if (client.jwks === undefined) return undefined
      try {
        const { payload } = await jwtVerify(assertion, createLocalJWKSet(client.jwks), {
          algorithms,
          audience: audiences,
          issuer: client.id,
          subject: client.id,
          clockTolerance: skew,
          currentDate: new Date(now),
          requiredClaims: ["exp", "jti"]
        })
        const seconds = payload.exp! - now / 1000
        return seconds > longest ? undefined : { jti: payload.jti!, expiresAt: (payload.exp! + skew) * 1000 }
      } catch {
        return undefined
      }
    })
  )
