/**
 * An `HttpClient` that has tokens: it sends them to one server, and to no other, and when the server wants another one
 * it gets it and asks again.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { fromWeb, type HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Patience from "../../http/Patience.ts"
import type { AuthorizationError } from "./AuthorizationError.ts"
import type { Authorizer, Renewed } from "./Authorizer.ts"
import * as Challenge from "./Challenge.ts"
import type { Held } from "./Renewal.ts"

export const make = (
  client: HttpClient.HttpClient,
  authorizer: Authorizer,
  server: URL
): HttpClient.HttpClient => {
  const send = Effect.fnUntraced(function* (
    request: HttpClientRequest.HttpClientRequest,
    held: Held | undefined
  ) {
    const headers =
      held === undefined
        ? {}
        : yield* Effect.mapError(credentials(request, held), (cause) => unprovable(request, cause))
    return yield* client.postprocess(Effect.succeed(HttpClientRequest.setHeaders(request, headers)))
  }, Effect.updateContext(withoutRedirects))

  const attempt = (
    request: HttpClientRequest.HttpClientRequest,
    held: Held | undefined,
    tried: Tried
  ): Effect.Effect<HttpClientResponse, HttpClientError.HttpClientError> =>
    Effect.flatMap(send(request, held), (response) => {
      const demand = Challenge.demand(response.headers["www-authenticate"])
      const learned = held?.key?.learn(request.url, response.headers["dpop-nonce"]) === true
      if (!isRefusal(response, demand)) {
        if (tried.demand !== undefined) authorizer.accepted(tried.demand)
        return Effect.succeed(response)
      }
      if (!isRepeatable(request)) return Effect.succeed(response)
      // The token is good: another one would have to come with a nonce, too.
      if (held?.key !== undefined && demand.error === "use_dpop_nonce") {
        return learned && !tried.nonce
          ? Effect.andThen(discard(response), attempt(request, held, { ...tried, nonce: true }))
          : Effect.succeed(response)
      }
      if (tried.rounds === maxRounds || (response.status === 401 && tried.how === "authorized")) {
        return Effect.succeed(response)
      }
      const rejection = {
        held,
        demand,
        headers: about(request),
        fresh: tried.how === "refreshed" || tried.how === "authorized"
      }
      return Effect.flatMap(Patience.Patience, (patience) => patience(authorizer.renew(rejection))).pipe(
        Effect.catch((cause) => Effect.andThen(discard(response), unauthorized(request, response, cause))),
        Effect.flatMap((renewed) =>
          renewed === undefined
            ? Effect.succeed(response)
            : Effect.andThen(
                discard(response),
                attempt(request, renewed.held, {
                  how: renewed.how,
                  rounds: tried.rounds + 1,
                  nonce: false,
                  demand
                })
              )
        )
      )
    })

  const authorized = (request: HttpClientRequest.HttpClientRequest) =>
    Effect.flatMap(authorizer.current, (held) => attempt(request, held, untried))

  return HttpClient.makeWith(
    Effect.flatMap((request) =>
      URL.parse(request.url)?.origin === server.origin && request.headers["authorization"] === undefined
        ? authorized(request)
        : client.postprocess(Effect.succeed(request))
    ),
    client.preprocess
  )
}

/** What was done about one request so far. */
interface Tried {
  readonly rounds: number
  readonly how: Renewed["how"] | undefined
  readonly nonce: boolean
  /** What the last new token was for. */
  readonly demand: Challenge.Demand | undefined
}

const untried: Tried = { rounds: 0, how: undefined, nonce: false, demand: undefined }

/** How often one request may get another token. */
const maxRounds = 3

/** Whether another token could help. */
const isRefusal = ({ status }: HttpClientResponse, { error, scope }: Challenge.Demand): boolean =>
  status === 401 || (status === 403 && error === "insufficient_scope" && scope !== undefined)

/** Streams may be read once only. */
const isRepeatable = ({ body }: HttpClientRequest.HttpClientRequest): boolean =>
  body._tag === "Empty" || body._tag === "Uint8Array" || body._tag === "FormData"

const credentials = (request: HttpClientRequest.HttpClientRequest, { grant, key }: Held) => {
  const token = Redacted.value(grant.accessToken)
  return key === undefined
    ? Effect.succeed({ authorization: `Bearer ${token}` })
    : Effect.map(key.prove(request.method, request.url, grant.accessToken), (dpop) => ({
        authorization: `DPoP ${token}`,
        dpop
      }))
}

/** The version a request speaks, for servers whose metadata depends on it. */
const about = ({ headers }: HttpClientRequest.HttpClientRequest): { readonly [name: string]: string } => {
  const version = headers["mcp-protocol-version"]
  return version === undefined ? {} : { "mcp-protocol-version": version }
}

/** A redirect would take the token, or what else the request carries, to where nobody has looked. */
const withoutRedirects = (context: Context.Context<never>): Context.Context<never> =>
  Context.add(context, FetchHttpClient.RequestInit, {
    ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
    redirect: "manual"
  })

/** Lets go of the connection. A body that does not come is not waited for. */
const discard = (response: HttpClientResponse) =>
  response.stream.pipe(Stream.take(1), Stream.runDrain, Effect.timeoutOption("1 second"), Effect.ignore)

/** The answer as whoever asked may see it: without the request that brought it, which had the token that was refused. */
const unauthorized = (
  request: HttpClientRequest.HttpClientRequest,
  { headers, status }: HttpClientResponse,
  cause: AuthorizationError
) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.StatusCodeError({
      request,
      response: fromWeb(request, new Response(null, { status, headers: { ...headers } })),
      cause,
      description: cause.message
    })
  })

const unprovable = (request: HttpClientRequest.HttpClientRequest, cause: AuthorizationError) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.EncodeError({ request, cause, description: cause.message })
  })
