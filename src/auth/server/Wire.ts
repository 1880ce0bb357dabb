/** Requests and answers of the routes, as OAuth writes them: forms in, JSON out, nothing cached, everything bounded. */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import { described } from "./Description.ts"

export type Response = HttpServerResponse.HttpServerResponse

/** An answer that ends the handling of a request. */
export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", {
  status: Schema.Int,
  error: Schema.String,
  description: Schema.String,
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
}) {}

export const refuse = (
  status: number,
  error: string,
  description: string,
  headers?: { readonly [name: string]: string }
): Refusal => new Refusal({ status, error, description, ...(headers === undefined ? {} : { headers }) })

/** What is in every answer: none is for a cache, a frame or a guess at its type. */
const always = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer"
}

export const json = (
  status: number,
  body: unknown,
  headers: { readonly [name: string]: string } = {}
): Response => HttpServerResponse.jsonUnsafe(body, { status, headers: { ...always, ...headers } })

export const empty = (status: number): Response => HttpServerResponse.empty({ status, headers: always })

/** 303: what was posted here is not posted there. */
export const redirect = (url: URL): Response =>
  HttpServerResponse.empty({ status: 303, headers: { ...always, location: url.href } })

export const html = (status: number, page: string, policy: string): Response =>
  HttpServerResponse.text(page, {
    status,
    contentType: "text/html; charset=utf-8",
    headers: {
      ...always,
      "content-security-policy": policy,
      "x-frame-options": "DENY",
      // With "no-referrer" browsers say of a form that it comes from nowhere, and it could not be told from a foreign one.
      "referrer-policy": "same-origin"
    }
  })

export const refused = ({ description, error, headers = {}, status }: Refusal): Response =>
  json(status, { error, error_description: described(description) }, headers)

/** Parameters of a form or a query. Each has one value, or the request means two things. */
export type Parameters = ReadonlyMap<string, string>

const largestBody = ByteSize.kibibytes(64)
const longestQuery = 8192

export const query = (request: HttpServerRequest): Effect.Effect<Parameters, Refusal> => {
  const at = request.url.indexOf("?")
  const text = at === -1 ? "" : request.url.slice(at + 1)
  return text.length > longestQuery
    ? Effect.fail(refuse(414, "invalid_request", "The query is too long"))
    : parameters(text)
}

export const form = (request: HttpServerRequest): Effect.Effect<Parameters, Refusal> =>
  Effect.flatMap(body(request, "application/x-www-form-urlencoded"), parameters)

/** A JSON object. */
export const object = (
  request: HttpServerRequest
): Effect.Effect<{ readonly [name: string]: unknown }, Refusal> =>
  Effect.flatMap(body(request, "application/json"), (text) => {
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value === "object" && value !== null && !Array.isArray(value)) {
        return Effect.succeed(value as { readonly [name: string]: unknown })
      }
    } catch {
      // Answered below, like everything else that is no object.
    }
    return Effect.fail(refuse(400, "invalid_request", "The body must be a JSON object"))
  })

const body = (request: HttpServerRequest, type: string): Effect.Effect<string, Refusal> => {
  const sent = request.headers["content-type"]?.split(";")[0]!.trim().toLowerCase()
  if (sent !== type) return Effect.fail(refuse(415, "invalid_request", `The body must be ${type}`))
  return request.text.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, largestBody),
    Effect.mapError(({ reason }) =>
      reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"
        ? refuse(413, "invalid_request", "The body is too large")
        : refuse(400, "invalid_request", "The body cannot be read")
    )
  )
}

const parameters = (text: string): Effect.Effect<Parameters, Refusal> => {
  const found = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (found.has(name)) return Effect.fail(refuse(400, "invalid_request", "A parameter was sent twice"))
    // Sent without a value is not sent.
    if (value !== "") found.set(name, value)
  }
  return Effect.succeed(found)
}
