/**
 * The errors that carry data of a defined shape.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes
 */
import * as Schema from "effect/Schema"
import { ClientCapabilities } from "./Capabilities.ts"
import { open, optional } from "./Open.ts"

const fault = <const Code extends number, Data extends Schema.Constraint>(code: Code, data: Data) =>
  open({ code: Schema.Literal(code), message: Schema.String, data })

const plain = <const Code extends number>(code: Code) =>
  open({ code: Schema.Literal(code), message: Schema.String, data: optional(Schema.Unknown) })

export const ParseError = plain(-32700)
export const InvalidRequestError = plain(-32600)
export const MethodNotFoundError = plain(-32601)
export const InvalidParamsError = plain(-32602)
export const InternalError = plain(-32603)
export const HeaderMismatchError = plain(-32020)

/** Data of -32021: what the client would have to declare. */
export const MissingRequiredClientCapabilityData = open({ requiredCapabilities: ClientCapabilities })
export const MissingRequiredClientCapabilityError = fault(-32021, MissingRequiredClientCapabilityData)

/** Data of -32022: what the server speaks, and what it was asked for. */
export const UnsupportedProtocolVersionData = open({
  supported: Schema.Array(Schema.String),
  requested: Schema.String
})
export const UnsupportedProtocolVersionError = fault(-32022, UnsupportedProtocolVersionData)
