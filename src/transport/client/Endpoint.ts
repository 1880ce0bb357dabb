/**
 * One URL and the only origin requests go to. Headers of the application, credentials among them, never leave it:
 * redirects are followed here and nowhere else, within the origin and with the method kept.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import { type HttpClient, TracerDisabledWhen } from "effect/http/HttpClient"
import type { HttpClientError } from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Tracer from "effect/Tracer"
import { TransportError } from "../../client/Transport.ts"
import * as Patience from "../../http/Patience.ts"
import * as Body from "./Body.ts"
import { excerpt, isDenial } from "./Refusal.ts"

export type Method = "GET" | "POST" | "DELETE"

export interface HeaderFields {
  readonly [name: string]: string
}

export interface Endpoint {
  /** The URL as far as it may be shown: without a query, which may hold keys. */
  readonly target: string
  /** Sends one request. Succeeds with whatever was answered, fails if nobody answered. */
  readonly send: (
    method: Method,
    headers: HeaderFields,
    body?: string
  ) => Effect.Effect<HttpClientResponse, TransportError>
  /** Another endpoint at the same origin; `undefined` if the reference leads elsewhere. */
  readonly sibling: (reference: string) => Endpoint | undefined
}

/** Redirects followed for one request. */
const hops = 3

/** Makes an endpoint. Where a redirect leads is remembered for its lifetime. */
export const make = (
  client: HttpClient,
  url: URL,
  own: HeaderFields,
  patience: Patience.Patience
): Endpoint => {
  const target = url.origin + url.pathname
  let current = url

  const send = (method: Method, headers: HeaderFields, body: string | undefined, left: number) =>
    Effect.suspend((): Effect.Effect<HttpClientResponse, TransportError> => {
      const request = HttpClientRequest.make(method)(current, {
        headers: { ...own, ...headers },
        ...(body !== undefined && { body: HttpBody.text(body, "application/json") })
      })
      return client.execute(request).pipe(
        Effect.mapError((error) => unreachable(target, error)),
        Effect.flatMap((response) =>
          isRedirect(response.status)
            ? follow(response, method, headers, body, left)
            : Effect.succeed(response)
        )
      )
    })
  const follow = (
    response: HttpClientResponse,
    method: Method,
    headers: HeaderFields,
    body: string | undefined,
    left: number
  ) => {
    const { location } = response.headers
    const next = location === undefined ? null : URL.parse(location, current)
    const why = whyNot(response.status, current, next, left)
    if (next !== null && why === undefined) current = next
    return Effect.andThen(
      Body.discard(response),
      why === undefined
        ? send(method, headers, body, left - 1)
        : Effect.fail(
            new TransportError({ message: `${target} answers with a redirect ${why}`, refused: true })
          )
    )
  }
  return {
    target,
    send: (method, headers, body) => byHand(send(method, headers, body, hops), patience),
    sibling: (reference) => {
      const other = URL.parse(reference, url)
      return other === null || other.origin !== url.origin ? undefined : make(client, other, own, patience)
    }
  }
}

/**
 * Fetch follows redirects by itself, and takes headers along, unless it is told not to. Other clients do not look.
 * Clients that have to ask a person something find out here whose time that is.
 */
const byHand = <A, E>(effect: Effect.Effect<A, E>, patience: Patience.Patience): Effect.Effect<A, E> =>
  Effect.updateContext(effect, (context: Context.Context<never>) =>
    untraced(
      Context.add(Context.add(context, Patience.Patience, patience), FetchHttpClient.RequestInit, {
        ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
        redirect: "manual"
      })
    )
  )

/** Where nobody traces, an HttpClient makes a span for each request all the same, and tells the server of it. */
const untraced = (context: Context.Context<never>): Context.Context<never> =>
  Context.getOrUndefined(context, Tracer.ParentSpan) === undefined &&
  Context.getOrUndefined(context, Tracer.Tracer) === undefined
    ? Context.add(context, TracerDisabledWhen, always)
    : context

const always = () => true

/** 0 is how browsers hide a redirect from whoever wants to follow it by hand. */
const isRedirect = (status: number) => [0, 301, 302, 303, 307, 308].includes(status)

const whyNot = (status: number, from: URL, to: URL | null, left: number): string | undefined => {
  if (to === null) return `(HTTP ${status}) that says nothing this client can follow`
  const where = excerpt(to.origin + to.pathname)
  if (to.origin !== from.origin) {
    return `to another origin, ${where}, which is not followed. If that is the server you mean, connect to it`
  }
  if (status === 303) return `to ${where} that would turn the request into a GET (HTTP 303)`
  return left === 0 ? `after ${hops} others, now to ${where}` : undefined
}

/** Nobody answered: which part of the way was the last, in the words of whoever was on it. */
const unreachable = (target: string, error: HttpClientError): TransportError => {
  const { cause } = error.reason
  const { code, message } = rootOf(cause ?? error.reason)
  // Somebody answered, and the client could not make of it what it should: it had to sign in, for instance. Why not,
  // the outermost cause says: the innermost may be about another host.
  if (error.response !== undefined) {
    const why = cause instanceof Error && cause.message !== "" ? cause.message : message
    return new TransportError({
      message: `${target} answers HTTP ${error.response.status}: ${excerpt(why)}`,
      refused: true,
      ...(isDenial(error.response.status) && { denied: true }),
      cause: error
    })
  }
  const phase = phases.find(([pattern]) => pattern.test(code))?.[1] ?? "the request failed"
  return new TransportError({
    message: `Cannot reach ${target}: ${phase} (${excerpt(message)})`,
    refused: true,
    retryAfter: 0,
    cause: error
  })
}

const phases: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(ENOTFOUND|EAI_)/, "its name cannot be resolved"],
  [/^ECONNREFUSED/, "nothing listens there"],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)/, "no connection"],
  [/CERT|^ERR_(TLS|SSL)|SELF_SIGNED|UNABLE_TO_|^EPROTO/, "TLS failed"],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)/, "the connection broke"]
]

/** The innermost error, which is the one that knows. */
const rootOf = (error: unknown): { readonly code: string; readonly message: string } => {
  let inner = error
  for (let depth = 0; depth < 8; depth++) {
    const next = causeOf(inner)
    if (next === undefined) break
    inner = next
  }
  const code = typeof inner === "object" && inner !== null && "code" in inner ? String(inner.code) : ""
  return { code, message: inner instanceof Error ? inner.message || code : String(inner) }
}

const causeOf = (error: unknown): unknown => {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0]
  return error instanceof Error ? (error.cause ?? undefined) : undefined
}
