/** From a URL to a transport: what the transports over HTTP have in common before the first byte is sent. */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { HttpClient } from "effect/http/HttpClient"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { Pause, type Transport, TransportError } from "../../client/Transport.ts"
import type { Connection } from "../../Connection.ts"
import { Authority } from "../../http/Authority.ts"
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Limits from "../Limits.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Exchanges from "./Exchanges.ts"
import * as Reconnect from "./Reconnect.ts"
import * as ToolHeaders from "./ToolHeaders.ts"
import type { Wire } from "./Wire.ts"

export interface DialOptions {
  readonly url: string | URL
  /** Headers of every request: credentials, tenants. Those of the protocol win. */
  readonly headers?: { readonly [name: string]: string }
  /** How long a message that needs no answer may take. Default: 30 seconds. */
  readonly timeout?: Duration.Input
  /** The longest silence on a stream, comments not counted as silence, before it counts as broken. Default: 5 minutes. */
  readonly readTimeout?: Duration.Input
}

export interface Habits {
  readonly reconnect: Reconnect.ReconnectOptions | undefined
  readonly terminate: boolean
}

/** Makes a transport of a way to begin on a wire. */
export const make = (
  { headers = {}, readTimeout = "5 minutes", timeout = "30 seconds", url }: DialOptions,
  { reconnect, terminate }: Habits,
  begin: (
    wire: Wire,
    limits: Limits.Limits
  ) => Effect.Effect<Connection<TransportError>, TransportError, Scope.Scope>
): Effect.Effect<Transport["Service"], never, HttpClient> =>
  Effect.gen(function* () {
    const client = yield* HttpClient
    const limits = yield* Limits.Limits
    const authority = yield* Authority
    const place = whereTo(url)
    const target = place instanceof URL ? place.origin + place.pathname : String(url)
    const tools = ToolHeaders.make(target, limits.depth)
    const open = Effect.gen(function* () {
      if (!(place instanceof URL)) return yield* place
      const inbox = yield* Queue.bounded<JsonRpc.Message, TransportError | Cause.Done>(limits.inboxMessages)
      const wire: Wire = {
        endpoint: Endpoint.make(client, place, headers, yield* Pause),
        exchanges: yield* Exchanges.make(Duration.toMillis(readTimeout)),
        tools,
        reconnect: Reconnect.policy(reconnect),
        limit: limits.eventBytes,
        timeout: Duration.toMillis(timeout),
        terminate,
        inbox,
        lose: (reason) => void Queue.failCauseUnsafe(inbox, Cause.fail(reason))
      }
      return yield* begin(wire, limits)
    })
    return { target, authority, open }
  })

/** The URL, or why nothing can be reached there. */
const whereTo = (url: string | URL): URL | TransportError => {
  const parsed = URL.parse(url)
  if (parsed === null) return new TransportError({ message: `Not a URL: ${JSON.stringify(String(url))}` })
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    return new TransportError({ message: `Only http: and https: lead to a server, not ${parsed.protocol}` })
  }
  return parsed.username === "" && parsed.password === ""
    ? parsed
    : new TransportError({ message: "A URL must not have credentials in it: use a header" })
}
