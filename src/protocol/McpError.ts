/**
 * A request that failed as a request. (A tool that failed as a tool is a result with `isError`.)
 *
 * `code`, `message` and `data` are for the peer; `cause` is for the operator's log and never crosses the wire.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes
 */
import * as Schema from "effect/Schema"
import type * as JsonRpc from "./JsonRpc.ts"
import type { UrlElicitation } from "./Stateful.ts"

export class McpError extends Schema.TaggedError<McpError>()("McpError", {
  code: Schema.Int,
  message: Schema.String,
  data: Schema.optionalKey(Schema.Unknown),
  cause: Schema.optionalKey(Schema.Unknown)
}) {
  /** The half of the error the peer sees. */
  get fault(): JsonRpc.Fault {
    return this.data === undefined
      ? { code: this.code, message: this.message }
      : { code: this.code, message: this.message, data: this.data }
  }
}

/** Every code this stack sends or understands, by the name the specification gives it. */
export const code = {
  ParseError: -32700,
  InvalidRequest: -32600,
  MethodNotFound: -32601,
  InvalidParams: -32602,
  InternalError: -32603,
  HeaderMismatch: -32020,
  MissingRequiredClientCapability: -32021,
  UnsupportedProtocolVersion: -32022,
  /** Until 2025-11-25; `InvalidParams` since. */
  ResourceNotFound: -32002,
  /** 2025-11-25 only. */
  UrlElicitationRequired: -32042
} as const

/** Whether a code is of the range that is the specification's alone, and has no meaning there. */
export const isForbidden = (value: number): boolean =>
  value <= -32020 && value >= -32099 && !defined.has(value)

const defined: ReadonlySet<number> = new Set(Object.values(code))

export const make = (code: number, message: string, data?: unknown): McpError =>
  new McpError(data === undefined ? { code, message } : { code, message, data })

export const fromFault = (fault: JsonRpc.Fault): McpError => make(fault.code, fault.message, fault.data)

export const invalidRequest = (message: string, data?: unknown) => make(code.InvalidRequest, message, data)
export const invalidParams = (message: string, data?: unknown) => make(code.InvalidParams, message, data)
export const methodNotFound = (method: string) => make(code.MethodNotFound, `Method not found: ${method}`)

/** The one answer to every defect. The reference leads an operator to the cause in the log. */
export const internal = (reference: string) => make(code.InternalError, "Internal error", { reference })

/** The request needs a capability the client did not declare. `required` has the shape of ClientCapabilities. */
export const missingCapability = (required: JsonRpc.Params) =>
  make(
    code.MissingRequiredClientCapability,
    `Missing required client capability: ${Object.entries(required).map(named).join(", ")}`,
    { requiredCapabilities: required }
  )

const named = ([name, parts]: [string, unknown]): string => {
  const [part] = typeof parts === "object" && parts !== null ? Object.keys(parts) : []
  return part === undefined ? name : `${name}.${part}`
}

export const unsupportedVersion = (requested: string, supported: ReadonlyArray<string>) =>
  make(code.UnsupportedProtocolVersion, "Unsupported protocol version", { supported, requested })

/** 2025-11-25: the user must visit these pages before the request can succeed. */
export const urlElicitationRequired = (
  elicitations: readonly [UrlElicitation, ...ReadonlyArray<UrlElicitation>]
) =>
  make(code.UrlElicitationRequired, `The user must visit a page first: ${elicitations[0].message}`, {
    elicitations
  })

/** An unknown resource, in the words of 2026-07-28; older revisions get their own code on the way down. */
export const resourceNotFound = (uri: string, hint = "") =>
  make(code.InvalidParams, `Resource not found: ${uri}${hint}`, { uri })
