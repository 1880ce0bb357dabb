/** A name and a password, typed into the consent page. Only what PBKDF2 makes of a password is kept. */
import * as Kdf from "effect/crypto/Kdf"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Claims } from "../Principal.ts"
import * as Secrets from "../Secrets.ts"
import * as Rate from "./Rate.ts"
import { type Field, SignIn, SignInFailed } from "./SignInMethod.ts"

export interface Account {
  readonly name: string
  /** What `hashPassword` made. */
  readonly password: Redacted.Redacted<string>
  /** By default the name. */
  readonly subject?: string
  readonly claims?: Claims
}

const length = 32
const scheme = "pbkdf2-sha256"

/** Attempts at one name in a minute, from wherever they come. */
const attempts = 10

const fields: ReadonlyArray<Field> = [
  { name: "username", label: "Name", type: "text", autocomplete: "username" },
  { name: "password", label: "Password", type: "password", autocomplete: "current-password" }
]

/** What is kept of a password. Each call makes something else. */
export const hash = (password: Redacted.Redacted<string>): Effect.Effect<Redacted.Redacted<string>> =>
  Effect.gen(function* () {
    const crypto = yield* WebCrypto
    const salt = crypto.getRandomValues(new Uint8Array(16))
    const { iterations } = Kdf.pbkdf2Sha256
    const derived = yield* derive(Redacted.value(password), { iterations, salt })
    const parts = [scheme, String(iterations), Base64Url.encode(salt), Base64Url.encode(derived)]
    return Redacted.make(parts.join("$"))
  })

/**
 * Signs in the users of a list. Dies when a password is not what `hashPassword` makes.
 *
 * @example
 * ```ts
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as SignIn from "mcp-effect/SignIn"
 *
 * export const users = Layer.unwrap(
 *   Effect.map(Config.Redacted("ADA_PASSWORD_HASH"), (password) => SignIn.passwords([{ name: "ada", password }]))
 * )
 * ```
 */
export const layer = (accounts: readonly [Account, ...ReadonlyArray<Account>]): Layer.Layer<SignIn> =>
  Layer.effect(
    SignIn,
    Effect.gen(function* () {
      const known = new Map<string, Account & { readonly kept: Kept }>()
      for (const account of accounts) {
        const kept = parse(Redacted.value(account.password))
        if (kept === undefined)
          return yield* Effect.die(new Error(`The password of "${account.name}" is not hashed`))
        known.set(account.name, { ...account, kept })
      }
      const rate = Rate.perMinute(attempts)
      const [{ kept: nobody }] = [...known.values()] as [Account & { readonly kept: Kept }]
      return SignIn.of({
        _tag: "Form",
        fields,
        check: (values) =>
          Effect.gen(function* () {
            const name = values.get("username") ?? ""
            if ((yield* rate.take(name)) !== undefined) {
              return yield* new SignInFailed({ message: "Too many attempts. Wait a minute." })
            }
            const account = known.get(name)
            // An unknown name costs as much as a known one.
            const { derived, ...how } = account?.kept ?? nobody
            const fits = Secrets.equal(yield* derive(values.get("password") ?? "", how), derived)
            if (account === undefined || !fits) {
              return yield* new SignInFailed({ message: "The name or the password is wrong." })
            }
            const { claims, subject = name } = account
            return claims === undefined ? { subject } : { subject, claims }
          })
      })
    })
  )

interface Kept {
  readonly iterations: number
  readonly salt: Uint8Array
  readonly derived: Uint8Array
}

const parse = (text: string): Kept | undefined => {
  const [name, count, salt, derived] = text.split("$")
  const iterations = Number(count)
  const decoded = [salt, derived].map((part) => Result.getOrUndefined(Base64Url.decode(part ?? "")))
  return name === scheme && iterations > 0 && decoded[0] !== undefined && decoded[1]?.length === length
    ? { iterations, salt: decoded[0], derived: decoded[1] }
    : undefined
}

const derive = (password: string, { iterations, salt }: Pick<Kept, "iterations" | "salt">) =>
  Effect.flatMap(Kdf.Kdf, ({ derive }) =>
    derive({ ...Kdf.pbkdf2Sha256, iterations }, new TextEncoder().encode(password), { salt, length })
  ).pipe(Effect.provide(Kdf.layerWebCrypto), Effect.orDie)
