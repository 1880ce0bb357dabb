import { assert, describe, it } from "@effect/vitest"
import * as TraceContext from "../../src/protocol/TraceContext.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const spanId = "b7ad6b7169203331"
const read = (traceparent: unknown) => TraceContext.read({ traceparent })

describe("traceparent", () => {
  it("TRACE-1: what is written is W3C Trace Context, and is read again as what it was", () => {
    for (const sampled of [true, false]) {
      const written = TraceContext.write({ traceId, spanId, sampled })
      assert.deepStrictEqual(written, { traceparent: `00-${traceId}-${spanId}-${sampled ? "01" : "00"}` })
      assert.deepStrictEqual(TraceContext.read(written), { traceId, spanId, sampled })
    }
  })

  it("TRACE-1: ids that W3C does not have are not written", () => {
    assert.deepStrictEqual(TraceContext.write({ traceId: "1", spanId, sampled: true }), {})
    assert.deepStrictEqual(TraceContext.write({ traceId: "0".repeat(32), spanId, sampled: true }), {})
    assert.deepStrictEqual(TraceContext.write({ traceId, spanId: "noop", sampled: false }), {})
  })

  it("TRACE-1: what is not well formed says nothing; a version to come may say more", () => {
    for (const wrong of [
      undefined,
      7,
      "",
      `00-${traceId}-${spanId}`,
      `00-${traceId}-${spanId}-01-more`,
      `ff-${traceId}-${spanId}-01`,
      `00-${traceId.toUpperCase()}-${spanId}-01`,
      `00-${"0".repeat(32)}-${spanId}-01`,
      `00-${traceId}-${"0".repeat(16)}-01`,
      ` 00-${traceId}-${spanId}-01`
    ]) {
      assert.isUndefined(read(wrong), String(wrong))
    }
    assert.isUndefined(TraceContext.read({}))
    assert.deepStrictEqual(read(`cc-${traceId}-${spanId}-01-more`), { traceId, spanId, sampled: true })
    assert.deepStrictEqual(read(`00-${traceId}-${spanId}-fe`), { traceId, spanId, sampled: false })
  })
})
