/**
 * The guard of a protected server: every request must bring a bearer token that is genuine, issued for this server,
 * valid now, and with enough scopes. Anything else is answered before the body of the request is read.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Caller } from "../http/Caller.ts"
import type { Guard, Head, Reply } from "../http/Exchange.ts"
import { Until } from "../http/Until.ts"
import * as Challenge from "./Challenge.ts"
import { Principal } from "./Principal.ts"
import * as ProtectedResource from "./ProtectedResource.ts"
import * as Scopes from "./Scopes.ts"
import { identifier } from "./Urls.ts"
import { InvalidToken, type Verified, Verifier, type VerifierUnavailable } from "./TokenVerifier.ts"

export interface Options {
  /** The canonical URI of the server, exactly as its clients use it: "https://mcp.example.com/mcp". */
  readonly resource: string
  /**
   * The issuers whose tokens are taken. With them the server publishes Protected Resource Metadata, so that clients
   * find their way. Leave them out for keys that people are given by hand.
   */
  readonly authorizationServers?: readonly [string, ...ReadonlyArray<string>]
  /** What every request needs. */
  readonly scopes?: ReadonlyArray<string>
  /** Scopes that imply others: `{ "files:write": ["files:read"] }`. */
  readonly implies?: Scopes.Hierarchy
  /** What the audience of a token may be. By default the resource; compared exactly, as it is written. */
  readonly audience?: readonly [string, ...ReadonlyArray<string>]
  /** By how much clocks may differ. Default: 30 seconds. */
  readonly skew?: Duration.Input
  /** What clients are told in the metadata to ask for at first. By default `scopes`. */
  readonly scopesSupported?: ReadonlyArray<string>
  /** For people: the name of the server and pages about it. */
  readonly about?: NonNullable<ProtectedResource.Options["about"]>
}

/**
 * Makes the guard. What it admits runs with a `Principal`, and with a `Caller` made of issuer, subject and client.
 * Throws when a setting cannot be right.
 *
 * A call that was let in runs to its end. What a client only listens to (a subscription, the stream of its session)
 * ends with the token it was opened with, so that the client comes back with a fresh one.
 *
 * @example
 * ```ts
 * import * as Bearer from "mcp-effect/Bearer"
 *
 * // Guard<Principal, Verifier>
 * export const guard = Bearer.guard({
 *   resource: "https://mcp.example.com/mcp",
 *   authorizationServers: ["https://login.example.com"],
 *   scopes: ["files:read"],
 *   implies: { "files:write": ["files:read"] }
 * })
 * ```
 */
export const guard = (options: Options): Guard<Principal, Verifier> => {
  const { authorizationServers, implies = {}, resource, scopes = [], scopesSupported = scopes } = options
  identifier("resource", resource)
  for (const scope of [...scopes, ...scopesSupported]) checkScope(scope)
  const published =
    authorizationServers === undefined
      ? undefined
      : ProtectedResource.publish({ ...options, authorizationServers, scopes: scopesSupported })
  const tolerance = Duration.toMillis(Duration.fromInputUnsafe(options.skew ?? "30 seconds"))
  const judge = judgement(new Set(options.audience ?? [resource]), tolerance)
  const challenge = { scopes, resourceMetadata: published?.url }

  const admit = (head: Head): Effect.Effect<Context.Context<Principal>, Reply, Verifier> => {
    const sent = credentials(head)
    if (sent === undefined) return Effect.fail(Challenge.reply({ ...challenge, status: 401 }))
    if (inQuery(head.url)) return Effect.fail(Challenge.reply({ ...challenge, ...twice }))
    return Effect.matchEffect(
      Effect.flatMap(Verifier, (verifier) => Effect.flatMap(verifier.verify(sent, resource), judge)),
      {
        onFailure: (error) => Effect.flatMap(told(error), () => Effect.fail(refusal(error))),
        onSuccess: (verified) => {
          const principal = principalOf(verified, implies)
          return Scopes.covers(principal.scopes, scopes)
            ? Effect.succeed(admitted(principal, tolerance))
            : Effect.fail(Challenge.reply({ ...challenge, ...insufficient }))
        }
      }
    )
  }

  const refusal = (error: InvalidToken | VerifierUnavailable): Reply =>
    error._tag === "VerifierUnavailable"
      ? unavailable
      : Challenge.reply({
          ...challenge,
          status: 401,
          error: "invalid_token",
          description: "The token is not valid here, or not any more"
        })

  return {
    admit,
    forbid: (needed) => ({
      status: 403,
      headers: Challenge.headers({
        ...challenge,
        ...insufficient,
        scopes: [...new Set([...scopes, ...needed.scopes])]
      })
    }),
    ...(published === undefined ? {} : { documents: published.documents })
  }
}

