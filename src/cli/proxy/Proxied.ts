/**
 * A server whose answers are those of another one: what arrives here is asked there, in the words of whatever
 * revision either side speaks. Questions, progress, log messages and changes come back the same way.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Client from "../../client/Client.ts"
import type { LogMessage } from "../../client/Results.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as McpError from "../../protocol/McpError.ts"
import * as Revisions from "../../protocol/Revisions.ts"
import * as Events from "../../server/Events.ts"
import type { Request } from "../../server/Invocation.ts"
import * as Listen from "../../server/Listen.ts"
import * as Log from "../../server/Log.ts"
import type { Result } from "../../server/Part.ts"
import type { Question } from "../../server/Question.ts"
import type { Server } from "../../server/Server.ts"
import * as Stamp from "../../server/Stamp.ts"
import type { Failure } from "../Failure.ts"
import * as Connect from "../target/Connect.ts"
import type { Target } from "../target/Target.ts"
import * as Calls from "./Calls.ts"
import type { Watched } from "./Watched.ts"
import type { Call } from "./Call.ts"

/** What is behind a proxy. It can be exchanged while the proxy is in use: requests stay with the one they began on. */
export interface Behind {
  readonly client: Client.Service
  readonly calls: Calls.Calls
}

export interface Options {
  readonly stderr: (line: string) => void
  /** Whether one client alone uses the proxy, so that no question can reach the wrong person. */
  readonly alone: boolean
  readonly versions?: ReadonlyArray<string>
}

/** Connects to the server behind, until the scope closes. Nothing is decided here: time limits are the client's. */
export const connect = Effect.fnUntraced(function* (
  target: Target,
  { alone, ...options }: Options,
  events: Events.Hub
): Effect.fn.Return<Behind, Failure, Connect.Services | Scope.Scope> {
  const calls = yield* Calls.make(alone)
  const asked = (method: Question["method"], params: JsonRpc.Params) =>
    Effect.flatMap(Calls.CurrentCall, (current) => {
      const call = current ?? calls.likely()
      return call === undefined ? Effect.fail(lost(method)) : call.ask({ method, params })
    })
  const client = yield* Connect.connect(target, {
    ...options,
    elicit: (request) => passed<Client.ElicitResult>(asked("elicitation/create", request)),
    elicitUrl: (request) => passed<Client.ElicitResult>(asked("elicitation/create", request)),
    sample: {
      sample: (request) => passed<Client.SampleResult>(asked("sampling/createMessage", request)),
      tools: true,
      context: true
    },
    roots: Effect.map(
      passed<{ readonly roots: ReadonlyArray<Client.Root> }>(asked("roots/list", {})),
      ({ roots }) => roots ?? []
    ),
    cache: false,
    timeout: { idle: "1 hour", absolute: "24 hours" },
    logLevel: "debug",
    onLog: (message) => log(calls.likely(), message)
  })
  yield* Effect.forkScoped(changes(client, events))
  return { client, calls }
})

/** An answer is judged by who asked, not on the way. */
const passed = <A>(answer: Effect.Effect<JsonRpc.Params, McpError.McpError>) =>
  answer as Effect.Effect<unknown, McpError.McpError> as Effect.Effect<A, McpError.McpError>

/**
 * The server in front. `behind` is asked for each request anew, and told the state a request brings back. What is
 * behind a server that `changes` may have tomorrow what it does not have today.
 */
export const make = (
  behind: (requestState?: unknown) => Behind,
  events: Events.Hub,
  watched: Watched,
  changes = false
): Server => {
  const { capabilities, info, instructions } = behind().client.server
  const self = { ...info, ...(instructions !== undefined && { instructions }) }
  const declared = { ...declare(capabilities), ...(changes && anything) }
  const stamp = Stamp.named(self)
  const mayRead = () => Effect.succeed(true)
  const handle: Server["handle"] = (request) => {
    switch (request.method) {
      case "server/discover":
        return Effect.succeed(
          stamp({
            supportedVersions: Revisions.versions,
            capabilities: declared,
            ...hints,
            ...(instructions !== undefined && { instructions })
          })
        )
      case "ping":
        return Effect.succeed(stamp({}))
      case "subscriptions/listen":
        return Effect.map(
          subscribed(watched, request, Listen.listen({ capabilities: declared, events, mayRead }, request)),
          stamp
        )
      default: {
        const { calls, client } = behind(request.params["requestState"])
        const none = empty.get(request.method)
        if (none !== undefined && !Object.hasOwn(client.server.capabilities, none.capability))
          return changes
            ? Effect.succeed(stamp({ ...none.result, ...hints }))
            : Effect.fail(McpError.methodNotFound(request.method))
        return Effect.map(
          calls.run(request, (call) => send(client, request, call)),
          stamp
        )
      }
    }
  }
  return {
    info: self,
    capabilities: declared,
    parts: [],
    events,
    handle,
    around: (answer) => answer,
    mayRead,
    // What headers repeat is compared by the server behind, if at all.
    mirrored: () => undefined,
    hear: (method, params) => Effect.ignore(hear(behind().client, watched, method, params))
  }
}

