/**
 * A client: calls to one server, and answers to what that server asks. It finds out by itself which revision the
 * server speaks, and looks the same whichever that is.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as Client from "mcp-effect/Client"
 * import * as Loopback from "mcp-effect/Loopback"
 * import * as Server from "mcp-effect/Server"
 *
 * const server = Server.make({ name: "empty", version: "1.0.0" })
 *
 * const program = Effect.gen(function* () {
 *   const client = yield* Client.Client
 *   return [client.server.info.name, client.server.protocolVersion, yield* client.tools]
 * })
 *
 * program.pipe(
 *   Effect.provide(Client.layer({ name: "example", version: "1.0.0" }).pipe(Layer.provide(Loopback.layer(server))))
 * )
 * ```
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Answer from "./Answer.ts"
import * as Api from "./Api.ts"
import * as Cache from "./Cache.ts"
import type { ClientError } from "./ClientError.ts"
import * as Deadlines from "./Deadlines.ts"
import * as Hearing from "./Hearing.ts"
import * as KeepAlive from "./KeepAlive.ts"
import * as Link from "./Link.ts"
import * as Negotiate from "./Negotiate.ts"
import * as Notices from "./Notices.ts"
import * as Options from "./Options.ts"
import * as Pace from "./Pace.ts"
import * as Requests from "./Requests.ts"
import type { LogLevel } from "./Results.ts"
import type { Service } from "./Service.ts"
import { Transport } from "./Transport.ts"
import * as Visits from "./Visits.ts"

export {
  type ClientError,
  InvalidResponse,
  NegotiationError,
  RequestTimeout,
  ToolError
} from "./ClientError.ts"
export type { Timeouts } from "./Deadlines.ts"
export { Eras } from "./Eras.ts"
export type { Filter } from "./Filter.ts"
export {
  accept,
  cancel,
  decline,
  type ElicitHandler,
  type ElicitResult,
  type ElicitUrlHandler,
  type FormRequest,
  type Root,
  type SampleHandler,
  type SampleRequest,
  type SampleResult,
  type Sampler,
  type UrlRequest
} from "./Handlers.ts"
export type { Notice } from "./Notices.ts"
export type { Options } from "./Options.ts"
export { type Progress, type Reported, reported } from "./Progress.ts"
export type { RequestOptions } from "./Requests.ts"
export type {
  CallToolResult,
  Completion,
  ContentBlock,
  GetPromptResult,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  ListToolsResult,
  LogLevel,
  LogMessage,
  Params,
  Prompt,
  PromptMessage,
  ReadResourceResult,
  Reference,
  Resource,
  ResourceContents,
  ResourceTemplate,
  Result,
  Role,
  Tool
} from "./Results.ts"
export type { ServerIdentity } from "./ServerIdentity.ts"
export type { Service } from "./Service.ts"
export type { ListenOptions } from "./Subscriptions.ts"
export { Transport, TransportError } from "./Transport.ts"
export { type RequiredUrl, requiredUrls } from "./Visits.ts"

/** The connection of a program to one server: `layer` provides it. What can be asked of it is `Service`. */
export class Client extends Context.Service<Client, Service>()("mcp-effect/client/Client") {}

/**
 * Connects to the server of the `Transport` and negotiates. The connection lasts as long as the scope; one that
 * breaks is opened again when it is needed.
 */
export const make = Effect.fnUntraced(function* <R = never>(
  options: Options.Options<R>
): Effect.fn.Return<Service, ClientError, Transport | Scope.Scope | R> {
  const services = yield* Effect.context<R>()
  const scope = yield* Effect.scope
  const notices = Notices.make()
  const visits = Visits.make()
  const { authority } = yield* Transport
  const cache = Cache.make(yield* Clock.Clock, cacheOptions(options.cache), authority)
  const deadlines = yield* Deadlines.make
  const limits = Deadlines.within(options.timeout, Deadlines.defaults)
  const answer = Pace.limited(provided(Answer.make(options), services), options.questions)
  const nextId = counter()
  let logLevel: LogLevel | undefined = options.logLevel

  yield* Hearing.make(options, notices, cache)
  const link = yield* Link.make(
    {
      identity: Options.identity(options),
      revisions: yield* Negotiate.revisions(options.versions),
      probeTimeout: Duration.toMillis(options.probeTimeout ?? "5 seconds"),
      limits
    },
    { answer, notices, visits, nextId, pausedAll: deadlines.pausedAll },
    deadlines,
    (settled) => {
      // What a session gave, cursors above all, is nothing to the next one.
      if (settled.server.era === "stateful") cache.clear()
      return Effect.andThen(
        greet(settled, logLevel, deadlines, limits),
        watch(settled, options.keepAlive, scope)
      )
    }
  )
  const send = Requests.make({
    link,
    deadlines,
    limits,
    answer,
    notices,
    nextId,
    maxRounds: options.maxRounds ?? 16,
    resultTypes: Options.resultTypes(options),
    // The cache listens, too, but minds only while it has something to lose.
    toolsChanged: () => cache.drop("tools/list"),
    isHeeding: () => notices.listeners() > 1 || !cache.isEmpty(),
    logLevel: () => logLevel
  })
  return yield* Api.make({
    link,
    send,
    cache,
    notices,
    visits,
    nextId,
    setLevel: (level) => {
      logLevel = level
    }
  })
})

/** A client as a layer. */
export const layer = <R = never>(
  options: Options.Options<R>
): Layer.Layer<Client, ClientError, Transport | Exclude<R, Scope.Scope>> =>
  Layer.effect(Client, make(options)) as Layer.Layer<Client, ClientError, Transport | Exclude<R, Scope.Scope>>

/** Connects over the given transport, for as long as the scope lasts. */
export const connect = <E, RT, R = never>(
  transport: Layer.Layer<Transport, E, RT>,
  options: Options.Options<R>
): Effect.Effect<Service, ClientError | E, RT | R | Scope.Scope> =>
  Effect.flatMap(Layer.build(transport), (context) => Effect.provideContext(make(options), context))

const counter = () => {
  let last = 0
  return () => ++last
}

const cacheOptions = (cache: Options.Options["cache"]): Cache.Options =>
  cache === false ? { capacity: 0 } : cache === true || cache === undefined ? {} : cache

const provided =
  <R>(answer: Answer.Answer<R>, services: Context.Context<R>): Answer.Answer =>
  (method, params) =>
    Effect.provideContext(answer(method, params), services)

/**
 * A session has to be told the log level once; requests of the stateless era say it themselves. A server that refuses
 * is as useful without.
 */
const greet = (
  { line, server }: Negotiate.Settled,
  level: LogLevel | undefined,
  deadlines: Deadlines.Deadlines,
  limits: Deadlines.Limits
) =>
  level !== undefined && server.era === "stateful" && Object.hasOwn(server.capabilities, "logging")
    ? deadlines
        .run("logging/setLevel", limits, (watch) => line.exchange("logging/setLevel", { level }, { watch }))
        .pipe(
          Effect.asVoid,
          Effect.catchTag("McpError", () => Effect.void)
        )
    : Effect.void

/** Only a session has pings. */
const watch = ({ line, server }: Negotiate.Settled, every: Duration.Input | undefined, scope: Scope.Scope) =>
  every === undefined || server.era === "stateless"
    ? Effect.void
    : Effect.forkIn(KeepAlive.run(line, every), scope)
