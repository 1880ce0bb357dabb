/** What every route does before and after its own business. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Notice from "./Notice.ts"
import * as Rate from "./Rate.ts"
import type { Resolved } from "./Settings.ts"
import * as Wire from "./Wire.ts"

type Handler = (request: HttpServerRequest) => Effect.Effect<Wire.Response, Wire.Refusal>

export interface Route {
  readonly path: string
  readonly methods: ReadonlyArray<"GET" | "POST">
  /** Requests of one address in a minute; without it as many as come. */
  readonly rate?: number
  /** Programs in browsers may call it, nothing it does depends on a cookie. All others are for people. */
  readonly shared: boolean
  readonly handler: Handler
}

const sharing = { "access-control-allow-origin": "*" }

const preflight = HttpServerResponse.empty({
  status: 204,
  headers: {
    ...sharing,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type, mcp-protocol-version",
    "access-control-max-age": "3600"
  }
})

export const add = (
  router: HttpRouter.HttpRouter,
  settings: Resolved,
  { handler, methods, path, rate, shared }: Route
): Effect.Effect<void> => {
  const limit = rate === undefined ? undefined : Rate.perMinute(rate)
  const answer = (request: HttpServerRequest): Effect.Effect<Wire.Response> =>
    guarded(request, settings, limit).pipe(
      Effect.flatMap(() => handler(request)),
      Effect.catchCause((cause): Effect.Effect<Wire.Response, Wire.Refusal> =>
        Cause.hasFails(cause) || Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause)
          : broken(path, cause)
      ),
      Effect.catch((refusal) =>
        shared || !Notice.isWanted(request) ? Effect.succeed(Wire.refused(refusal)) : page(refusal)
      ),
      Effect.map((response) => (shared ? HttpServerResponse.setHeaders(response, sharing) : response))
    )
  return Effect.gen(function* () {
    for (const method of methods) yield* router.add(method, route(path), answer)
    if (shared) yield* router.add("OPTIONS", route(path), preflight)
  })
}

const route = (path: string) => path as `/${string}`

const guarded = (
  request: HttpServerRequest,
  { local, url }: Resolved,
  limit: Rate.Rate | undefined
): Effect.Effect<void, Wire.Refusal> =>
  Effect.suspend(() => {
    // A name of somebody else that leads to this machine. With https the certificate settles that.
    if (local && request.headers["host"] !== url.host) {
      return Effect.fail(Wire.refuse(403, "invalid_request", "This server has another name"))
    }
    if (limit === undefined) return Effect.void
    return Effect.flatMap(
      limit.take(Rate.whose(Option.getOrElse(request.remoteAddress, () => ""))),
      (seconds) =>
        seconds === undefined
          ? Effect.void
          : Effect.fail(
              Wire.refuse(429, "temporarily_unavailable", "Too many requests", {
                "retry-after": String(seconds)
              })
            )
    )
  })

const page = ({ description, headers = {}, status }: Wire.Refusal) =>
  Effect.map(Notice.failed(status, description), HttpServerResponse.setHeaders(headers))

/** The cause is for the operator, and leads to the reference that the client has. */
const broken = (path: string, cause: Cause.Cause<unknown>): Effect.Effect<never, Wire.Refusal> =>
  Effect.flatMap(Random.next, (random) => {
    const reference = random.toString(36).slice(2, 12)
    return Effect.logError(`${path} failed`, cause).pipe(
      Effect.annotateLogs({ reference }),
      Effect.andThen(Wire.refuse(500, "server_error", `Internal error ${reference}`))
    )
  })
