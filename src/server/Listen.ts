/**
 * `subscriptions/listen`: a request whose notifications are the point and whose result comes last, when the server
 * ends the subscription. Everything said carries the id of the request.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Outbox } from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import { key as metaKey } from "../protocol/Meta.ts"
import { Limits } from "../transport/Limits.ts"
import * as Events from "./Events.ts"
import type { Request } from "./Invocation.ts"
import type { Result } from "./Part.ts"
import * as Pending from "./Pending.ts"
import type { Server } from "./Server.ts"

/**
 * Succeeds when the server winds down, and then every subscription is answered. Whoever serves sets it around the
 * requests it serves; by default a subscription ends only when its client or its connection does.
 */
export const Closing = Context.Reference<Effect.Effect<void>>("mcp-effect/server/Closing", {
  defaultValue: () => Effect.never
})

/** What a client wants to hear of, or what of it is honoured. */
interface Filter {
  readonly toolsListChanged?: true
  readonly promptsListChanged?: true
  readonly resourcesListChanged?: true
  readonly resourceSubscriptions?: ReadonlyArray<string>
}

type Source<R> = Pick<Server<R>, "capabilities" | "events" | "mayRead">

/** Answers `subscriptions/listen` for a server with these capabilities and this bus. */
export const listen = <R>(
  server: Source<R>,
  request: Request["Service"]
): Effect.Effect<Result, McpError.McpError, R | Outbox> =>
  Effect.flatMap(Limits, (limits) => {
    const wanted = request.params["notifications"]
    const problem = malformed(wanted, limits)
    if (problem !== undefined) return Effect.fail(McpError.invalidParams(`subscriptions/listen: ${problem}`))
    const filter = honoured(server.capabilities, wanted as JsonRpc.Params)
    const admits = admission(filter)
    const pending = Pending.make<Events.Event>()
    const hear = (event: Events.Event) => {
      if (admits(event)) pending.offer(Events.key(event), event)
    }
    // Hears before it acknowledges, so that nothing is lost in between, and tells after.
    return Effect.acquireUseRelease(
      Effect.sync(() => server.events.subscribe(hear)),
      () => tell(server, request, filter, pending),
      (stop) => Effect.sync(stop)
    )
  })

const tell = <R>(
  server: Source<R>,
  request: Request["Service"],
  filter: Filter,
  pending: Pending.Pending<Events.Event>
) => {
  const _meta = { [metaKey.subscriptionId]: request.id }
  return Effect.flatMap(Outbox, ({ say }) => {
    const pass = (event: Events.Event) => {
      const { method, params } = Events.notification(event)
      const said = say(JsonRpc.notification(method, { ...params, _meta }))
      // Asked each time: what may be read can change while a subscription lasts.
      return event._tag === "ResourceUpdated"
        ? Effect.flatMap(server.mayRead(event.uri, request), (open) => (open ? said : Effect.void))
        : said
    }
    const acknowledged = say(
      JsonRpc.notification("notifications/subscriptions/acknowledged", { notifications: filter, _meta })
    )
    const telling = Effect.forever(Effect.flatMap(pending.take, pass))
    const ended = Effect.flatMap(Closing, (closing) => closing)
    return Effect.as(Effect.andThen(acknowledged, Effect.raceFirst(telling, ended)), { _meta })
  })
}

const malformed = (
  wanted: unknown,
  { subscriptions, uriLength }: { readonly subscriptions: number; readonly uriLength: number }
): string | undefined => {
  if (!JsonRpc.isObject(wanted)) return '"notifications" must be an object'
  const uris = wanted["resourceSubscriptions"]
  if (uris === undefined) return undefined
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === "string")) {
    return '"resourceSubscriptions" must be a list of URIs'
  }
  if (uris.length > subscriptions) return `"resourceSubscriptions" may have at most ${subscriptions} URIs`
  return uris.some((uri) => uri.length > uriLength)
    ? `a URI may have at most ${uriLength} characters`
    : undefined
}

/** What of a filter the server can keep: the rest is left out of the acknowledgment. */
const honoured = (capabilities: JsonRpc.Params, wanted: JsonRpc.Params): Filter => {
  const keeps = (field: string, event: Parameters<typeof Events.isDeclared>[1]) =>
    wanted[field] === true && Events.isDeclared(capabilities, event)
  const uris = wanted["resourceSubscriptions"] as ReadonlyArray<string> | undefined
  return {
    ...(keeps("toolsListChanged", "ToolsChanged") && { toolsListChanged: true }),
    ...(keeps("promptsListChanged", "PromptsChanged") && { promptsListChanged: true }),
    ...(keeps("resourcesListChanged", "ResourcesChanged") && { resourcesListChanged: true }),
    ...(uris !== undefined &&
      Events.isDeclared(capabilities, "ResourceUpdated") && { resourceSubscriptions: uris })
  }
}

const admission = (filter: Filter): ((event: Events.Event) => boolean) => {
  const uris = new Set(filter.resourceSubscriptions)
  const kinds = new Set<string>([
    ...(filter.toolsListChanged ? ["ToolsChanged"] : []),
    ...(filter.promptsListChanged ? ["PromptsChanged"] : []),
    ...(filter.resourcesListChanged ? ["ResourcesChanged"] : [])
  ])
  return (event) => (event._tag === "ResourceUpdated" ? uris.has(event.uri) : kinds.has(event._tag))
}
