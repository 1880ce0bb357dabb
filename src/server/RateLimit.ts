/**
 * How often requests may be made. What counts where, Effect's `RateLimiter` decides: in this process, or in a store
 * that several nodes share.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools#security-considerations
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import type { Outbox } from "../Connection.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Request } from "./Invocation.ts"
import * as Middleware from "./Middleware.ts"
import type { Part, Result } from "./Part.ts"
import { RateCounters } from "./RateCounters.ts"

export interface Options<R = never> {
  /** How many requests may be made in one window. */
  readonly limit: number
  readonly window: Duration.Input
  /** Who shares one limit: requests with the same key do. Default: all requests. */
  readonly key?: (request: Request["Service"]) => string | Effect.Effect<string, never, R>
  /** The methods that count. Default: those that run code of yours. */
  readonly methods?: ReadonlyArray<string>
}

/**
 * Refuses what is too much. A tool answers with `isError` and says when to try again, so that a model can wait;
 * anything else fails with code 429 and `retryAfterMs` in its data.
 *
 * @example
 * ```ts
 * import * as Server from "mcp-effect/Server"
 * import * as RateLimit from "mcp-effect/RateLimit"
 * import * as Tool from "mcp-effect/Tool"
 *
 * // A Server.Server<RateLimiter>: StdioServer.launch(server, RateLimit.layerMemory)
 * export const server = Server.make(
 *   { name: "demo", version: "1.0.0" },
 *   RateLimit.make({ limit: 60, window: "1 minute", key: ({ params }) => String(params["name"]) }),
 *   Tool.handle(Tool.make("now"), () => new Date().toISOString())
 * )
 * ```
 */
export const make = <R = never>({
  key = () => "all",
  limit,
  methods = ["tools/call", "prompts/get", "resources/read", "completion/complete"],
  window
}: Options<R>): Part<Exclude<RateLimiter.RateLimiter | R, Outbox>> => {
  // Several limits may stand in one store, such as one for a minute and one for a day.
  const own = `${limit}/${Duration.toMillis(Duration.fromInputUnsafe(window))} ${methods.join()} `
  return Middleware.make<RateLimiter.RateLimiter | R>((next) => (request) => {
    if (!methods.includes(request.method)) return next(request)
    const shared = key(request)
    return Effect.flatMap(typeof shared === "string" ? Effect.succeed(shared) : shared, (who) =>
      Effect.matchEffect(
        Effect.flatMap(RateLimiter.RateLimiter, ({ consume }) => consume({ key: own + who, limit, window })),
        {
          onSuccess: () => next(request),
          onFailure: ({ reason }) =>
            reason._tag === "RateLimitExceeded" ? refuse(request, reason.retryAfter) : Effect.die(reason)
        }
      )
    )
  })
}

/** Effect's store in memory, which keeps every key for ever, with one that forgets what is over. */
const forgetful: Layer.Layer<RateLimiter.RateLimiterStore> = Layer.effect(
  RateLimiter.RateLimiterStore,
  Effect.map(RateLimiter.RateLimiterStore, (store) => {
    const counters = new RateCounters()
    return RateLimiter.RateLimiterStore.of({
      ...store,
      fixedWindow: ({ key, limit, refillRate, tokens }) =>
        Effect.map(Clock.currentTimeMillis, (now) =>
          counters.take(key, tokens, Duration.toMillis(refillRate), limit, now)
        )
    })
  })
).pipe(Layer.provide(RateLimiter.layerStoreMemory))

/** Counts in the memory of this process. */
export const layerMemory: Layer.Layer<RateLimiter.RateLimiter> = Layer.provide(RateLimiter.layer, forgetful)

const refuse = (
  { method, params }: Request["Service"],
  retryAfter: Duration.Duration
): Effect.Effect<Result, McpError.McpError> => {
  const retryAfterMs = Math.ceil(Duration.toMillis(retryAfter))
  const later = `Try again in ${Math.ceil(retryAfterMs / 1000)} s.`
  const { name } = params
  return method === "tools/call" && typeof name === "string"
    ? Effect.succeed({
        isError: true,
        content: [{ type: "text", text: `The tool ${name} is called too often. ${later}` }]
      })
    : Effect.fail(McpError.make(tooMany, `${method}: too many requests. ${later}`, { retryAfterMs }))
}

/** Outside the codes JSON-RPC reserves. */
const tooMany = 429
