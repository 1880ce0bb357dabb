/**
 * The headers of the HTTP request that a handler answers. An ordinary service: over HTTP a guard provides it with every
 * request, over stdio, where there are none, a Layer does, and a server whose handlers use it does not compile without
 * one of them.
 *
 * What is a secret, or is called like one, is not there: a server must not pass on the credentials of its clients.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/security_best_practices#token-passthrough
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Guard, Head } from "./Exchange.ts"

export class RequestHeaders extends Context.Service<
  RequestHeaders,
  {
    /**
     * A header by its name, in whatever case. Several fields of one name are joined by ", ". Headers that carry
     * credentials, or have a word such as "token", "cookie" or "session" in their names, are always `undefined`.
     */
    readonly get: (name: string) => string | undefined
  }
>()("mcp-effect/http/RequestHeaders") {}

/**
 * A guard that lets everybody in, or those that another guard lets in, with the headers of their requests. In sessions
 * these are the headers of the request that carries the call, not of the one that began the session.
 *
 * **Gotchas**
 *
 * Clients send what they like: a header is a hint, and no proof of who calls.
 *
 * @example
 * ```ts
 * import * as NodeServer from "mcp-effect/NodeServer"
 * import * as RequestHeaders from "mcp-effect/RequestHeaders"
 * import * as Server from "mcp-effect/Server"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const server = Server.make(
 *   { name: "demo", version: "1.0.0" },
 *   Tool.handle(Tool.make("tenant"), () =>
 *     RequestHeaders.RequestHeaders.useSync((headers) => headers.get("x-tenant") ?? "nobody's")
 *   )
 * )
 *
 * export const main = () => NodeServer.launch(server, { guard: RequestHeaders.guard() })
 * ```
 */
export const guard = <P = never, R = never>(inner?: Guard<P, R>): Guard<P | RequestHeaders, R> => ({
  ...inner,
  admit: (head) =>
    Effect.map(inner === undefined ? anybody<P>() : inner.admit(head), Context.add(RequestHeaders, of(head)))
})

/** Without a guard inside nothing else is granted: P is never. */
const anybody = <P>() => Effect.succeed(Context.empty() as Context.Context<P>)

/** No headers: for stdio, and for tests. */
export const layerNone: Layer.Layer<RequestHeaders> = Layer.succeed(RequestHeaders, { get: () => undefined })

const of = ({ header }: Head): RequestHeaders["Service"] => ({
  get: (name) => {
    const key = name.toLowerCase()
    return isName(key) && !secret.test(key) ? header(key) : undefined
  }
})

/** Node keeps headers in an object that has a prototype, and Fetch throws for what cannot be a name. */
const isName = (key: string) => /^[\w!#$%&'*+.^`|~-]+$/.test(key) && !(key in Object.prototype)

const secret = /auth|cookie|token|session|secret|passw|api-?key|jwt|assertion|credential|signature|dpop/
