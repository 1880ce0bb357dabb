/** The methods that exist only where something is remembered between requests. The session itself answers them. */
import type { Limits } from "../transport/Limits.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import * as Meta from "../protocol/Meta.ts"
import * as Events from "./Events.ts"
import type { Settled } from "./Handshake.ts"

/** Remembers what the client wants, or says why not. */
export type Method = (
  settled: Settled,
  params: JsonRpc.Params,
  server: { readonly capabilities: JsonRpc.Params },
  limits: Limits
) => McpError.McpError | undefined

const setLevel: Method = (settled, { level }, { capabilities }) => {
  if (capabilities["logging"] === undefined) return McpError.methodNotFound("logging/setLevel")
  if (typeof level !== "string" || !Meta.logLevels.includes(level)) {
    return McpError.invalidParams(`logging/setLevel: "level" must be one of ${Meta.logLevels.join(", ")}`)
  }
  settled.logLevel = level
  return undefined
}

const subscribe: Method = (settled, { uri }, { capabilities }, limits) => {
  if (!Events.isDeclared(capabilities, "ResourceUpdated"))
    return McpError.methodNotFound("resources/subscribe")
  if (typeof uri !== "string" || uri.length > limits.uriLength) {
    return McpError.invalidParams(
      `resources/subscribe: "uri" must be a URI of at most ${limits.uriLength} characters`
    )
  }
  settled.subscriptions ??= new Set()
  if (settled.subscriptions.size >= limits.subscriptions && !settled.subscriptions.has(uri)) {
    return McpError.invalidRequest(`resources/subscribe: at most ${limits.subscriptions} resources at a time`)
  }
  settled.subscriptions.add(uri)
  return undefined
}

const unsubscribe: Method = (settled, { uri }, { capabilities }) => {
  if (!Events.isDeclared(capabilities, "ResourceUpdated"))
    return McpError.methodNotFound("resources/unsubscribe")
  if (typeof uri !== "string") return McpError.invalidParams('resources/unsubscribe: "uri" must be a URI')
  settled.subscriptions?.delete(uri)
  return undefined
}

export const methods: ReadonlyMap<string, Method> = new Map([
  ["logging/setLevel", setLevel],
  ["resources/subscribe", subscribe],
  ["resources/unsubscribe", unsubscribe]
])
