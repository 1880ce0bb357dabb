/** Finds and fetches the keys of an issuer. */
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { JSONWebKeySet } from "jose"
import type { Fetched } from "./JwkSet.ts"
import * as Remote from "./Remote.ts"
import { isClaims } from "./TokenClaims.ts"
import { isSecure } from "./Urls.ts"
import { VerifierUnavailable } from "./TokenVerifier.ts"

type Find<A> = Effect.Effect<A, VerifierUnavailable>

/** Fetches from a URL that is known, or from the one the metadata of the issuer names. */
export const fetch = (
  client: HttpClient.HttpClient,
  issuer: URL,
  exact: string,
  jwks?: string
): Find<Fetched> =>
  Effect.flatMap(jwks === undefined ? discover(client, issuer, exact) : Effect.succeed(jwks), (url) =>
    Effect.map(
      Remote.json(client, HttpClientRequest.get(url), "the keys of the issuer"),
      ({ body, headers }) => ({
        keys: body as JSONWebKeySet,
        maxAge: maxAge(headers["cache-control"])
      })
    )
  )

const discover = (client: HttpClient.HttpClient, issuer: URL, exact: string): Find<string> => {
  const [first, ...others] = locations(issuer).map((path) => keysOf(client, `${issuer.origin}${path}`, exact))
  return others.reduce((before, next) => Effect.catch(before, () => next), first!)
}

/** The order clients look in, too. A slash at the end of an issuer is no part of where its metadata is. */
const locations = ({ pathname }: URL): ReadonlyArray<string> => {
  const path = pathname.replace(/\/$/, "")
  const last = "/.well-known/openid-configuration"
  return [
    `/.well-known/oauth-authorization-server${path}`,
    `${last}${path}`,
    ...(path === "" ? [] : [`${path}${last}`])
  ]
}

const keysOf = (client: HttpClient.HttpClient, url: string, exact: string): Find<string> =>
  Effect.flatMap(
    Remote.json(client, HttpClientRequest.get(url), "the metadata of the issuer"),
    ({ body }) => {
      const document = isClaims(body) ? body : {}
      const jwks = document["jwks_uri"]
      const found = typeof jwks === "string" ? URL.parse(jwks) : null
      if (document["issuer"] !== exact) return unavailable("the metadata is of another issuer")
      return found !== null && isSecure(found)
        ? Effect.succeed(found.href)
        : unavailable("the metadata of the issuer names no keys")
    }
  )

const unavailable = (why: string) => Effect.fail(new VerifierUnavailable({ why }))

const maxAge = (cacheControl: string | undefined): number | undefined => {
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/.exec(cacheControl ?? "")?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
