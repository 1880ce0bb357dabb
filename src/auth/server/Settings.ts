/** What an authorization server is told about itself, checked once when it is made. */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import * as Scopes from "../Scopes.ts"
import { isLoopback } from "../../http/Loopback.ts"
import { identifier } from "../Urls.ts"

export interface ClientRegistrationOptions {
  /** Whether clients may register themselves (RFC 7591). Default: no. */
  readonly enabled: boolean
  /** How long secrets of registered clients are good. Default: they do not expire. */
  readonly clientSecretExpiry?: Duration.Input
  /** What a client gets that neither asks for scopes nor was registered for some. */
  readonly defaultScopes?: ReadonlyArray<string>
  /**
   * Schemes of redirect URIs beside https and loopback http: private ones of applications, such as "com.example.app".
   * Any application on a device can claim them.
   */
  readonly schemes?: ReadonlyArray<string>
}

export interface RevocationOptions {
  /** Whether clients may revoke their tokens (RFC 7009). Default: no. */
  readonly enabled: boolean
}

/** A server that may ask about tokens that were issued for it (RFC 7662). */
export interface ResourceServer {
  readonly id: string
  readonly secret: Redacted.Redacted<string>
  readonly resource: string
}

export interface Options {
  /** The URL of this server: https, or http on a loopback address, without query and fragment. */
  readonly issuer: string
  /** The servers tokens are issued for, by their canonical URIs. A client that names none gets the only one. */
  readonly resources: readonly [string, ...ReadonlyArray<string>]
  /** A page for developers of clients. */
  readonly serviceDocumentation?: string
  readonly clientRegistration?: ClientRegistrationOptions
  readonly revocation?: RevocationOptions
  readonly introspection?: ReadonlyArray<ResourceServer>
  /** What clients may ask for. Without it there are no scopes. */
  readonly validScopes?: ReadonlyArray<string>
  /**
   * What nobody can do without here: clients that ask for nothing get it beside the default, and all may ask for it,
   * whatever they are registered for. Clients that ask for less get less, and hear from the server they come to that it
   * does not suffice.
   */
  readonly requiredScopes?: ReadonlyArray<string>
  /** Requests of one address in a minute, by route; of IPv6 a /64 network counts as one. */
  readonly rates?: Partial<Rates>
}

export interface Rates {
  readonly authorize: number
  readonly token: number
  readonly register: number
  readonly revoke: number
  readonly introspect: number
}

const usual: Rates = { authorize: 60, token: 120, register: 10, revoke: 60, introspect: 6000 }

export interface Resolved {
  readonly issuer: string
  readonly url: URL
  /** The path of the issuer, before the paths of its routes. */
  readonly base: string
  readonly local: boolean
  /** By what `URL` makes of them. */
  readonly resources: ReadonlyMap<string, string>
  readonly onlyResource: string | undefined
  readonly validScopes: ReadonlySet<string>
  readonly requiredScopes: ReadonlyArray<string>
  readonly defaultScopes: ReadonlyArray<string>
  readonly rates: Rates
  readonly options: Options
}

/** The settings of the authorization server a provider belongs to. */
export class Settings extends Context.Service<Settings, Resolved>()("mcp-effect/auth/Settings") {}

/** Throws with the name of the setting that cannot be right. */
export const resolve = (options: Options): Resolved => {
  const url = identifier("issuer", options.issuer)
  const required = options.requiredScopes ?? []
  const valid = new Set([...(options.validScopes ?? []), ...required])
  const defaults = options.clientRegistration?.defaultScopes ?? []
  for (const scope of [...valid, ...defaults]) {
    if (!Scopes.isScope(scope)) throw new Error(`"${scope}" is not a scope`)
    if (!valid.has(scope)) throw new Error(`defaultScopes: "${scope}" is not one of validScopes`)
  }
  return {
    issuer: options.issuer,
    url,
    base: url.pathname.replace(/\/$/, ""),
    local: isLoopback(url.hostname),
    resources: new Map(
      options.resources.map((resource) => [identifier("resources", resource).href, resource])
    ),
    onlyResource: options.resources.length === 1 ? options.resources[0] : undefined,
    validScopes: valid,
    requiredScopes: required,
    defaultScopes: defaults,
    rates: { ...usual, ...options.rates },
    options
  }
}

/**
 * The configured resource a client means. Scheme and host may be written in any case, since `URL` puts them into lower
 * case, and the slash after a bare host may be left out; the rest is compared as it is.
 */
export const resourceOf = (settings: Resolved, asked: string | undefined): string | undefined => {
  if (asked === undefined) return settings.onlyResource
  const url = URL.parse(asked)
  return url === null || /[?#]/.test(asked) ? undefined : settings.resources.get(url.href)
}

/** The URL of a route. */
export const endpoint = (settings: Resolved, path: string): string =>
  `${settings.url.origin}${settings.base}${path}`
