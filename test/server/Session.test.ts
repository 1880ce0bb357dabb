import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Dynamic from "../../src/server/Dynamic.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Limits from "../../src/transport/Limits.ts"
import { call, echo, modern, notification, peerOf, request, serving, shaken } from "./peers.ts"

const initialize = (protocolVersion: unknown, more = {}) =>
  request(1, "initialize", {
    protocolVersion,
    capabilities: {},
    clientInfo: { name: "c", version: "1" },
    ...more
  })

describe("Session handshake", () => {
  it.effect("LIFE-3: initialize is answered with version, capabilities and serverInfo", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(
        Server.make({ name: "demo", version: "2.0.0", instructions: "Be kind" })
      )
      const { result } = yield* accept(initialize("2025-06-18"))
      assert.strictEqual(result.protocolVersion, "2025-06-18")
      assert.deepStrictEqual(result.serverInfo, { name: "demo", version: "2.0.0" })
      assert.strictEqual(result.instructions, "Be kind")
      assert.strictEqual(typeof result.capabilities, "object")
      assert.strictEqual(result.resultType, undefined)
    }).pipe(Effect.scoped)
  )

  it.effect("TRAPS 2: initialize with 2026-07-28 gets the newest stateful revision", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      assert.strictEqual((yield* accept(initialize("2026-07-28"))).result.protocolVersion, "2025-11-25")
    }).pipe(Effect.scoped)
  )

  it.effect("initialize without a version is -32602 and opens nothing", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      assert.strictEqual((yield* accept(initialize(undefined))).error.code, -32602)
      assert.strictEqual((yield* accept(request(2, "tools/call", { name: "x" }))).error.code, -32602)
      assert.strictEqual((yield* accept(initialize("2025-03-26"))).result.protocolVersion, "2025-03-26")
    }).pipe(Effect.scoped)
  )

  it.effect("B10: a second initialize is refused and changes nothing", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const server = serving(({ meta }) => Effect.sync(() => (seen.push(meta), {})))
      const { accept } = yield* shaken(server, "2025-06-18", { roots: {} })
      const second = yield* accept(initialize("2025-11-25", { capabilities: { sampling: {} } }))
      assert.strictEqual(second.error.code, -32600)
      yield* accept(request(2, "tools/call", {}))
      assert.deepInclude(seen[0], {
        protocolVersion: "2025-06-18",
        clientCapabilities: { roots: {} },
        clientInfo: { name: "c", version: "1" }
      })
    }).pipe(Effect.scoped)
  )

  it.effect("VER-14: both eras are served on one connection", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo)
      assert.strictEqual((yield* accept(call(1))).result.resultType, "complete")
      const old = yield* accept(request(2, "tools/call", { name: "it" }))
      assert.strictEqual(old.result.resultType, undefined)
      assert.deepStrictEqual(old.result.echoed, { name: "it" })
    }).pipe(Effect.scoped)
  )

  it.effect("LIFE-20: ping is answered with an empty result, also before initialize", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      assert.deepStrictEqual(yield* accept(request(7, "ping")), { jsonrpc: "2.0", id: 7, result: {} })
    }).pipe(Effect.scoped)
  )

  it.effect("S007, ERR-9: an unknown method is -32601 in both eras", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(echo)
      assert.strictEqual((yield* accept(request(1, "no/such", { _meta: modern() }))).error.code, -32601)
      assert.strictEqual((yield* accept(request(2, "no/such"))).error.code, -32601)
    }).pipe(Effect.scoped)
  )
})

describe("Session envelope", () => {
  it.effect("H13: a message nested too deep is refused", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      const deep = JSON.parse(`${"[".repeat(50)}${"]".repeat(50)}`)
      const { error, id } = yield* accept(call(1, { deep }))
      assert.deepStrictEqual([error.code, id], [-32600, 1])
    }).pipe(Effect.scoped, Effect.provide(Limits.layer({ depth: 20 })))
  )

  it.effect("H15: a response to nothing and an unknown notification change nothing", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(echo)
      assert.strictEqual(yield* accept({ jsonrpc: "2.0", id: 9, result: {} }), undefined)
      assert.strictEqual(yield* accept(notification("notifications/whatever")), undefined)
      assert.strictEqual((yield* accept(call(1))).id, 1)
    }).pipe(Effect.scoped)
  )
})

describe("Session without a handshake", () => {
  it.effect("BASE-22, STDIO-7: is not pinged", () =>
    Effect.gen(function* () {
      const { accept, session } = yield* peerOf(echo)
      yield* accept(call(1))
      assert.strictEqual((yield* Effect.flip(session.ping)).code, -32601)
    }).pipe(Effect.scoped)
  )
})

describe("Session words", () => {
  it.effect("results, faults and notifications are told in the words of the revision", () =>
    Effect.gen(function* () {
      const { accept, said } = yield* shaken(
        Server.make(
          { name: "test", version: "1" },
          Resource.text("note://a", { name: "a" }, "A"),
          Dynamic.make().part
        ),
        "2025-06-18"
      )
      const listed = yield* accept(request(1, "resources/list"))
      assert.strictEqual(listed.result.ttlMs, undefined)
      const missing = yield* accept(request(2, "resources/read", { uri: "note://b" }))
      assert.strictEqual(missing.error.code, -32002)
      assert.deepStrictEqual(said, [])
    }).pipe(Effect.scoped)
  )
})
