/**
 * The contents of a resource: text, bytes, a JSON value, or several of them.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/resources#resource-contents
 */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"
import { clean } from "../jsonschema/Wire.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Result } from "./Part.ts"
import * as CacheHint from "./CacheHint.ts"

/** One of several contents. Without a `uri` it has that of the resource. */
export type Content = (Text | Bytes) & {
  readonly uri?: string
  readonly mimeType?: string
  readonly _meta?: JsonRpc.Params
}
interface Text {
  readonly text: string
}
interface Bytes {
  /** Sent as Base64. */
  readonly bytes: Uint8Array
}

/** What a handler gives when no schema says otherwise: text, bytes, or a list of contents. */
export type Body = string | Uint8Array | ReadonlyArray<Content>

export interface Options {
  readonly mimeType?: string | undefined
  readonly cache?: CacheHint.CacheHint | undefined
  readonly output?: Schema.Constraint | undefined
  /** Whether only some callers may read it. */
  readonly visible?: unknown
}

/** Compiles how the answers of one resource become results of `resources/read`. */
export const encoder = ({ cache, mimeType, output, visible }: Options) => {
  const hint = CacheHint.fields(cache)
  // What not everybody may read must not be shared between callers.
  const fields = visible === undefined ? hint : CacheHint.personal(hint)
  const result = (contents: ReadonlyArray<JsonRpc.Params>): Result => ({ contents, ...fields })
  if (output === undefined) {
    return (uri: string, body: unknown): Effect.Effect<Result> =>
      Effect.sync(() => result(contentsOf(uri, body as Body, mimeType)))
  }
  // A value that does not fit its own schema is a mistake of the handler, not of the peer.
  const codec = Schema.toCodecJson(Schema.make<Schema.Constraint>(clean(output.ast)))
  const encode = Schema.encodeUnknownEffect(codec) as (value: unknown) => Effect.Effect<unknown>
  return (uri: string, value: unknown): Effect.Effect<Result> =>
    Effect.map(Effect.orDie(encode(value)), (json) =>
      result([{ uri, mimeType: mimeType ?? "application/json", text: JSON.stringify(json, null, 2) }])
    )
}

const contentsOf = (uri: string, body: Body, mimeType: string | undefined): ReadonlyArray<JsonRpc.Params> => {
  if (typeof body === "string") return [content(uri, mimeType, { text: body })]
  if (body instanceof Uint8Array) return [content(uri, mimeType, { bytes: body })]
  if (Array.isArray(body)) return body.map((each: Content) => content(uri, mimeType, each))
  throw new Error(
    `The resource "${uri}" gives text, bytes or a list of contents, not ${typeof body}. Declare an output to give data.`
  )
}

const content = (uri: string, mimeType: string | undefined, given: Content): JsonRpc.Params => {
  const more = given._meta === undefined ? {} : { _meta: given._meta }
  return "text" in given
    ? {
        uri: given.uri ?? uri,
        mimeType: given.mimeType ?? mimeType ?? "text/plain",
        text: given.text,
        ...more
      }
    : {
        uri: given.uri ?? uri,
        mimeType: given.mimeType ?? mimeType ?? "application/octet-stream",
        blob: Base64.encode(given.bytes),
        ...more
      }
}
