/** AES-GCM with a nonce in front, in Base64url. */
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"

const nonceLength = 12

/** 32 bytes as a key. */
export const importKey = (crypto: Crypto, key: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", buffer(key), "AES-GCM", false, ["encrypt", "decrypt"])

/** `purpose` has to be the same when it is opened. */
export const seal = (key: (crypto: Crypto) => Promise<CryptoKey>, purpose: string, value: unknown) =>
  Effect.flatMap(WebCrypto, (crypto) =>
    Effect.promise(async () => {
      const iv = crypto.getRandomValues(new Uint8Array(nonceLength))
      const parameters = { name: "AES-GCM", iv, additionalData: encode(purpose) }
      const sealed = await crypto.subtle.encrypt(parameters, await key(crypto), encode(JSON.stringify(value)))
      return Base64Url.encode(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
    })
  )

/** `undefined` for what was not sealed with this key for this purpose, or was changed. */
export const open = (
  key: (crypto: Crypto) => Promise<CryptoKey>,
  purpose: string,
  text: string
): Effect.Effect<unknown> =>
  Effect.flatMap(WebCrypto, (crypto) =>
    Effect.promise(async () => {
      try {
        const sealed = Result.getOrThrow(Base64Url.decode(text))
        const iv = buffer(sealed.slice(0, nonceLength))
        const parameters = { name: "AES-GCM", iv, additionalData: encode(purpose) }
        const opened = await crypto.subtle.decrypt(
          parameters,
          await key(crypto),
          buffer(sealed.slice(nonceLength))
        )
        return JSON.parse(new TextDecoder().decode(opened)) as unknown
      } catch {
        return undefined
      }
    })
  )

const encoder = new TextEncoder()
const encode = (text: string) => buffer(encoder.encode(text))

/** The types of WebCrypto do not take a view of a buffer that might be shared; these never are. */
const buffer = (bytes: Uint8Array) => bytes as Uint8Array<ArrayBuffer>