/** Freshness is not ours to promise. */
const hints = { ttlMs: 0, cacheScope: "private" }

/** What may come and go. */
const anything = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  completions: {}
}

/** The lists of a server that does not have such things. */
const empty = new Map(
  Object.entries({
    "tools/list": { capability: "tools", result: { tools: [] } },
    "prompts/list": { capability: "prompts", result: { prompts: [] } },
    "resources/list": { capability: "resources", result: { resources: [] } },
    "resources/templates/list": { capability: "resources", result: { resourceTemplates: [] } }
  })
)

/** Tasks and other extensions have methods of their own, for connections of their own. */
const declare = ({ extensions: _e, tasks: _t, ...capabilities }: JsonRpc.Params): JsonRpc.Params =>
  capabilities

const send = (client: Client.Service, { meta, method, params }: Request["Service"], call: Call) => {
  const { _meta, inputResponses: _i, requestState: _r, ...rest } = params
  const { progressToken, ...extra } = meta.all
  const own = Object.entries(extra).filter(([key]) => !key.startsWith("io.modelcontextprotocol/"))
  return client
    .request(method, rest, {
      meta: Object.fromEntries(own),
      ...(progressToken !== undefined && { onProgress: (progress) => report(call, progress) })
    })
    .pipe(
      Effect.mapError((error) => (error._tag === "McpError" ? error : unreachable(error.message)))
    ) as Effect.Effect<Result, McpError.McpError>
}

const report = ({ outbox, request }: Call, progress: object) =>
  outbox.say(
    JsonRpc.notification("notifications/progress", {
      progressToken: request.meta.progressToken,
      ...progress
    })
  )

/** A message goes to the request it was written for, if that wants messages of its level. */
const log = (call: Call | undefined, message: LogMessage) => {
  const wanted = levels.indexOf(call?.request.meta.logLevel ?? "")
  if (call === undefined || wanted === -1 || levels.indexOf(message.level) < wanted) return Effect.void
  return call.outbox.say(JsonRpc.notification("notifications/message", { ...message }))
}

const levels: ReadonlyArray<string> = Log.levels

/** Publishes what the server behind says has changed. */
const changes = (client: Client.Service, events: Events.Hub) => {
  const lists = client.listen({
    toolsListChanged: true,
    promptsListChanged: true,
    resourcesListChanged: true
  })
  const told = Stream.runForEach(client.notifications, (notice) => {
    const event = eventOf(notice)
    return event === undefined ? Effect.void : events.publish(event)
  })
  return Effect.all([told, Effect.ignore(Stream.runDrain(lists))], {
    concurrency: "unbounded",
    discard: true
  })
}

const eventOf = ({ method, params }: Client.Notice): Events.Event | undefined => {
  switch (method) {
    case "notifications/tools/list_changed":
      return Events.ToolsChanged
    case "notifications/prompts/list_changed":
      return Events.PromptsChanged
    case "notifications/resources/list_changed":
      return Events.ResourcesChanged
    case "notifications/resources/updated":
      return Events.resourceUpdated(String(params["uri"]))
    case "notifications/elicitation/complete":
      return Events.elicitationCompleted(String(params["elicitationId"]))
    default:
      return undefined
  }
}

/** A subscription in front is one behind, for as long as it lasts. */
const subscribed = <A, E, R>(
  { unwatch, watch }: Watched,
  { params }: Request["Service"],
  listening: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => {
  const wanted = JsonRpc.isObject(params["notifications"])
    ? params["notifications"]["resourceSubscriptions"]
    : []
  const uris = Array.isArray(wanted) ? wanted.map(String) : []
  return Effect.acquireUseRelease(
    Effect.forEach(uris, watch, { discard: true }),
    () => listening,
    () => Effect.forEach(uris, unwatch, { discard: true })
  )
}

/** What belongs to no request, and what a session subscribes to. */
const hear = (client: Client.Service, watched: Watched, method: string, params: JsonRpc.Params) => {
  switch (method) {
    case "resources/subscribe":
      return watched.watch(String(params["uri"]))
    case "resources/unsubscribe":
      return watched.unwatch(String(params["uri"]))
    default:
      return client.notify(method, params)
  }
}

const unreachable = (why: string) =>
  McpError.make(McpError.code.InternalError, "The server behind this proxy did not answer", { why })

const lost = (method: string) =>
  McpError.make(
    McpError.code.InvalidRequest,
    `${method}: several requests are on their way, and the question does not say which of them it belongs to`
  )
