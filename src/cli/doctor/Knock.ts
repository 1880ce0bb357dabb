/** The first question of a client of today, and what comes back, whatever it is. */
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Challenge from "../../auth/client/Challenge.ts"
import * as Revisions from "../../protocol/Revisions.ts"
import * as Raw from "./Raw.ts"

export interface Answer {
  readonly status: number
  readonly type: string
  readonly location: string | undefined
  readonly body: string
  /** What it wants before it answers. */
  readonly demand: Challenge.Demand
}

const question = JSON.stringify(Raw.request("1", "server/discover"))

export const knock = Effect.fnUntraced(function* (
  url: string,
  headers: { readonly [name: string]: string } = {}
) {
  const client = yield* HttpClient.HttpClient
  const request = HttpClientRequest.post(url).pipe(
    HttpClientRequest.setHeaders({
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": Revisions.newest.version,
      "mcp-method": "server/discover",
      ...headers
    }),
    HttpClientRequest.setBody(HttpBody.text(question, "application/json"))
  )
  const response = yield* client.execute(request)
  const type = (response.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase()
  // A stream need not end, and says nothing here that its type does not say.
  const body = type === "text/event-stream" ? "" : yield* Effect.orElseSucceed(response.text, () => "")
  return {
    status: response.status,
    type,
    location: response.headers["location"],
    body,
    demand: Challenge.demand(response.headers["www-authenticate"])
  } satisfies Answer
}, Effect.timeout("15 seconds"))
