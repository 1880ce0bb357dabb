/**
 * The answer to a refresh, kept for those who have to ask twice. It is sealed with the refresh token that got it: the
 * store alone does not open it.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Tokens } from "../AuthorizationProvider.ts"
import * as Sealing from "./Sealing.ts"

interface Written {
  readonly access: string
  readonly expiresIn: number
  readonly scopes: ReadonlyArray<string>
  readonly refresh?: string
}

const purpose = "repeat"

export const seal = (
  token: string,
  { accessToken, expiresIn, refreshToken, scopes }: Tokens
): Effect.Effect<string> => {
  const written: Written = {
    access: Redacted.value(accessToken),
    expiresIn,
    scopes,
    ...(refreshToken === undefined ? {} : { refresh: Redacted.value(refreshToken) })
  }
  return Sealing.seal(keyOf(token), purpose, written)
}

export const open = (token: string, text: string): Effect.Effect<Tokens | undefined> =>
  Effect.map(Sealing.open(keyOf(token), purpose, text), (opened) => {
    if (opened === undefined) return undefined
    const { access, expiresIn, refresh, scopes } = opened as Written
    return {
      accessToken: Redacted.make(access),
      expiresIn,
      scopes,
      ...(refresh === undefined ? {} : { refreshToken: Redacted.make(refresh) })
    }
  })

/** Not the digest the store knows the token by. */
const keyOf = (token: string) => async (crypto: Crypto) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`the answer to ${token}`))
  return Sealing.importKey(crypto, new Uint8Array(digest))
}
