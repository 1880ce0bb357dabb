/** A sign-in that was not for enough. A module of its own: to find it in an error takes no OAuth client. */
import * as HttpClientError from "effect/http/HttpClientError"
import * as Challenge from "../../auth/client/Challenge.ts"
import { TransportError } from "../../client/Transport.ts"
import * as Refusal from "../../transport/client/Refusal.ts"
import * as Finding from "./Finding.ts"

/** That more scopes are needed, if the server says so. */
export const of = (
  status: number,
  { error, scope = "" }: Challenge.Demand,
  url: string
): Finding.Finding | undefined => {
  if (status !== 403 || error !== "insufficient_scope") return undefined
  const scopes = scope.split(" ").filter((each) => each !== "")
  return Finding.error(
    "insufficient-scope",
    `It wants scopes that were not granted: ${scopes.join(", ") || "it does not say which"}`,
    ["Sign in for more: mcp auth login", url, ...scopes.map((each) => `--scope ${each}`)].join(" ")
  )
}

/** The same, wherever in an error it is. */
export const within = (error: unknown, url: string): Finding.Finding | undefined => {
  const refusal = error instanceof TransportError ? Refusal.of(error) : undefined
  if (refusal !== undefined) return of(refusal.status, Challenge.demand(refusal.authenticate), url)
  if (HttpClientError.isHttpClientError(error) && error.response !== undefined) {
    const { headers, status } = error.response
    return of(status, Challenge.demand(headers["www-authenticate"]), url)
  }
  return typeof error === "object" && error !== null && "cause" in error
    ? within(error.cause, url)
    : undefined
}
