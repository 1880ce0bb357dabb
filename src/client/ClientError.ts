/**
 * What can go wrong for a client, one tag each, so that `Effect.catchTag` tells the cases apart. `McpError` (the
 * server refused the request) and `TransportError` (the bytes stopped flowing) are the other two.
 */
import * as Schema from "effect/Schema"
import type { McpError } from "../protocol/McpError.ts"
import type { TransportError } from "./Transport.ts"

/**
 * A tool ran and reported failure (`isError`). `content` is written for a model; `result` is the whole
 * CallToolResult.
 */
export class ToolError extends Schema.TaggedError<ToolError>()("ToolError", {
  message: Schema.String,
  tool: Schema.String,
  content: Schema.Array(Schema.Unknown),
  result: Schema.Unknown
}) {}

/**
 * No answer in time. `idle`: the server said nothing about the request for `millis`. `absolute`: the request took
 * longer than `millis` however busy the server was. The server has been told that the request is cancelled.
 */
export class RequestTimeout extends Schema.TaggedError<RequestTimeout>()("RequestTimeout", {
  method: Schema.String,
  kind: Schema.Literals(["idle", "absolute"]),
  millis: Schema.Finite
}) {
  override get message() {
    return this.kind === "idle"
      ? `${this.method}: the server said nothing for ${this.millis} ms`
      : `${this.method}: no result within ${this.millis} ms`
  }
}

/** Client and server have no protocol version in common, or could not find out. */
export class NegotiationError extends Schema.TaggedError<NegotiationError>()("NegotiationError", {
  message: Schema.String,
  /** The versions this client may speak, in order of preference. */
  offered: Schema.Array(Schema.String),
  /** The versions the server says it speaks; empty where it did not say. */
  supported: Schema.Array(Schema.String),
  cause: Schema.optionalKey(Schema.Unknown)
}) {}

/** The server answered with something the protocol, or the contract of the tool, does not allow. */
export class InvalidResponse extends Schema.TaggedError<InvalidResponse>()("InvalidResponse", {
  message: Schema.String,
  method: Schema.String,
  /** Where in the result: property names and indices from the root. */
  path: Schema.Array(Schema.Union([Schema.String, Schema.Finite])),
  cause: Schema.optionalKey(Schema.Unknown)
}) {}

export type ClientError = McpError | TransportError | RequestTimeout | NegotiationError | InvalidResponse
