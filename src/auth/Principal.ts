/**
 * On whose behalf a request is made. An ordinary service: over HTTP a guard provides it with every request, over stdio
 * a Layer provides it once, and a server whose handlers use it does not compile without one of them. The token itself
 * is not in it, so that it cannot be passed on by accident.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

export interface Claims {
  readonly [name: string]: unknown
}

export class Principal extends Context.Service<
  Principal,
  {
    /** Who vouches for the rest. */
    readonly issuer: string
    /** The user or machine, unique at its issuer. */
    readonly subject: string
    /** The OAuth client that acts for the subject, where the token names it. */
    readonly client: string | undefined
    /** Every scope that was granted, and every one these imply. */
    readonly scopes: ReadonlySet<string>
    /** Everything the issuer said. */
    readonly claims: Claims
    /** In milliseconds since 1970; `undefined` for what does not expire. */
    readonly expiresAt: number | undefined
  }
>()("mcp-effect/auth/Principal") {}

/** What a Layer says about the one who started the process. */
export interface Fixed {
  readonly subject: string
  readonly issuer?: string
  readonly client?: string
  readonly scopes?: ReadonlyArray<string>
  readonly claims?: Claims
}

/**
 * One principal for everything: for stdio, where whoever starts the server is the one it works for, and for tests.
 * Take what identifies it from the environment.
 *
 * @example
 * ```ts
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as Principal from "mcp-effect/Principal"
 *
 * export const fromEnvironment = Layer.unwrap(
 *   Effect.map(Config.String("APP_USER"), (subject) => Principal.layer({ subject, scopes: ["files:read"] }))
 * )
 * ```
 */
export const layer = ({
  claims = {},
  client,
  issuer = "local",
  scopes = [],
  subject
}: Fixed): Layer.Layer<Principal> =>
  Layer.succeed(Principal, { issuer, subject, client, scopes: new Set(scopes), claims, expiresAt: undefined })