const checkScope = (scope: string) => {
  if (!Scopes.isScope(scope)) throw new Error(`"${scope}" is not a scope`)
  // Whether there is a refresh token is between the client and its authorization server.
  if (scope === "offline_access") throw new Error("offline_access is not a scope a server can need")
}

/** The token of the one `Authorization` field. Whatever else is there is no token. */
const credentials = (head: Head): Redacted.Redacted<string> | undefined => {
  const match = /^bearer +([\w.~+/-]+=*)$/i.exec(head.header("authorization") ?? "")
  return match === null ? undefined : Redacted.make(match[1]!)
}

/** URLs end up in logs and histories. */
const inQuery = (url: string): boolean => {
  const query = url.indexOf("?")
  return query !== -1 && new URLSearchParams(url.slice(query)).has("access_token")
}

const twice = {
  status: 400,
  error: "invalid_request",
  description: "A token belongs into the Authorization header and nowhere else"
} as const

const insufficient = {
  status: 403,
  error: "insufficient_scope",
  description: "This needs scopes that were not granted"
} as const

const unavailable: Reply = {
  status: 503,
  headers: { "content-type": "application/json", "cache-control": "no-store", "retry-after": "5" },
  body: JSON.stringify({
    error: "temporarily_unavailable",
    error_description: "The token cannot be checked now"
  })
}

/** Whether a genuine token is good for this server, and now. */
const judgement =
  (audience: ReadonlySet<string>, tolerance: number) =>
  (verified: Verified): Effect.Effect<Verified, InvalidToken> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const { expiresAt, notBefore } = verified
      if (!verified.audience.some((one) => audience.has(one)))
        return invalid(`issued for somebody else: its audience is ${JSON.stringify(verified.audience)}`)
      if (expiresAt !== undefined && now >= expiresAt + tolerance) return invalid("expired")
      if (notBefore !== undefined && now < notBefore - tolerance) return invalid("not valid yet")
      return Effect.succeed(verified)
    })

const invalid = (why: string) => Effect.fail(new InvalidToken({ why }))

const principalOf = (
  { claims, client, expiresAt, issuer, scopes, subject }: Verified,
  implies: Scopes.Hierarchy
): Principal["Service"] => ({
  issuer,
  subject,
  client,
  scopes: Scopes.closure(scopes, implies),
  claims,
  expiresAt
})

const admitted = (principal: Principal["Service"], tolerance: number): Context.Context<Principal> => {
  const { client, expiresAt, issuer, subject } = principal
  const known = Context.add(
    Context.make(Principal, principal),
    Caller,
    JSON.stringify([issuer, subject, client ?? null])
  )
  return expiresAt === undefined ? known : Context.add(known, Until, expiresAt + tolerance)
}

/** For the operator; the client is told less. */
const told = (error: InvalidToken | VerifierUnavailable): Effect.Effect<void> =>
  error._tag === "InvalidToken"
    ? Effect.logDebug("A token was refused", error.why)
    : Effect.logWarning("Tokens cannot be checked", error.why)
