/**
 * Which trace a request belongs to: `traceparent` in `_meta`, as W3C Trace Context writes it.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#meta
 * @see https://www.w3.org/TR/trace-context/
 */
import type * as JsonRpc from "./JsonRpc.ts"

/** The span that others continue. Ids are lower-case hex. */
export interface TraceContext {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
}

const key = "traceparent"

/** Version, trace, span, flags; versions to come may add to that. Ids of zeros alone are none. */
const format = /^([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** What `_meta` says; `undefined` where it says nothing, or nothing well formed. */
export const read = (meta: JsonRpc.Params): TraceContext | undefined => {
  const value = Object.hasOwn(meta, key) ? meta[key] : undefined
  const found = typeof value === "string" ? format.exec(value) : null
  if (found === null) return undefined
  const [, version, traceId, spanId, flags, more] = found
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined
  return { traceId: traceId!, spanId: spanId!, sampled: (Number.parseInt(flags!, 16) & 1) === 1 }
}

/** Members for `_meta`; none where the ids are not those of W3C, as with a tracer of another kind. */
export const write = ({ sampled, spanId, traceId }: TraceContext): JsonRpc.Params => {
  const value = `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`
  return format.test(value) ? { [key]: value } : {}
}
