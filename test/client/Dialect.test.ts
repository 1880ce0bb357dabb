import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Client from "../../src/client/Client.ts"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const done = { resultType: "complete", content: [] }
const modern = () => Peer.make({ ...Peer.discover(), "tools/call": Peer.always(done) })
const metaOf = (request: JsonRpc.Request | undefined) => request?.params?.["_meta"] as JsonRpc.Params

describe("Dialect", () => {
  it.effect(
    "META-2, META-4: a malformed key of the application is a defect that names it, and not sent",
    () =>
      Effect.gen(function* () {
        const peer = modern()
        const client = yield* connect(peer)
        for (const key of ["-x", "9.com/x", "com.example/x y"]) {
          const exit = yield* Effect.exit(client.callTool("x", {}, { meta: { [key]: 1 } }))
          assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", `"${key}" cannot be a key`)
        }
        assert.deepStrictEqual(peer.words(), ["1 server/discover"])
        yield* client.callTool("x", {}, { meta: { "com.example/x": 1 } })
        assert.strictEqual(metaOf(peer.requests("tools/call")[0])["com.example/x"], 1)
      })
  )

  it.effect("EXT-1: an extension without a prefix is a defect", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(connect(modern(), { extensions: { tasks: {} } }))
      assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", '"tasks" cannot name an extension')
    })
  )

  it.effect("EXT-4: no extension is declared unless the application names it", () =>
    Effect.gen(function* () {
      const plain = modern()
      yield* connect(plain)
      const able = modern()
      yield* connect(able, { extensions: { "com.example/x": { deep: true } } })
      const [none, one] = [plain, able].map(
        (peer) => metaOf(peer.requests("server/discover")[0])["io.modelcontextprotocol/clientCapabilities"]
      )
      assert.deepStrictEqual([none, one], [{}, { extensions: { "com.example/x": { deep: true } } }])
    })
  )

  it.effect("BASE-24: a notification that only other revisions have is not sent; one of nobody's is", () =>
    Effect.gen(function* () {
      const peer = modern()
      const client = yield* connect(peer, { roots: [] })
      yield* client.sendRootsChanged
      yield* client.notify("notifications/initialized")
      yield* client.notify("notifications/com.example/own")
      assert.deepStrictEqual(peer.words(), ["1 server/discover", "1 notifications/com.example/own"])
    })
  )

  it.effect("LIFE-13: a client tells of changed roots only if it declared to have some", () =>
    Effect.gen(function* () {
      const heard = (options: Partial<Client.Options>) =>
        Effect.gen(function* () {
          const peer = Peer.make(Peer.initialize())
          const client = yield* connect(peer, { versions: ["2025-11-25"], ...options })
          yield* client.sendRootsChanged
          return peer.words().includes("1 notifications/roots/list_changed")
        })
      assert.deepStrictEqual([yield* heard({}), yield* heard({ roots: [] })], [false, true])
    })
  )
})
