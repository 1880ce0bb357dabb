/**
 * `_meta`: the keys the protocol reserves, the fields every request of 2026-07-28 carries, and how keys are named.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#meta
 */
import * as JsonRpc from "./JsonRpc.ts"

/** The keys of `_meta` the specification defines. */
export const key = {
  protocolVersion: "io.modelcontextprotocol/protocolVersion",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  clientCapabilities: "io.modelcontextprotocol/clientCapabilities",
  logLevel: "io.modelcontextprotocol/logLevel",
  serverInfo: "io.modelcontextprotocol/serverInfo",
  subscriptionId: "io.modelcontextprotocol/subscriptionId"
} as const

/** What a request of 2026-07-28 says about itself. */
export interface RequestMeta {
  readonly protocolVersion: string
  readonly clientCapabilities: JsonRpc.Params
  readonly clientInfo?: JsonRpc.Params & { readonly name: string; readonly version: string }
  readonly progressToken?: JsonRpc.Id
  readonly logLevel?: string
  readonly all: JsonRpc.Params
}

/** The severities of RFC 5424, least severe first. */
export const logLevels: ReadonlyArray<string> = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency"
]

/** The `_meta` of some params; an empty object where there is none. */
export const of = (params: JsonRpc.Params | undefined): JsonRpc.Params => {
  const meta = params !== undefined && Object.hasOwn(params, "_meta") ? params["_meta"] : undefined
  return JsonRpc.isObject(meta) ? meta : {}
}

/** Whether a request claims, in its `_meta`, to explain itself: the mark of the stateless era. */
export const isSelfContained = (params: JsonRpc.Params | undefined): boolean => {
  const meta = of(params)
  return Object.hasOwn(meta, key.protocolVersion) || Object.hasOwn(meta, key.clientCapabilities)
}

/**
 * Reads the fields a request of the stateless era must carry, or says in words what is missing or malformed. By
 * hand: this runs for every request.
 */
export const read = (params: JsonRpc.Params | undefined): RequestMeta | string => {
  const all = of(params)
  const protocolVersion = all[key.protocolVersion]
  const clientCapabilities = all[key.clientCapabilities]
  if (typeof protocolVersion !== "string") return `_meta needs "${key.protocolVersion}", a string`
  if (!JsonRpc.isObject(clientCapabilities)) return `_meta needs "${key.clientCapabilities}", an object`
  const clientInfo = all[key.clientInfo]
  if (clientInfo !== undefined && !isImplementation(clientInfo)) {
    return `"${key.clientInfo}" in _meta must be an object with a name and a version`
  }
  const { progressToken } = all
  if (progressToken !== undefined && !isToken(progressToken)) {
    return '"progressToken" in _meta must be a string or an integer'
  }
  const logLevel = all[key.logLevel]
  if (logLevel !== undefined && !(typeof logLevel === "string" && logLevels.includes(logLevel))) {
    return `"${key.logLevel}" in _meta must be one of ${logLevels.join(", ")}`
  }
  return {
    protocolVersion,
    clientCapabilities,
    all,
    ...(clientInfo === undefined ? undefined : { clientInfo }),
    ...(progressToken === undefined ? undefined : { progressToken }),
    ...(logLevel === undefined ? undefined : { logLevel: logLevel as string })
  }
}

/** Whether a value may be a progress token: a string or an integer. */
export const isToken = (value: unknown): value is JsonRpc.Id => JsonRpc.isId(value)

export const isImplementation = (
  value: unknown
): value is JsonRpc.Params & { readonly name: string; readonly version: string } =>
  JsonRpc.isObject(value) && typeof value["name"] === "string" && typeof value["version"] === "string"

const label = /^[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/
const name = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/

/** The labels before the slash of a `_meta` key; `undefined` where there is no prefix. */
const prefixOf = (text: string): ReadonlyArray<string> | undefined => {
  const slash = text.indexOf("/")
  return slash === -1 ? undefined : text.slice(0, slash).split(".")
}

/** Whether a text is well formed as a key of `_meta`: an optional prefix of labels, and a name. */
export const isKey = (text: string): boolean => {
  const prefix = prefixOf(text)
  const rest = prefix === undefined ? text : text.slice(text.indexOf("/") + 1)
  return (
    (prefix === undefined || prefix.every((part) => label.test(part))) &&
    (rest === "" ? prefix !== undefined : name.test(rest))
  )
}

/** Whether a key is reserved for the protocol: the second label of its prefix is `modelcontextprotocol` or `mcp`. */
export const isReserved = (text: string): boolean => {
  const second = prefixOf(text)?.[1]
  return second === "modelcontextprotocol" || second === "mcp"
}

/** Throws unless a text may name an extension: a key with a prefix. */
export const checkExtension = (id: string): void => {
  if (isKey(id) && /\/./.test(id)) return
  throw new Error(
    `"${id}" cannot name an extension: that takes a prefix, as in "com.example/${name.test(id) ? id : "name"}"`
  )
}

/** Throws at a key of `_meta` that is malformed, whose place is named by `where`. */
export const checkKeys = (meta: JsonRpc.Params, where: string): void => {
  const bad = Object.keys(meta).find((key) => !isKey(key))
  if (bad === undefined) return
  throw new Error(
    `"${bad}" cannot be a key in the _meta of ${where}: use letters and digits, with - _ . between them, after a prefix as in "com.example/name"`
  )
}
