/**
 * What a server of the stateful era has offered. Neither side of a session may use what was not negotiated, so a
 * request for anything else is not sent.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#capability-negotiation
 */
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { ServerIdentity } from "./ServerIdentity.ts"

/**
 * The capability a method belongs to, and the part of it that has to be true. Before completion was a capability, any
 * server might have it.
 */
const needs = (method: string, version: string): readonly [capability: string, flag?: string] | undefined => {
  switch (method) {
    case "resources/subscribe":
    case "resources/unsubscribe":
      return ["resources", "subscribe"]
    case "completion/complete":
      return version < "2025-03-26" ? undefined : ["completions"]
    case "logging/setLevel":
      return ["logging"]
  }
  const area = /^(?:tools|prompts|resources|tasks)(?=\/)/.exec(method)?.[0]
  return area === undefined ? undefined : [area]
}

/** The error of a request that must not be sent: what the server would answer, had it been asked. */
export const refusal = (
  { capabilities, era, protocolVersion }: Pick<ServerIdentity, "capabilities" | "era" | "protocolVersion">,
  method: string
): McpError.McpError | undefined => {
  const needed = era === "stateful" ? needs(method, protocolVersion) : undefined
  if (needed === undefined) return undefined
  const [capability, flag] = needed
  const declared = Object.hasOwn(capabilities, capability) ? capabilities[capability] : undefined
  if (JsonRpc.isObject(declared) && (flag === undefined || declared[flag] === true)) return undefined
  return McpError.make(
    McpError.code.MethodNotFound,
    `${method} was not sent: the server does not declare ${needed.join(".")}`
  )
}
