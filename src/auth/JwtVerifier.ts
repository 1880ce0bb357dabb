/** Tokens that are signed JWTs (RFC 9068 and what was usual before), verified with the keys of their issuer. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as HttpClient from "effect/http/HttpClient"
import type { CryptoKey, JSONWebKeySet } from "jose"
import { decodeProtectedHeader } from "jose/decode/protected_header"
import { compactVerify } from "jose/jws/compact/verify"
import * as IssuerKeys from "./IssuerKeys.ts"
import * as JwkSet from "./JwkSet.ts"
import * as TokenClaims from "./TokenClaims.ts"
import { identifier } from "./Urls.ts"
import { InvalidToken, type Verified, Verifier } from "./TokenVerifier.ts"

/** Signatures that only the issuer can make. There is no `none` here, and nothing with a shared secret. */
export type Algorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA"
  | "Ed25519"

export interface Options {
  /** The issuer, exactly as its tokens and its metadata write it. */
  readonly issuer: string
  /** Where its keys are, or the keys themselves. By default its metadata is asked. */
  readonly jwks?: string | JSONWebKeySet
  /** By default RS256, PS256, ES256, EdDSA and Ed25519. */
  readonly algorithms?: readonly [Algorithm, ...ReadonlyArray<Algorithm>]
  /** What `typ` may say, in any case. By default "at+jwt", and the "JWT" of issuers older than RFC 9068. */
  readonly types?: readonly [string, ...ReadonlyArray<string>]
}

/**
 * Verifies signed tokens of one issuer. With the keys themselves in `jwks` nothing is fetched.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Verifier from "mcp-effect/Verifier"
 *
 * export const live = Verifier.jwt({ issuer: "https://login.example.com" }).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 */
export function layer(options: Options & { readonly jwks: JSONWebKeySet }): Layer.Layer<Verifier>
export function layer(options: Options): Layer.Layer<Verifier, never, HttpClient.HttpClient>
export function layer(options: Options): Layer.Layer<Verifier, never, HttpClient.HttpClient> {
  return Layer.effect(
    Verifier,
    Effect.gen(function* () {
      const issuer = identifier("issuer", options.issuer)
      const { jwks } = options
      if (typeof jwks === "object") return Verifier.of(make(options, JwkSet.fixed(jwks)))
      const client = yield* HttpClient.HttpClient
      const keys = yield* JwkSet.make(IssuerKeys.fetch(client, issuer, options.issuer, jwks))
      return Verifier.of(make(options, keys))
    })
  )
}

/** The same with keys that are already there. */
export const make = (options: Options, keys: JwkSet.JwkSet): Verifier["Service"] => {
  const algorithms: ReadonlySet<string> = new Set(options.algorithms ?? usual)
  const types: ReadonlySet<string> = new Set(
    (options.types ?? ["at+jwt", "JWT"]).map((type) => type.toLowerCase())
  )
  return {
    verify: (token) =>
      Effect.gen(function* () {
        const text = Redacted.value(token)
        const header = yield* headerOf(text)
        // Before any key is looked for, which may mean that the issuer is asked.
        if (!algorithms.has(header.alg)) return yield* invalid("signed with an algorithm that is not allowed")
        if (header.crit !== undefined)
          return yield* invalid("it wants more to be understood than a token needs")
        if (!types.has(typeOf(header.typ))) return yield* invalid("not an access token by its type")
        const candidates = yield* keys.find(header)
        const payload = yield* signedBy(text, candidates, [...algorithms])
        return yield* claimsOf(payload, options.issuer, typeOf(header.typ))
      })
  }
}

const usual: ReadonlyArray<Algorithm> = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]

/** Longer ones are not looked at. */
const longest = 16_384

const headerOf = (text: string) =>
  Effect.try({
    try: () => {
      const header = text.length > longest ? {} : decodeProtectedHeader(text)
      return { ...header, alg: String(header.alg) }
    },
    catch: () => new InvalidToken({ why: "not a JWT" })
  })

/** A media type may leave out its "application/". */
const typeOf = (typ: unknown): string =>
  typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : ""

const signedBy = (
  text: string,
  keys: ReadonlyArray<CryptoKey>,
  algorithms: Array<string>
): Effect.Effect<Uint8Array, InvalidToken> =>
  Effect.tryPromise({
    try: () => Promise.any(keys.map(async (key) => (await compactVerify(text, key, { algorithms })).payload)),
    catch: () => new InvalidToken({ why: "the signature does not fit" })
  })

/** Only ID tokens have these. They say who somebody is to a client, and are not meant for a server. */
const ofIdTokens = ["nonce", "at_hash", "c_hash"]

const claimsOf = (payload: Uint8Array, issuer: string, type: string): Effect.Effect<Verified, InvalidToken> =>
  Effect.suspend(() => {
    const claims = parsed(payload)
    if (!TokenClaims.isClaims(claims)) return invalid("its claims are no JSON object")
    if (claims["iss"] !== issuer) return invalid("of another issuer")
    if (type !== "at+jwt" && ofIdTokens.some((name) => Object.hasOwn(claims, name)))
      return invalid("an ID token")
    const verified = TokenClaims.read(claims, issuer)
    return verified === undefined || verified.expiresAt === undefined
      ? invalid("claims are missing or malformed")
      : Effect.succeed(verified)
  })

const parsed = (payload: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload))
  } catch {
    return undefined
  }
}

const invalid = (why: string) => Effect.fail(new InvalidToken({ why }))
