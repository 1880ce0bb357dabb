/** Fetches a JSON document from the first place that has it. */
import * as Effect from "effect/Effect"
import * as AuthorizationError from "./AuthorizationError.ts"
import type { GuardedHttp } from "../GuardedHttp.ts"

export interface Found {
  readonly url: string
  readonly value: unknown
}

/**
 * A place that says it has none, or has something else than JSON (web applications answer everything with their first
 * page), is passed over. One that cannot answer ends the search: what it would have said decides.
 */
export const first = (
  guard: GuardedHttp["Service"],
  urls: ReadonlyArray<string>,
  near: string,
  headers: { readonly [name: string]: string } = {}
): Effect.Effect<Found | undefined, AuthorizationError.AuthorizationError> =>
  Effect.gen(function* () {
    for (const url of urls) {
      const answer = yield* Effect.mapError(
        guard.send({ method: "GET", url, near, headers: { accept: "application/json", ...headers } }),
        AuthorizationError.ofGuard
      )
      if (answer.status >= 500 || answer.status === 429) {
        return yield* AuthorizationError.make("Unavailable", `${url} answered ${answer.status}`)
      }
      const value = answer.status === 200 ? json(answer.body) : undefined
      if (typeof value === "object" && value !== null) return { url, value }
    }
    return undefined
  })

export const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
