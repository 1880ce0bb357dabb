/**
 * What a server may use in its own calls to whoever signed its user in. It is another token than the one the client
 * sent, which goes nowhere: each is good for the one it was given to.
 *
 * @see https://modelcontextprotocol.io/docs/tutorials/security/security_best_practices#token-passthrough
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Principal } from "./Principal.ts"

/** There is none, or it is not good any more: the user has to sign in again. */
export class NoUpstreamToken extends Schema.TaggedError<NoUpstreamToken>()("NoUpstreamToken", {}) {
  override get message(): string {
    return "The user has to sign in again"
  }
}

export class UpstreamTokens extends Context.Service<
  UpstreamTokens,
  {
    readonly of: (
      principal: Principal["Service"]
    ) => Effect.Effect<Redacted.Redacted<string>, NoUpstreamToken>
  }
>()("mcp-effect/auth/UpstreamTokens") {}

/**
 * The token for the caller of the request that is being answered.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as HttpClient from "effect/http/HttpClient"
 * import * as HttpClientRequest from "effect/http/HttpClientRequest"
 * import * as UpstreamTokens from "mcp-effect/UpstreamTokens"
 *
 * export const profile = Effect.flatMap(UpstreamTokens.current, (token) =>
 *   HttpClientRequest.get("https://api.github.com/user").pipe(
 *     HttpClientRequest.bearerToken(token),
 *     HttpClient.execute,
 *     Effect.flatMap((response) => response.json)
 *   )
 * )
 * ```
 */
export const current: Effect.Effect<
  Redacted.Redacted<string>,
  NoUpstreamToken,
  UpstreamTokens | Principal
> = Effect.flatMap(UpstreamTokens, (tokens) => Effect.flatMap(Principal, tokens.of))
