import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Cache from "../../src/client/Cache.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const make = (options?: Cache.Options) => Effect.map(Clock.Clock, (clock) => Cache.make(clock, options))
const page = { tools: [], ttlMs: 1000, cacheScope: "private" }

describe("Cache", () => {
  it.effect("CACHE-5: a result is fresh for as long as it says", () =>
    Effect.gen(function* () {
      const cache = yield* make()
      cache.keep("tools/list", {})(page)
      yield* TestClock.adjust(999)
      assert.strictEqual(cache.get("tools/list", {}), page)
      yield* TestClock.adjust(1)
      assert.isUndefined(cache.get("tools/list", {}))
    })
  )

  it.effect.each([0, -1, undefined, "60000", Number.NaN])("CACHE-5: a ttl of %s keeps nothing", (ttlMs) =>
    Effect.map(make(), (cache) => {
      cache.keep("tools/list", {})({ tools: [], ttlMs })
      assert.isUndefined(cache.get("tools/list", {}))
    })
  )

  it.effect("B12, CACHE-3: other params are another request; `_meta` is no part of it", () =>
    Effect.map(make(), (cache) => {
      cache.keep("tools/list", { cursor: "1" })(page)
      assert.isUndefined(cache.get("tools/list", {}))
      assert.isUndefined(cache.get("tools/list", { cursor: "2" }))
      assert.isUndefined(cache.get("prompts/list", { cursor: "1" }))
      assert.strictEqual(cache.get("tools/list", { _meta: { x: 1 }, cursor: "1" }), page)
    })
  )

  it.effect("B12, CACHE-4: results of requests with answers or a state are not kept", () =>
    Effect.map(make(), (cache) => {
      for (const extra of [{ inputResponses: {} }, { requestState: "s" }]) {
        const params = { uri: "a", ...extra }
        cache.keep("resources/read", params)({ contents: [], ttlMs: 1000 })
        assert.isUndefined(cache.get("resources/read", params))
        assert.isUndefined(cache.get("resources/read", { uri: "a" }))
      }
    })
  )

  it.effect("what the specification does not call cacheable is not kept", () =>
    Effect.map(make(), (cache) => {
      cache.keep("prompts/get", { name: "a" })({ messages: [], ttlMs: 1000 })
      assert.isUndefined(cache.get("prompts/get", { name: "a" }))
    })
  )

  it.effect("CACHE-10: a change notice makes stale what it is about, and nothing else", () =>
    Effect.map(make(), (cache) => {
      cache.keep("tools/list", {})(page)
      cache.keep("resources/templates/list", {})(page)
      cache.keep("resources/read", { uri: "a://x" })(page)
      cache.keep("resources/read", { uri: "a://y" })(page)
      cache.notice({ method: "notifications/resources/list_changed", params: {} })
      assert.isUndefined(cache.get("resources/templates/list", {}))
      cache.notice({ method: "notifications/resources/updated", params: { uri: "a://x" } })
      assert.isUndefined(cache.get("resources/read", { uri: "a://x" }))
      assert.isDefined(cache.get("resources/read", { uri: "a://y" }))
      assert.isDefined(cache.get("tools/list", {}))
    })
  )

  it.effect("CACHE-10: an answer that was on its way when the notice came is not kept", () =>
    Effect.map(make(), (cache) => {
      const keep = cache.keep("tools/list", {})
      cache.notice({ method: "notifications/tools/list_changed", params: {} })
      keep(page)
      assert.isUndefined(cache.get("tools/list", {}))
    })
  )

  it.effect("B12: what was kept, or was on its way, for one caller is nothing to the next", () =>
    Effect.gen(function* () {
      let caller = "ada"
      const cache = Cache.make(yield* Clock.Clock, {}, () => caller)
      const pages = ["private", "public"].map((cacheScope) => ({ ...page, cacheScope }))
      for (const one of pages) {
        cache.keep("tools/list", {})(one)
        const late = cache.keep("prompts/list", {})
        assert.strictEqual(cache.get("tools/list", {}), one)
        caller = `not ${caller}`
        late(one)
        assert.isUndefined(cache.get("tools/list", {}))
        assert.isUndefined(cache.get("prompts/list", {}))
        assert.isTrue(cache.isEmpty())
      }
    })
  )

  it.effect("the number of results is bounded", () =>
    Effect.map(make({ capacity: 2 }), (cache) => {
      for (const uri of ["a", "b", "c"]) cache.keep("resources/read", { uri })(page)
      const kept = ["a", "b", "c"].filter((uri) => cache.get("resources/read", { uri }) !== undefined)
      assert.deepStrictEqual(kept, ["b", "c"])
    })
  )
})

