/** Keys that sign for a client, and what they sign. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { CryptoKey, JWK } from "jose"
import { importPKCS8 } from "jose/key/import"
import { SignJWT } from "jose/jwt/sign"
import * as AuthorizationError from "./AuthorizationError.ts"
import * as Random from "./Random.ts"

/** A private key the authorization server knows the public half of. */
export interface SigningKey {
  /** PKCS #8 in PEM, or a key of WebCrypto. */
  readonly privateKey: Redacted.Redacted | CryptoKey
  /** `ES256`, `RS256`, `EdDSA`, … */
  readonly algorithm: string
  /** Which of several keys of the client it is. */
  readonly keyId?: string
}

export interface Assertion {
  readonly key: SigningKey
  readonly clientId: string
  readonly audience: string
}

/** How long an assertion is good for, in seconds. It is used at once. */
const lifetime = 60

/**
 * Proof that a client is who it says (RFC 7523, section 2.2). Its audience is the issuer, so that it is worth nothing
 * elsewhere.
 */
export const assertion = Effect.fnUntraced(function* ({ audience, clientId, key }: Assertion) {
  const privateKey = yield* imported(key)
  const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  const jti = yield* Random.text(16)
  return yield* signed(
    new SignJWT({})
      .setProtectedHeader({ alg: key.algorithm, ...(key.keyId !== undefined && { kid: key.keyId }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setJti(Redacted.value(jti))
      .setIssuedAt(now)
      .setExpirationTime(now + lifetime),
    privateKey
  )
})

export interface Proof {
  readonly method: string
  readonly url: URL
  readonly publicKey: JWK
  readonly accessToken: Redacted.Redacted | undefined
  readonly nonce: string | undefined
}

/** Proof that whoever makes a request holds a key (RFC 9449, section 4.2). */
export const proof = Effect.fnUntraced(function* (
  { accessToken, method, nonce, publicKey, url }: Proof,
  privateKey: CryptoKey
) {
  const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  const jti = yield* Random.text(16)
  const ath = accessToken === undefined ? undefined : yield* Random.digest(Redacted.value(accessToken))
  const claims = {
    jti: Redacted.value(jti),
    htm: method,
    htu: `${url.origin}${url.pathname}`,
    ...(ath !== undefined && { ath }),
    ...(nonce !== undefined && { nonce })
  }
  return yield* signed(
    new SignJWT(claims)
      .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk: publicKey })
      .setIssuedAt(now),
    privateKey
  )
})

const imported = ({ algorithm, privateKey }: SigningKey) =>
  Redacted.isRedacted(privateKey)
    ? Effect.tryPromise({
        try: () => importPKCS8(Redacted.value(privateKey), algorithm),
        // What the parser says may quote the key.
        catch: () => AuthorizationError.make("NoClient", `The private key is no PKCS #8 PEM for ${algorithm}`)
      })
    : Effect.succeed(privateKey)

const signed = (token: SignJWT, key: CryptoKey) =>
  Effect.tryPromise({
    try: () => token.sign(key),
    catch: () => AuthorizationError.make("NoClient", "The private key does not sign with its algorithm")
  })
