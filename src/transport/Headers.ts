/**
 * What HTTP says beside the body: the names of the headers, which parts of a request are mirrored into them, and how
 * a value becomes one and is read again. Both sides use it; it decides nothing.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#request-metadata
 */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import type { HeaderField } from "../jsonschema/Headers.ts"
import { isObject, type Params, type Request } from "../protocol/JsonRpc.ts"

/** The headers of the protocol, in lower case: names are compared without regard to it. */
export const field = {
  protocolVersion: "mcp-protocol-version",
  method: "mcp-method",
  name: "mcp-name",
  sessionId: "mcp-session-id",
  lastEventId: "last-event-id"
} as const

/** The header of an annotated argument. */
export const paramField = (name: string): string => `mcp-param-${name.toLowerCase()}`

const open = "=?base64?"
const close = "?="
const isMarked = (value: string) => value.startsWith(open) && value.endsWith(close)

/** Spaces and tabs at the ends, which a header loses on its way, and everything that is no visible ASCII. */
const unsafe = /^$|^[\t ]|[\t ]$|[^\t\u0020-\u007E]/

/** A value as a header carries it: as it is where that is safe, else as Base64 of its UTF-8 between two marks. */
export const encode = (value: string): string =>
  unsafe.test(value) || isMarked(value) ? `${open}${Base64.encode(value)}${close}` : value

/** The value a header carries, or `undefined` if none can have been meant: broken Base64, or characters no header has. */
export const decode = (header: string): string | undefined => {
  const value = header.replace(/^[\t ]+|[\t ]+$/g, "")
  if (!isMarked(value)) return /[^\t\u0020-\u007E]/.test(value) ? undefined : value
  if (value.length < open.length + close.length) return undefined
  const bytes = Base64.decode(value.slice(open.length, -close.length))
  return Result.isSuccess(bytes) ? utf8(bytes.success) : undefined
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** The text of a value that can be mirrored: a string, a boolean, a safe integer. Others have no header. */
export const text = (value: unknown): string | undefined => {
  if (typeof value === "string") return value
  return typeof value === "boolean" || Number.isSafeInteger(value) ? String(value) : undefined
}

/** Whether a header carries this value of the body. Numbers are compared as numbers: `42.0` is 42. */
export const agrees = (header: string, value: unknown): boolean => {
  const said = decode(header)
  if (said === undefined) return false
  return typeof value === "number"
    ? /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(said) && Number(said) === value
    : said === text(value)
}

/** The member of the params that `Mcp-Name` mirrors, by method. Those of the tasks extension name the task. */
const named = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"]
])

/** What `Mcp-Name` says of a request, before encoding; `undefined` where there is nothing to say. */
export const nameOf = (method: string, params: Params): string | undefined => {
  const member = named.get(method)
  const value = member !== undefined && Object.hasOwn(params, member) ? params[member] : undefined
  return typeof value === "string" ? value : undefined
}

/** The headers of every request in the stateless era: its version, its method, and what it names. */
export const standard = (version: string, { method, params = {} }: Request): Record<string, string> => {
  const headers: Record<string, string> = { [field.protocolVersion]: version, [field.method]: encode(method) }
  const name = nameOf(method, params)
  if (name !== undefined) headers[field.name] = encode(name)
  return headers
}

/** The argument an annotation points to, or `undefined`. Members of the prototype are not read. */
export const valueAt = (args: unknown, { path }: HeaderField): unknown => {
  let value = args
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/** The `Mcp-Param-*` headers of a call, encoded. Absent and `null` arguments have none. */
export const params = (fields: ReadonlyArray<HeaderField>, args: unknown): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const annotated of fields) {
    const value = text(valueAt(args, annotated))
    if (value !== undefined) headers[paramField(annotated.name)] = encode(value)
  }
  return headers
}
