import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Prompt from "../../src/server/Prompt.ts"
import { RateCounters } from "../../src/server/RateCounters.ts"
import * as RateLimit from "../../src/server/RateLimit.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"
import { ask, refused } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }
const parts = [
  Tool.handle(Tool.make("now"), () => "now"),
  Prompt.make("p", { arguments: { size: Schema.Literals(["s", "m"]) } }, ({ size }) => size)
] as const
const call = <R>(server: Server.Server<R>, client = "a") =>
  Effect.map(
    ask(server, "tools/call", { name: "now" }, { clientInfo: { name: client, version: "1" } }),
    ({ result }) => result
  )

describe("RateLimit", () => {
  it.effect("TOOL-22: a tool that is called too often says when to try again, and then answers", () =>
    Effect.gen(function* () {
      const server = Server.make(info, RateLimit.make({ limit: 2, window: "1 minute" }), ...parts)
      for (let times = 0; times < 2; times++) assert.notProperty(yield* call(server), "isError")
      const late = yield* call(server)
      assert.isTrue(late["isError"])
      assert.match(JSON.stringify(late["content"]), /The tool now is called too often. Try again in \d+ s\./)
      yield* TestClock.adjust("1 minute")
      assert.notProperty(yield* call(server), "isError")
    }).pipe(Effect.provide(RateLimit.layerMemory))
  )

  it.effect("a call of what cannot be the name of a tool is refused like any request", () =>
    Effect.gen(function* () {
      const server = Server.make(info, RateLimit.make({ limit: 1, window: "1 minute" }), ...parts)
      yield* call(server)
      const fault = yield* refused(server, "tools/call", { name: { toString: 0 } })
      assert.strictEqual(fault.code, 429)
    }).pipe(Effect.provide(RateLimit.layerMemory))
  )

  it.effect("COMP-5, COMP-7: so are completions refused, with a code and how long to wait", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        RateLimit.make({ limit: 1, window: "1 minute", methods: ["completion/complete"] }),
        ...parts
      )
      const params = { ref: { type: "ref/prompt", name: "p" }, argument: { name: "size", value: "" } }
      yield* ask(server, "completion/complete", params)
      const fault = yield* refused(server, "completion/complete", params)
      assert.strictEqual(fault.code, 429)
      assert.isAbove((fault.data as { readonly retryAfterMs: number }).retryAfterMs, 0)
      yield* call(server)
      yield* call(server)
    }).pipe(Effect.provide(RateLimit.layerMemory))
  )

  it.effect("TOOL-22: two limits count for themselves", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        RateLimit.make({ limit: 2, window: "1 minute" }),
        RateLimit.make({ limit: 4, window: "1 hour" }),
        ...parts
      )
      const answered = Effect.map(call(server), ({ isError }) => isError !== true)
      const calls = Effect.all([answered, answered, answered])
      assert.deepStrictEqual(yield* calls, [true, true, false])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* calls, [true, true, false])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* calls, [false, false, false])
    }).pipe(Effect.provide(RateLimit.layerMemory))
  )

  it("keys of which there is no end are forgotten when their window is over", () => {
    const counters = new RateCounters()
    for (let now = 0; now < 50_000; now++) counters.take(`key ${now}`, 1, 100, 1, now)
    assert.isAtMost(counters.size, 2000)
    const taken = (now: number) => counters.take("mine", 1, 100, 2, now)[0]
    assert.deepStrictEqual([taken(50_000), taken(50_000), taken(50_000), taken(50_201)], [1, 2, 3, 1])
  })

  it.effect("TOOL-22: who shares a limit is the author's to say", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        RateLimit.make({
          limit: 1,
          window: "1 minute",
          key: ({ meta }) => Effect.succeed(meta.clientInfo?.name ?? "")
        }),
        ...parts
      )
      assert.notProperty(yield* call(server, "a"), "isError")
      assert.notProperty(yield* call(server, "b"), "isError")
      assert.property(yield* call(server, "a"), "isError")
    }).pipe(Effect.provide(RateLimit.layerMemory))
  )

  it("a server without a place to count does not run", () => {
    const server: Server.Server<RateLimiter.RateLimiter> = Server.make(
      info,
      RateLimit.make({ limit: 1, window: 1 })
    )
    // @ts-expect-error the limiter is missing
    const unmet: Server.Server = server
    assert.isDefined(unmet)
  })
})
