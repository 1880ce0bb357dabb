/**
 * Whether the headers of a request say what its body says. Somebody on the way may have decided by the headers, so
 * a request that says two things is refused.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#server-validation
 */
import type { Head } from "../../http/Exchange.ts"
import type { HeaderField } from "../../JsonSchema.ts"
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as McpError from "../../protocol/McpError.ts"
import type { RequestMeta } from "../../protocol/Meta.ts"
import * as Headers from "../Headers.ts"

/** What is wrong with the headers every request has, if anything is. */
export const standard = (
  { header }: Head,
  { method, params = {} }: JsonRpc.Request,
  { protocolVersion }: RequestMeta
): McpError.McpError | undefined =>
  differs("MCP-Protocol-Version", header(Headers.field.protocolVersion), protocolVersion) ??
  differs("Mcp-Method", header(Headers.field.method), method) ??
  differs("Mcp-Name", header(Headers.field.name), Headers.nameOf(method, params))

/** What is wrong with the headers of annotated arguments, if anything is. */
export const params = (
  { header }: Head,
  fields: ReadonlyArray<HeaderField>,
  args: unknown
): McpError.McpError | undefined => {
  for (const annotated of fields) {
    const value = Headers.valueAt(args, annotated)
    const said = header(Headers.paramField(annotated.name))
    const name = `Mcp-Param-${annotated.name}`
    if (value === undefined || value === null) {
      if (said !== undefined) return mismatch(`${name} repeats an argument that the body does not have`)
    } else {
      const wrong = differs(name, said, value)
      if (wrong !== undefined) return wrong
    }
  }
  return undefined
}

const differs = (name: string, said: string | undefined, meant: unknown): McpError.McpError | undefined => {
  // Almost always the header is the value as it is.
  if (said === meant || meant === undefined) return undefined
  if (said === undefined) return mismatch(`the header ${name} is missing`)
  return Headers.agrees(said, meant)
    ? undefined
    : mismatch(`${name} header value '${said}' does not match body value ${written(meant)}`)
}

/** A value as a message tells it: what is no text may be anything. */
const written = (value: unknown): string => {
  const text = Headers.text(value)
  return text === undefined ? JSON.stringify(value) : `'${text}'`
}

const mismatch = (why: string) => McpError.make(McpError.code.HeaderMismatch, `Header mismatch: ${why}`)
