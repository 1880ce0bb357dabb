/**
 * The one place where secrets are compared, so that the time it takes tells nothing about them. Where one of many is
 * looked for it is by digests under a key nobody knows.
 */
import * as Effect from "effect/Effect"
import * as Mac from "effect/crypto/Mac"
import { WebCrypto } from "effect/crypto/WebCrypto"

/** A digest that cannot be computed, and so not be searched for, outside this process. */
export type Digest = (secret: string) => Effect.Effect<Uint8Array>

/** A key of its own for everything that is compared. */
export const digests: Effect.Effect<Digest> = Effect.flatMap(WebCrypto, (crypto) =>
  Effect.map(
    Effect.promise(() => crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"])),
    (key): Digest =>
      (secret) =>
        Effect.promise(async () => new Uint8Array(await crypto.subtle.sign("HMAC", key, encode(secret))))
  )
)

/** Which digest is the one of these; looks at all of them, wherever it is. */
export const position = (digest: Uint8Array, among: ReadonlyArray<Uint8Array>): number => {
  let found = -1
  for (const [index, other] of among.entries()) if (equal(digest, other)) found = index
  return found
}

/** Whether two byte arrays are the same. Of those of one length, the time this takes does not tell where they differ. */
export const equal = (one: Uint8Array, other: Uint8Array): boolean => Mac.timingSafeEqual(one, other)

/** Whether two texts are the same, compared like byte arrays. */
export const same = (one: string, other: string): boolean => equal(encode(one), encode(other))

const encoder = new TextEncoder()
const encode = (text: string) => encoder.encode(text)
