/**
 * Who may reach a server from a browser: which names it goes by (`Host`), and which pages may speak to it (`Origin`).
 * Without these checks any page could reach a server on the user's own machine by rebinding its name.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#security--endpoint
 */
import type { Head, Reply } from "./Exchange.ts"
import * as Loopback from "./Loopback.ts"

export interface OriginOptions {
  /**
   * The names the server goes by, each `name` for any port or `name:port`. Default: the loopback names `localhost`,
   * `127.0.0.1` and `[::1]`. `"any"` turns the check off: only for a server behind something that checks.
   */
  readonly hosts?: ReadonlyArray<string> | "any"
  /**
   * The pages of other origins that may call, such as `https://app.example.com`. They are answered with CORS headers.
   * Pages of the server's own origin always may. Default: none.
   */
  readonly origins?: ReadonlyArray<string>
}

/** What is to be done about the origin of a request. */
export interface Verdict {
  /** Why the request is refused, as the answer to it. */
  readonly refusal?: Reply
  /** Headers for the answer, whatever it is. */
  readonly cors: { readonly [name: string]: string }
}

/** What is wrong with the options, if anything is: a name that no request could have. */
export const problem = ({ hosts = [], origins = [] }: OriginOptions): string | undefined => {
  const host = hosts === "any" ? undefined : hosts.find((each) => !hostPattern.test(each))
  if (host !== undefined) return `"${host}" in "hosts" is no host: write name or name:port`
  const origin = origins.find((each) => normal(each) === undefined)
  return origin && `"${origin}" in "origins" is no origin: write scheme://host or scheme://host:port`
}

/** Makes the check of one server. Throws where there is a `problem`. */
export const make = (options: OriginOptions): ((head: Head) => Verdict) => {
  const { hosts = Loopback.names, origins = [] } = options
  const wrong = problem(options)
  if (wrong !== undefined) throw new Error(wrong)
  const names = hosts === "any" ? undefined : new Set(hosts.map((host) => host.toLowerCase()))
  const pages = new Set(origins.map(normal))
  return (head) => {
    const host = authority(head.header("host"))
    if (host === undefined)
      return { refusal: refusal(400, "The Host header is missing or malformed"), cors: none }
    if (names !== undefined && !names.has(host.whole) && !names.has(host.name)) {
      return { refusal: refusal(403, unknownHost(host.whole)), cors: none }
    }
    const origin = head.header("origin")
    if (origin === undefined) return fine
    if (pages.has(origin)) return { cors: headers(origin) }
    return ownPage(origin, host.whole) ? fine : { refusal: refusal(403, unknownOrigin(origin)), cors: none }
  }
}

/** The answer to a preflight of a page that may call. */
export const preflight = (cors: Verdict["cors"], methods: string): Reply => ({
  status: 204,
  headers: {
    ...cors,
    "access-control-allow-methods": methods,
    "access-control-allow-headers": "*, Authorization",
    "access-control-max-age": "600"
  },
  body: ""
})

/** No headers to add. */
export const none: Verdict["cors"] = {}
const fine: Verdict = { cors: none }

/** `name` and `name:port`, in lower case; nothing for what is not one host. */
const authority = (
  value: string | undefined
): { readonly whole: string; readonly name: string } | undefined => {
  const match = value === undefined ? null : hostPattern.exec(value)
  if (match === null) return undefined
  const name = match[1]!.toLowerCase()
  return { name, whole: match[2] === undefined ? name : `${name}:${match[2]}` }
}

const hostPattern = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i

/** A page of the server itself. TLS may end before us, so its scheme is not ours to judge. */
const ownPage = (origin: string, host: string): boolean => {
  const lower = origin.toLowerCase()
  return lower === `http://${host}` || lower === `https://${host}`
}

const normal = (origin: string): string | undefined => {
  const serialized = URL.parse(origin)?.origin
  return serialized === "null" ? undefined : serialized
}

const headers = (origin: string) => ({
  "access-control-allow-origin": origin,
  "access-control-expose-headers": "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After",
  vary: "Origin"
})

const unknownHost = (host: string) =>
  `The server does not go by the name ${host}: list it in the option "hosts" if it should`
const unknownOrigin = (origin: string) =>
  `Pages of ${origin} may not call this server: list it in the option "origins" if they may`

/** An error response that has no id, because nothing was read yet. */
const refusal = (status: number, message: string): Reply => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ jsonrpc: "2.0", error: { code: -32600, message } })
})
