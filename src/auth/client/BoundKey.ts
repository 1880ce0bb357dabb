/**
 * The key that tokens are bound to (RFC 9449), so that whoever steals a token cannot use it. It is kept beside the
 * tokens, which are worth nothing without it.
 */
import * as Effect from "effect/Effect"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { CryptoKey, JWK } from "jose"
import type { AuthorizationError } from "./AuthorizationError.ts"
import * as Signing from "./Signing.ts"

const parameters = { name: "ECDSA", namedCurve: "P-256" }

export interface BoundKey {
  /** The private key as JSON, to keep it. */
  readonly text: Redacted.Redacted
  /** A proof for one request. Nonces are remembered by origin. */
  readonly prove: (
    method: string,
    url: string,
    accessToken?: Redacted.Redacted
  ) => Effect.Effect<string, AuthorizationError>
  /** Takes the nonce that an answer from there brought; whether it brought one. */
  readonly learn: (url: string, nonce: string | undefined) => boolean
}

export const generate: Effect.Effect<BoundKey> = Effect.flatMap(WebCrypto, (crypto) =>
  Effect.promise(async () => {
    const { privateKey } = await crypto.subtle.generateKey(parameters, true, ["sign", "verify"])
    return make(await crypto.subtle.exportKey("jwk", privateKey), privateKey)
  })
)

/** A key that was kept; `undefined` if it is none. */
export const restore = (text: Redacted.Redacted): Effect.Effect<BoundKey | undefined> =>
  Effect.flatMap(WebCrypto, (crypto) =>
    Effect.promise(async () => {
      const key = decode(Redacted.value(text))
      if (Result.isFailure(key)) return undefined
      return crypto.subtle.importKey("jwk", { ...key.success }, parameters, true, ["sign"]).then(
        (privateKey) => make(key.success, privateKey),
        () => undefined
      )
    })
  )

const Jwk = Schema.Struct({
  kty: Schema.Literal("EC"),
  crv: Schema.Literal("P-256"),
  x: Schema.String,
  y: Schema.String,
  d: Schema.String
})
const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Jwk))

const make = ({ crv = "", d = "", kty = "", x = "", y = "" }: JWK, privateKey: CryptoKey): BoundKey => {
  const nonces = new Map<string, string>()
  return {
    text: Redacted.make(JSON.stringify({ kty, crv, x, y, d })),
    prove: (method, text, accessToken) => {
      const url = new URL(text)
      return Signing.proof(
        { method, url, publicKey: { kty, crv, x, y }, accessToken, nonce: nonces.get(url.origin) },
        privateKey
      )
    },
    learn: (url, nonce) => {
      if (nonce !== undefined) nonces.set(new URL(url).origin, nonce)
      return nonce !== undefined
    }
  }
}
