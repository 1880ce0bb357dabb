/** The MCP endpoint as routes of Effect's HttpRouter. */
import * as ByteSize from "effect/ByteSize"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import * as Authorization from "../http/Authorization.ts"
import type { Head, Reply } from "../http/Exchange.ts"
import * as FetchFace from "./FetchFace.ts"
import type { Body } from "./streamable/Door.ts"
import * as Event from "./streamable/Event.ts"
import * as Hosts from "./streamable/Hosts.ts"
import type { Route, Site } from "./streamable/Site.ts"
import * as WebOut from "./streamable/WebOut.ts"

/** Adds the routes of a site to a router. `queueBytes` is how much may wait for a client that does not read. */
export const add = (
  router: HttpRouter.HttpRouter,
  { routes }: Site,
  queueBytes: number
): Effect.Effect<void> =>
  Effect.forEach(routes, (route) => addOne(router, route, queueBytes), { discard: true })

const addOne = (router: HttpRouter.HttpRouter, { handle, path }: Route, queueBytes: number) =>
  router.add("*", path, (request) =>
    Effect.contextWith((services: Context.Context<never>) => {
      let answer: HttpServerResponse.HttpServerResponse | undefined
      let tell: ((answer: Answer) => void) | undefined
      const out = WebOut.make(queueBytes, (given) => {
        answer = toResponse(given)
        tell?.(Effect.succeed(answer))
      })
      let reading: Effect.Effect<void> = Effect.void
      let fork = (body: Effect.Effect<void>): void => {
        reading = body
      }
      handle({
        head: headOf(request),
        out,
        body: (limit, done) => fork(Effect.map(read(request, limit), done))
      })
      // Whoever was let in at once is served by the fiber of the request; who was not, by another one later.
      fork = Effect.runForkWith(services)
      const answered = Effect.suspend(() =>
        answer === undefined
          ? Effect.callback<HttpServerResponse.HttpServerResponse>((resume) => {
              tell = resume
            })
          : Effect.succeed(answer)
      )
      return Effect.onInterrupt(Effect.andThen(reading, answered), () => Effect.sync(out.gone))
    })
  )

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse>

const headOf = (request: HttpServerRequest.HttpServerRequest): Head => ({
  method: request.method,
  url: pathOf(request),
  header: (name) => {
    const value = request.headers[name]
    if (name === "authorization") return Authorization.of(request.source, value)
    return name === "host" && Hosts.contradicts(request.source, value) ? undefined : value
  }
})

/** Path and query, with what the router has taken off. */
const pathOf = ({ originalUrl }: HttpServerRequest.HttpServerRequest): string =>
  originalUrl.startsWith("/") ? originalUrl : originalUrl.replace(/^https?:\/\/[^/]*/, "")

const read = (request: HttpServerRequest.HttpServerRequest, limit: number): Effect.Effect<Body> => {
  if (Number(request.headers["content-length"] ?? 0) > limit) return Effect.succeed("too large")
  return request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(limit)),
    Effect.map(FetchFace.text),
    // What breaks on the way has no reader any more; what is left is the limit.
    Effect.catch(() => Effect.succeed<Body>("too large"))
  )
}

const opening = new TextEncoder().encode(Event.keepAlive)

const toResponse = (answer: Reply | WebOut.Streamed): HttpServerResponse.HttpServerResponse => {
  const { status, headers } = answer
  if ("stream" in answer) {
    const events = Stream.fromReadableStream({ evaluate: () => answer.stream, onError: (error) => error })
    // The head leaves with the first bytes of the body: a comment, so that a quiet stream is seen to be open.
    const body = Stream.concat(Stream.make(opening), events)
    return HttpServerResponse.stream(body, { status, headers, contentType: headers["content-type"] ?? "" })
  }
  return answer.body === ""
    ? HttpServerResponse.empty({ status, headers })
    : HttpServerResponse.text(answer.body, { status, headers, contentType: headers["content-type"] ?? "" })
}
