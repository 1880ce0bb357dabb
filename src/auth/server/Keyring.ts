/**
 * The keys of an embedded authorization server: one that seals what goes through browsers and what rests in the store,
 * and those that sign tokens. They are made when they are first needed, kept in the store, and signing keys are
 * replaced from time to time: a new one is published before it is used, an old one for as long as its tokens live.
 */
import * as Clock from "effect/Clock"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import type { CryptoKey, JSONWebKeySet, JWK } from "jose"
import { importJWK } from "jose/key/import"
import { SignJWT } from "jose/jwt/sign"
import type { OAuthStore } from "../OAuthStore.ts"
import * as Digests from "./Digests.ts"
import * as Sealing from "./Sealing.ts"

export interface Keyring {
  /** For somebody who brings it back later. `purpose` is what it may be used for. */
  readonly seal: (purpose: string, value: unknown) => Effect.Effect<string>
  /** `undefined` for what was not sealed for this purpose, or was changed. */
  readonly open: (purpose: string, text: string) => Effect.Effect<unknown>
  readonly sign: (claims: { readonly [name: string]: unknown }) => Effect.Effect<string>
  readonly published: Effect.Effect<JSONWebKeySet>
}

interface Signing {
  readonly jwk: JWK & { readonly kid: string }
  readonly madeAt: number
}

interface Ring {
  readonly sealing: string
  /** Newest first. */
  readonly signing: ReadonlyArray<Signing>
}

const name = "keys"
const algorithm = "ES256"
/** Long enough that those who keep published keys have seen a key before it signs. */
const ahead = Duration.toMillis("1 day")

export interface Options {
  readonly rotateEvery: Duration.Duration
  /** The longest a token lives that was signed with a key. */
  readonly longestToken: Duration.Duration
}

export const make = (store: OAuthStore["Service"], options: Options): Effect.Effect<Keyring> =>
  Effect.gen(function* () {
    const crypto = yield* WebCrypto
    const period = Duration.toMillis(options.rotateEvery)
    const tail = Duration.toMillis(options.longestToken)

    const fresh = (now: number): Effect.Effect<Signing> =>
      Effect.promise(async () => {
        const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
          "sign",
          "verify"
        ])
        const jwk = await crypto.subtle.exportKey("jwk", pair.privateKey)
        return {
          jwk: { ...privateParts(jwk), alg: algorithm, use: "sig", kid: crypto.randomUUID() },
          madeAt: now
        }
      })

    /** The ring as it has to be now. Whoever comes second when it changes takes what the first one made. */
    const ring: Effect.Effect<Ring> = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const text = yield* store.get(name)
      if (text === undefined) {
        const made: Ring = { sealing: yield* Digests.secret, signing: [yield* fresh(now)] }
        return (yield* store.add(name, { value: JSON.stringify(made) })) ? made : yield* ring
      }
      const known: Ring = JSON.parse(text)
      const signing = renewed(known.signing, yield* due(known.signing, now), now)
      if (signing === known.signing) return known
      const next: Ring = { ...known, signing }
      return (yield* store.swap(name, text, { value: JSON.stringify(next) })) ? next : yield* ring
    }).pipe(Effect.orDie)

    const due = ([newest]: ReadonlyArray<Signing>, now: number) =>
      newest !== undefined && now < newest.madeAt + period ? Effect.succeed(undefined) : fresh(now)

    const renewed = (signing: ReadonlyArray<Signing>, added: Signing | undefined, now: number) => {
      const all = added === undefined ? signing : [added, ...signing]
      // A key is needed while it signs, which it does until the next one has been known long enough, and after that
      // while its tokens live.
      const needed = all.filter((_, index) => index === 0 || now < all[index - 1]!.madeAt + ahead + tail)
      return needed.length === signing.length && added === undefined ? signing : needed
    }

    const sealing = (key: string) => (using: Crypto) =>
      Sealing.importKey(using, Result.getOrThrow(Base64Url.decode(key)))

    const signers = new Map<string, Promise<CryptoKey | Uint8Array>>()
    const signer = (jwk: Signing["jwk"]) => {
      const known = signers.get(jwk.kid) ?? importJWK(jwk, algorithm)
      if (signers.size > 8) signers.clear()
      signers.set(jwk.kid, known)
      return known
    }

    return {
      seal: (purpose, value) =>
        Effect.flatMap(ring, (keys) => Sealing.seal(sealing(keys.sealing), purpose, value)),
      open: (purpose, text) =>
        Effect.flatMap(ring, (keys) => Sealing.open(sealing(keys.sealing), purpose, text)),
      sign: (claims) =>
        Effect.gen(function* () {
          const { signing } = yield* ring
          const now = yield* Clock.currentTimeMillis
          const { jwk } = signing.find(({ madeAt }) => madeAt + ahead <= now) ?? signing.at(-1)!
          const header = { alg: algorithm, typ: "at+jwt", kid: jwk.kid }
          return yield* Effect.promise(async () =>
            new SignJWT(claims).setProtectedHeader(header).sign(await signer(jwk))
          )
        }),
      published: Effect.map(ring, ({ signing }) => ({
        keys: signing.map(({ jwk: { d: _secret, ...jwk } }) => jwk)
      }))
    }
  })

/** An exported key says what it may do, which is not what its public half may do. */
const privateParts = ({ crv, d, kty, x, y }: JWK) => ({ crv, d, kty, x, y }) as JWK
