import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Client from "../../src/client/Client.ts"
import * as Eras from "../../src/client/Eras.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const tools = {
  "tools/list": Peer.always({ resultType: "complete", tools: [], ttlMs: 0, cacheScope: "private" })
}
const unsupported = (supported: ReadonlyArray<string>) => ({
  code: -32022,
  message: "Unsupported protocol version",
  data: { supported, requested: "2026-07-28" }
})

describe("Negotiate", () => {
  it.effect("VER-7: a modern server is recognised by its answer to server/discover", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.discover(), ...tools })
      const { server } = yield* connect(peer)
      assert.strictEqual(server.era, "stateless")
      assert.strictEqual(server.info.name, "modern")
      assert.deepStrictEqual(peer.words(), ["1 server/discover"])
    })
  )

  it.effect.each([undefined, null, 5, {}, { name: 7 }, { name: "modern" }])(
    "META-1: whatever is at a reserved key, %j, the server is understood",
    (serverInfo) =>
      Effect.gen(function* () {
        const _meta = { "io.modelcontextprotocol/serverInfo": serverInfo, "dev.mcp/x": [serverInfo] }
        const peer = Peer.make({ ...Peer.discover({ _meta }), ...tools })
        const client = yield* connect(peer)
        assert.isString(client.server.info.name)
        assert.deepStrictEqual(yield* client.tools, [])
      })
  )

  it.effect("META-13, VER-4: whatever a server calls itself, it is spoken to alike", () =>
    Effect.gen(function* () {
      const said = yield* Effect.forEach(["modern", "legacy", "evil"], (name) =>
        Effect.gen(function* () {
          const _meta = { "io.modelcontextprotocol/serverInfo": { name, version: "1" } }
          const peer = Peer.make({ ...Peer.discover({ _meta }), ...tools })
          const client = yield* connect(peer, { roots: [] })
          yield* client.tools
          assert.strictEqual(client.server.info.name, name)
          return peer.heard
        })
      )
      for (const messages of said) assert.deepStrictEqual(messages, said[0])
    })
  )

  it.effect("VER-2: a version the server refuses and says it supports is tried again, once", () =>
    Effect.gen(function* () {
      let refused = 0
      const discover = Peer.discover()["server/discover"]!
      const peer = Peer.make({
        "server/discover": (turn) =>
          refused++ === 0 ? Effect.succeed(unsupported(["2026-07-28"])) : discover(turn)
      })
      assert.strictEqual((yield* connect(peer)).server.era, "stateless")
      const stubborn = Peer.make({ "server/discover": Peer.always(unsupported(["2026-07-28"])) })
      const error = yield* Effect.flip(connect(stubborn))
      assert.strictEqual(error._tag, "NegotiationError")
      assert.deepStrictEqual(stubborn.words(), ["1 server/discover", "1 server/discover"])
    })
  )

  it.effect("META-7, META-8: every request of the stateless era explains itself", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.discover(), ...tools })
      const client = yield* connect(peer, { roots: [] })
      yield* client.tools
      const [request] = peer.requests("tools/list")
      assert.deepStrictEqual(request?.params?.["_meta"], {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { name: "test", version: "1.0.0" },
        "io.modelcontextprotocol/clientCapabilities": { roots: {} }
      })
    })
  )

  it.effect.each([-32601, -32602, -32600, -32603, -32000, 7])(
    "VER-8, ERR-3: the error %d is no sign of a modern server",
    (code) =>
      Effect.gen(function* () {
        const peer = Peer.make({
          "server/discover": Peer.always({ code, message: "no" }),
          ...Peer.initialize(),
          ...tools
        })
        const { server } = yield* connect(peer)
        assert.strictEqual(server.protocolVersion, "2025-11-25")
        assert.strictEqual(server.info.name, "legacy")
        assert.deepStrictEqual(peer.words(), [
          "1 server/discover",
          "1 initialize",
          "1 notifications/initialized"
        ])
      })
  )

  it.effect("VER-8: an answer that is no DiscoverResult means the handshake", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ "server/discover": Peer.always({}), ...Peer.initialize() })
      assert.strictEqual((yield* connect(peer)).server.era, "stateful")
    })
  )

  it.effect("VER-8, P15: silence means the handshake, after a time", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ "server/discover": () => Effect.never, ...Peer.initialize() })
      const connecting = yield* Effect.forkChild(connect(peer))
      yield* TestClock.adjust("4900 millis")
      assert.deepStrictEqual(peer.words(), ["1 server/discover"])
      yield* TestClock.adjust("100 millis")
      assert.strictEqual((yield* Fiber.join(connecting)).server.era, "stateful")
    })
  )

  it.effect("VER-8, P15: a connection that dies of the probe is opened again for the handshake", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ "server/discover": ({ die }) => die, ...Peer.initialize() })
      assert.strictEqual((yield* connect(peer)).server.era, "stateful")
      assert.deepStrictEqual(peer.words(), [
        "1 server/discover",
        "2 initialize",
        "2 notifications/initialized"
      ])
      assert.strictEqual(peer.closed(), 1)
    })
  )

  it.effect("VER-9: a recognised modern error never leads to initialize", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        "server/discover": Peer.always(unsupported(["2027-01-01"])),
        ...Peer.initialize()
      })
      const error = yield* Effect.flip(connect(peer))
      assert.strictEqual(error._tag, "NegotiationError")
      assert.deepStrictEqual(error._tag === "NegotiationError" && error.supported, ["2027-01-01"])
      assert.match(error.message, /2026-07-28.*2027-01-01/)
      assert.deepStrictEqual(peer.words(), ["1 server/discover"])
    })
  )

  it.effect.each([-32020, -32021])("VER-9: nor does the error %d", (code) =>
    Effect.gen(function* () {
      const peer = Peer.make({
        "server/discover": Peer.always({ code, message: "no" }),
        ...Peer.initialize()
      })
      const error = yield* Effect.flip(connect(peer))
      assert.strictEqual(error._tag === "McpError" && error.code, code)
    })
  )

  it.effect("VER-2: a server that lists only versions with a handshake gets one", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        "server/discover": Peer.always(unsupported(["2025-06-18", "2025-03-26"])),
        ...Peer.initialize("2025-06-18")
      })
      assert.strictEqual((yield* connect(peer)).server.protocolVersion, "2025-06-18")
      assert.strictEqual(peer.requests("initialize")[0]?.params?.["protocolVersion"], "2025-06-18")
    })
  )

  it.effect("a discover result that lists only versions with a handshake leads to one, too", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover({ supportedVersions: ["2025-11-25"] }),
        ...Peer.initialize("2025-11-25")
      })
      assert.strictEqual((yield* connect(peer)).server.era, "stateful")
    })
  )

  it.effect(
    "LIFE-2, LIFE-7, LIFE-8: initialize carries the newest version, capabilities and clientInfo",
    () =>
      Effect.gen(function* () {
        const peer = Peer.make(Peer.initialize())
        yield* connect(peer, { roots: [], elicit: () => Effect.succeed(Client.decline), title: "Test" })
        assert.deepStrictEqual(peer.requests("initialize")[0]?.params, {
          protocolVersion: "2025-11-25",
          capabilities: { elicitation: { form: {} }, roots: { listChanged: true } },
          clientInfo: { name: "test", version: "1.0.0", title: "Test" }
        })
      })
  )

  it.effect("LIFE-11, ERR-11: a version the client cannot speak ends the connection", () =>
    Effect.gen(function* () {
      const peer = Peer.make(Peer.initialize("1999-01-01"))
      const error = yield* Effect.flip(connect(peer))
      assert.strictEqual(error._tag, "NegotiationError")
      assert.match(error.message, /1999-01-01/)
      assert.strictEqual(peer.closed(), 1)
      assert.deepStrictEqual(peer.words(), ["1 server/discover", "1 initialize"])
    })
  )

  it.effect(
    "LIFE-1, LIFE-4, LIFE-5: a forced version of the stateful era begins with the handshake, and nothing before it",
    () =>
      Effect.gen(function* () {
        const peer = Peer.make({ ...Peer.discover(), ...Peer.initialize("2025-03-26") })
        const { server } = yield* connect(peer, { versions: ["2025-03-26"] })
        assert.strictEqual(server.protocolVersion, "2025-03-26")
        assert.deepStrictEqual(peer.words(), ["1 initialize", "1 notifications/initialized"])
      })
  )

  it.effect("VER-10: a client that speaks only modern versions probes, and says why it fails", () =>
    Effect.gen(function* () {
      const peer = Peer.make(Peer.initialize())
      const error = yield* Effect.flip(connect(peer, { versions: ["2026-07-28"] }))
      assert.strictEqual(error._tag, "NegotiationError")
      assert.match(error.message, /-32601/)
    })
  )

  it.effect("versions are tried in the order they are wanted", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.discover(), ...Peer.initialize() })
      const { server } = yield* connect(peer, { versions: ["2025-11-25", "2026-07-28"] })
      assert.strictEqual(server.era, "stateful")
    })
  )

  it.effect("a wish for the handshake gives way to a server that knows none", () =>
    Effect.gen(function* () {
      const peer = Peer.make(Peer.discover())
      const { server } = yield* connect(peer, { versions: ["2025-11-25", "2026-07-28"] })
      assert.strictEqual(server.era, "stateless")
      assert.deepStrictEqual(peer.words(), ["1 initialize", "2 server/discover"])
    })
  )

  it.effect("a modern server that was slow is found out when it refuses initialize", () =>
    Effect.gen(function* () {
      let asked = 0
      const quick = Peer.discover()["server/discover"]!
      const peer = Peer.make({
        "server/discover": (turn) => (asked++ === 0 ? Effect.never : quick(turn)),
        initialize: Peer.always({ code: -32601, message: "Speak 2026-07-28" })
      })
      const connecting = yield* Effect.forkChild(connect(peer))
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* Fiber.join(connecting)).server.era, "stateless")
    })
  )

  it.effect("an unknown version in the options is refused by name", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(connect(Peer.make({}), { versions: ["2026-07-29"] }))
      assert.match(error.message, /2026-07-29/)
    })
  )

  it.effect("VER-12: the verdict is remembered for the target, and forgotten when it proves wrong", () =>
    Effect.gen(function* () {
      const options = { name: "test", version: "1.0.0" }
      const legacy = Peer.make(Peer.initialize(), "same")
      yield* Client.connect(legacy.transport, options)
      yield* Client.connect(legacy.transport, options)
      assert.deepStrictEqual(legacy.words().slice(3), ["2 initialize", "2 notifications/initialized"])
      const upgraded = Peer.make(Peer.discover(), "same")
      const { server } = yield* Client.connect(upgraded.transport, options)
      assert.strictEqual(server.era, "stateless")
      yield* Client.connect(upgraded.transport, options)
      assert.deepStrictEqual(upgraded.words().slice(2), ["3 server/discover"])
    }).pipe(Effect.provideService(Eras.Eras, Eras.make()))
  )

  it.effect(
    "LIFE-15, LIFE-16, ERR-11: initialize that takes too long ends the connection, and is not cancelled",
    () =>
      Effect.gen(function* () {
        const peer = Peer.make({ initialize: () => Effect.never })
        const connecting = yield* Effect.forkChild(Effect.flip(connect(peer, { versions: ["2025-11-25"] })))
        yield* TestClock.adjust("60 seconds")
        assert.strictEqual((yield* Fiber.join(connecting))._tag, "RequestTimeout")
        assert.strictEqual(peer.closed(), 1)
        assert.notInclude(peer.words(), "1 notifications/cancelled")
      })
  )

  it.effect("a server may speak before anything is settled", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        "server/discover": Peer.always({ code: -32601, message: "no" }),
        initialize: (turn) =>
          Effect.gen(function* () {
            yield* turn.announce(
              JsonRpc.notification("notifications/message", { level: "info", data: "hello" })
            )
            yield* turn.announce(JsonRpc.request("p", "ping", {}))
            yield* turn.reply("p")
            return yield* Peer.initialize()["initialize"]!(turn)
          })
      })
      assert.strictEqual((yield* connect(peer)).server.era, "stateful")
    })
  )

  it.effect("BASE-7: ids start above 0 and are never used again, also on another connection", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ "server/discover": ({ die }) => die, ...Peer.initialize(), ...tools })
      const client = yield* connect(peer)
      yield* client.tools
      yield* client.tools
      const ids = peer.heard.flatMap(({ message }) => (JsonRpc.isRequest(message) ? [message.id] : []))
      assert.strictEqual(new Set(ids).size, ids.length)
      assert.isFalse(ids.includes(0))
    })
  )
})
