/** What must not be guessed. */
import * as Effect from "effect/Effect"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"

/** Random bytes in base64url: three bytes come to four characters. */
export const text = (bytes: number): Effect.Effect<Redacted.Redacted> =>
  Effect.map(WebCrypto, (crypto) =>
    Redacted.make(Base64Url.encode(crypto.getRandomValues(new Uint8Array(bytes))))
  )

/** SHA-256 in base64url. */
export const digest = (value: string): Effect.Effect<string> =>
  Effect.flatMap(WebCrypto, (crypto) =>
    Effect.promise(async () =>
      Base64Url.encode(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(value))))
    )
  )

const encoder = new TextEncoder()
