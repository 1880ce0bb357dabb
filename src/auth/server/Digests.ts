/** What is kept of secrets: their SHA-256. They are random and long, so that nobody can guess them from it. */
import * as Effect from "effect/Effect"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Secrets from "../Secrets.ts"

const encoder = new TextEncoder()

const bytesOf = (text: string): Effect.Effect<Uint8Array> =>
  Effect.flatMap(WebCrypto, (crypto) =>
    Effect.promise(async () => new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))))
  )

/** In Base64url. */
export const digest = (secret: string): Effect.Effect<string> => Effect.map(bytesOf(secret), Base64Url.encode)

/** Whether a digest is that of a secret. A digest that is none fits nothing. */
export const fits = (secret: string, expected: string): Effect.Effect<boolean> =>
  Effect.map(digest(secret), (actual) => Secrets.same(actual, expected))

/** 32 random bytes in Base64url. */
export const secret: Effect.Effect<string> = Effect.map(WebCrypto, (crypto) =>
  Base64Url.encode(crypto.getRandomValues(new Uint8Array(32)))
)
