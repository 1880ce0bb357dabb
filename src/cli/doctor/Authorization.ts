/** A server that wants to know who calls: whether this user is signed in, and whether anybody could sign in. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as OAuthClient from "../../auth/OAuthClient.ts"
import * as Authorized from "../auth/Authorized.ts"
import * as Unasked from "../auth/Unasked.ts"
import * as Finding from "./Finding.ts"
import * as Insufficient from "./Insufficient.ts"
import { knock } from "./Knock.ts"

const header = '--header "Authorization: Bearer ..."'

/** Looks at what there is for this user, and at what there is for everybody. Nobody is asked. */
export const examine = Effect.fnUntraced(function* (url: string) {
  // Tokens go to https and to this machine only.
  const built = yield* Effect.option(Layer.build(Authorized.stored(url)))
  if (Option.isNone(built)) return [unknown]
  return yield* Effect.provideContext(
    Effect.catch(signedIn(url), (error) => Effect.succeed([named(error, url)])),
    built.value
  )
}, Effect.scoped)

const unknown = Finding.error("unauthorized", "It wants to know who you are", header)

const signedIn = Effect.fnUntraced(function* (url: string) {
  const { destination, status } = yield* OAuthClient.OAuthClient
  const kept = yield* status
  const there = yield* Effect.result(destination)
  if (kept === undefined) {
    const { described, issuer } = yield* Effect.fromResult(there)
    return described
      ? [Finding.error("sign-in", `It takes a sign-in at ${issuer}`, `Sign in: mcp auth login ${url}`)]
      : [unknown]
  }
  const found = yield* answered(url, kept)
  if (Result.isSuccess(there)) return [found]
  const broken = named(there.failure, url)
  return found.name === broken.name ? [broken] : [found, broken]
})

/** How far the tokens lead. */
const answered = (url: string, { issuer, scopes }: OAuthClient.Status) =>
  Effect.match(knock(url), {
    onSuccess: ({ demand, status }) =>
      status === 401 || status === 403
        ? (Insufficient.of(status, demand, url) ?? over(url))
        : Finding.fine("signed-in", `Signed in at ${issuer}, for ${scopes.join(", ") || "no scopes"}`),
    onFailure: (error) => {
      const missing = Insufficient.within(error, url)
      if (missing !== undefined) return missing
      const reason = OAuthClient.errorIn(error)
      return reason === undefined || Unasked.of(error) !== undefined ? over(url) : named(reason, url)
    }
  })

const over = (url: string) =>
  Finding.error(
    "sign-in-over",
    "The sign-in is not good any more, and cannot be renewed",
    `Sign in again: mcp auth login ${url}`
  )

/** What is in the way of everybody who wants to sign in. */
const named = ({ message, reason }: OAuthClient.AuthorizationError, url: string): Finding.Finding => {
  const [name, remedy] = remedies(url)[reason] ?? ["authorization", `Sign in again: mcp auth login ${url}`]
  return Finding.error(name, message, remedy)
}

const remedies = (
  url: string
): { readonly [reason in OAuthClient.AuthorizationError["reason"]]?: readonly [string, string] } => ({
  ResourceMismatch: [
    "resource-mismatch",
    `"resource" in the metadata of the server has to be the URL its clients use, letter by letter: ${url}`
  ],
  IssuerMismatch: [
    "issuer-mismatch",
    '"issuer" in the metadata of the authorization server has to be what the server calls it, letter by letter'
  ],
  Discovery: [
    "authorization-metadata",
    "The server has to name its authorization server (RFC 9728), and that has to describe itself (RFC 8414)"
  ],
  Unavailable: [
    "authorization-unreachable",
    "Is the authorization server running, and can it be reached from here?"
  ],
  NoPkce: [
    "no-pkce",
    'The authorization server has to list "S256" in code_challenge_methods_supported: without, clients must not go on'
  ],
  NoClient: [
    "no-registration",
    `The authorization server needs a registration_endpoint for clients it does not know. With a token from elsewhere: ${header}`
  ],
  Store: ["token-store", "The file with the tokens has to be there for this user to read and write"]
})