describe("Cache of a client", () => {
  const modern = (answers: Peer.Script) => Peer.make({ ...Peer.discover(), ...answers })
  const tools = modern({
    "tools/list": Peer.always({ resultType: "complete", tools: [], ttlMs: 1000, cacheScope: "public" })
  })

  it.effect(
    "CACHE-6: a fresh list is not asked for again, a stale one is, and `cache: false` always asks",
    () =>
      Effect.gen(function* () {
        const client = yield* connect(tools)
        yield* client.tools
        yield* client.tools
        assert.strictEqual(tools.requests("tools/list").length, 1)
        yield* client.listTools(undefined, { cache: false })
        assert.strictEqual(tools.requests("tools/list").length, 2)
        yield* TestClock.adjust(1000)
        yield* client.tools
        assert.strictEqual(tools.requests("tools/list").length, 3)
        yield* client.forget
        yield* client.tools
        assert.strictEqual(tools.requests("tools/list").length, 4)
      })
  )

  it.effect("CACHE-7: that time passes is no reason to ask", () =>
    Effect.gen(function* () {
      const peer = modern({
        "tools/list": Peer.always({ resultType: "complete", tools: [], ttlMs: 1000, cacheScope: "public" })
      })
      const client = yield* connect(peer)
      yield* client.tools
      yield* TestClock.adjust("1 day")
      assert.strictEqual(peer.requests("tools/list").length, 1)
    })
  )

  it.effect("B12, CACHE-9: a client keeps its results to itself, the public ones too", () =>
    Effect.gen(function* () {
      const peer = modern({
        "resources/read": Peer.always({
          resultType: "complete",
          contents: [],
          ttlMs: 1000,
          cacheScope: "public"
        })
      })
      const [one, two] = yield* Effect.all([connect(peer), connect(peer)])
      yield* one.readResource("a://b")
      yield* one.readResource("a://b")
      assert.strictEqual(peer.requests("resources/read").length, 1)
      yield* two.readResource("a://b")
      assert.strictEqual(peer.requests("resources/read").length, 2)
    })
  )

  it.effect("PAGE-4, PAGE-6: a cursor goes back as it came, and not into another session", () =>
    Effect.gen(function* () {
      let session = 0
      const nextCursor = () => ` %2B=\u0000é"{}${session}`
      const peer = Peer.make({
        ...Peer.initialize(),
        ping: Peer.always({}),
        "tools/list": ({ params }) =>
          Effect.succeed({
            tools: [],
            ttlMs: 60_000,
            ...(params["cursor"] === undefined ? { nextCursor: nextCursor() } : {})
          })
      })
      const client = yield* connect(peer, { versions: ["2025-11-25"] })
      yield* client.tools
      yield* peer.hangUp
      session = 1
      yield* client.ping
      yield* client.tools
      const cursors = peer.requests("tools/list").map(({ params }) => params?.["cursor"])
      assert.deepStrictEqual(cursors, [undefined, ` %2B=\u0000é"{}0`, undefined, ` %2B=\u0000é"{}1`])
    })
  )

  it.effect("CACHE-11: when a kept cursor became invalid, the list is fetched anew from its beginning", () =>
    Effect.gen(function* () {
      let version = 1
      const peer = modern({
        "tools/list": ({ params }) =>
          Effect.succeed(
            params["cursor"] === undefined
              ? {
                  resultType: "complete",
                  tools: [],
                  nextCursor: `v${version}`,
                  ttlMs: 1000,
                  cacheScope: "public"
                }
              : params["cursor"] === `v${version}`
                ? { resultType: "complete", tools: [], ttlMs: 0, cacheScope: "public" }
                : { code: -32602, message: "Invalid cursor" }
          )
      })
      const client = yield* connect(peer)
      yield* client.tools
      version = 2
      yield* client.tools
      const cursors = peer.requests("tools/list").map(({ params }) => params?.["cursor"])
      assert.deepStrictEqual(cursors, [undefined, "v1", "v1", undefined, "v2"])
    })
  )
})
