/**
 * The tools a server has listed, as far as HTTP is concerned: which of their arguments become headers, and which of
 * them must not be used because their annotations break the rules.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#custom-headers-from-tool-parameters
 */
import * as Effect from "effect/Effect"
import { type HeaderField, headers } from "../../jsonschema/Headers.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as PeerText from "../../protocol/PeerText.ts"
import * as Headers from "../Headers.ts"
import { deeperThan } from "../Limits.ts"
import type { HeaderFields } from "./Endpoint.ts"

export interface ToolHeaders {
  /** The `Mcp-Param-*` headers of a request. */
  readonly of: (request: JsonRpc.Request) => HeaderFields | undefined
  /** Takes in a result of `tools/list`, and gives it back without the tools that must not be used. */
  readonly learn: (result: JsonRpc.Params) => Effect.Effect<JsonRpc.Params>
}

/** More tools with mirrored arguments than any server has; beyond that the oldest are forgotten. */
const most = 10_000

/** Schemas nested deeper than `depth` are not looked into: the tool is left out as well. */
export const make = (target: string, depth: number): ToolHeaders => {
  const mirrored = new Map<string, ReadonlyArray<HeaderField>>()
  const told = new Set<string>()

  const remember = (name: string, fields: ReadonlyArray<HeaderField>) => {
    mirrored.delete(name)
    if (fields.length === 0) return
    mirrored.set(name, fields)
    for (const oldest of mirrored.keys()) {
      if (mirrored.size <= most) break
      mirrored.delete(oldest)
    }
  }
  const warn = (name: string, faults: ReadonlyArray<string>) => {
    const why = PeerText.line(faults.join("; "))
    const message = `The tool "${PeerText.line(name)}" of ${target} is left out, as it must be over HTTP: ${why}`
    if (told.has(message) || told.size >= most) return Effect.void
    told.add(message)
    return Effect.logWarning(message)
  }
  const annotations = (schema: unknown) => {
    if (!JsonRpc.isObject(schema)) return { faults: [], fields: [] }
    return deeperThan(depth, schema)
      ? { faults: [`its schema nests deeper than ${depth}`], fields: [] }
      : headers(schema)
  }
  return {
    of: ({ method, params }) => {
      const name = method === "tools/call" ? params?.["name"] : undefined
      const fields = typeof name === "string" ? mirrored.get(name) : undefined
      return fields === undefined ? undefined : Headers.params(fields, params?.["arguments"])
    },
    learn: (result) => {
      const { tools } = result
      if (!Array.isArray(tools)) return Effect.succeed(result)
      const warnings: Array<Effect.Effect<void>> = []
      const usable = tools.filter((tool: unknown) => {
        const name = JsonRpc.isObject(tool) ? tool["name"] : undefined
        if (!JsonRpc.isObject(tool) || typeof name !== "string") return true
        const { faults, fields } = annotations(tool["inputSchema"])
        remember(name, faults.length === 0 ? fields : [])
        if (faults.length > 0) warnings.push(warn(name, faults))
        return faults.length === 0
      })
      if (warnings.length === 0) return Effect.succeed(result)
      return Effect.as(Effect.all(warnings, { discard: true }), { ...result, tools: usable })
    }
  }
}
