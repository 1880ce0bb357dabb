/** The methods of a client, made of one way to send. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Cache } from "./Cache.ts"
import type { ClientError } from "./ClientError.ts"
import * as Calls from "./Calls.ts"
import * as Hearing from "./Hearing.ts"
import * as Held from "./Held.ts"
import type { Link } from "./Link.ts"
import * as Lists from "./Lists.ts"
import type { Notices } from "./Notices.ts"
import * as OutputSchemas from "./OutputSchemas.ts"
import * as Read from "./Read.ts"
import { cached, type RequestOptions, type Send } from "./Requests.ts"
import type * as Results from "./Results.ts"
import type { Service } from "./Service.ts"
import * as Subscriptions from "./Subscriptions.ts"
import type { Visits } from "./Visits.ts"

export interface Needs {
  readonly link: Link
  readonly send: Send
  readonly cache: Cache
  readonly notices: Notices
  readonly visits: Visits
  readonly nextId: () => number
  /** Settles what every request of the stateless era says about log messages. */
  readonly setLevel: (level: Results.LogLevel) => void
}

export const make = (needs: Needs): Effect.Effect<Service, never, Scope.Scope> => {
  const { cache, link, notices, send, setLevel } = needs
  const listen = Subscriptions.make(needs)
  const outputs = OutputSchemas.make()
  const notifications = Hearing.stream(notices)

  const ask = <R = never>(method: string, params: JsonRpc.Params, options?: RequestOptions<R>) =>
    cached(cache, method, params, options, (again) =>
      Effect.flatMap(send(method, params, options, again), (result) => Read.result(method, result))
    )
  const request = typed(ask)
  const notify: Service["notify"] = (method, params = {}) =>
    Effect.flatMap(link.line, (line) => line.notify(method, params))

  const callTool = <R = never>(name: string, args: JsonRpc.Params = {}, options?: RequestOptions<R>) =>
    Effect.tap(request("tools/call", { name, arguments: args }, options), (result) =>
      outputs.check(name, result)
    )
  const complete = <R = never>(
    ref: Results.Reference,
    argument: { readonly name: string; readonly value: string },
    settled?: { readonly [argument: string]: string },
    options?: RequestOptions<R>
  ) =>
    Effect.map(
      request(
        "completion/complete",
        { ref, argument, ...(settled !== undefined && { context: { arguments: settled } }) },
        options
      ),
      ({ completion }) => completion
    )
  const isStateful = () => link.server().era === "stateful"

  return Effect.map(Held.make(listen), ({ subscribe, unsubscribe }) => ({
    ...Lists.make(request, cache, listen, outputs.learn),
    get server() {
      return link.server()
    },
    request,
    notify,
    call: Calls.make(send),
    callTool,
    readResource: (uri, options) => request("resources/read", { uri }, options),
    getPrompt: (name, args, options) =>
      request("prompts/get", args === undefined ? { name } : { name, arguments: args }, options),
    complete,
    ping: Effect.suspend(() => Effect.asVoid(isStateful() ? send("ping", {}) : send("server/discover", {}))),
    setLogLevel: (level) =>
      Effect.suspend(() => {
        setLevel(level)
        return isStateful() ? Effect.asVoid(send("logging/setLevel", { level })) : Effect.void
      }),
    listen,
    subscribe,
    unsubscribe,
    notifications,
    logs: Stream.flatMap(notifications, (notice) => {
      const message = Hearing.logMessage(notice)
      return message === undefined ? Stream.empty : Stream.succeed(message)
    }),
    elicitationCompleted: needs.visits.finished,
    sendRootsChanged: notify("notifications/roots/list_changed"),
    forget: Effect.sync(cache.clear),
    ignored: notices.ignored
  }))
}

/** What `Read` has found to be a result of its method may be taken for one. */
const typed = (
  ask: <R>(
    method: string,
    params: JsonRpc.Params,
    options?: RequestOptions<R>
  ) => Effect.Effect<JsonRpc.Params, ClientError, R>
): Service["request"] => {
  const request = <R>(method: string, params: JsonRpc.Params = {}, options?: RequestOptions<R>) =>
    ask(method, params, options)
  return request as Service["request"]
}
