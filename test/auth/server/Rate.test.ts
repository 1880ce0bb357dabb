/** Row D12 of the known faults: how often one caller may come, whatever addresses they have. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Rate from "../../../src/auth/server/Rate.ts"

describe("requests are counted", () => {
  it("D12: for an address of IPv4, and for a network of IPv6", () => {
    const same = [
      "2001:db8:1:2::1",
      "2001:DB8:1:2:ffff:ffff:ffff:ffff",
      "2001:db8:1:2:0:0:0:0",
      "2001:db8:1:2::1%eth0"
    ]
    assert.strictEqual(new Set(same.map(Rate.whose)).size, 1)
    const others = ["2001:db8:1:3::1", "2001:db8:1::1", "::1", "192.0.2.1", "192.0.2.2", "", "unknown"]
    assert.strictEqual(new Set([...same, ...others].map(Rate.whose)).size, others.length + 1)
    assert.strictEqual(Rate.whose("::ffff:192.0.2.1"), Rate.whose("192.0.2.1"))
  })

  it.effect("D12: so often in a minute", () =>
    Effect.gen(function* () {
      const rate = Rate.perMinute(2)
      const take = (address: string) => rate.take(Rate.whose(address))
      assert.deepStrictEqual(
        [yield* take("2001:db8::1"), yield* take("2001:db8::2"), yield* take("2001:db8::3")],
        [undefined, undefined, 60]
      )
      assert.isUndefined(yield* take("2001:db8:0:1::1"))
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(yield* take("2001:db8::1"))
    })
  )
})
