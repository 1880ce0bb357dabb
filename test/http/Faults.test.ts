/** What goes wrong between clients and servers, and what is left of it: nothing. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import * as Limits from "mcp-effect/Limits"
import * as Progress from "mcp-effect/Progress"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import { connect } from "node:net"
import { type Asked, faces, overFunction } from "./faces.ts"
import { call, explained, initialize, json, legacy, modern, notification, open, request } from "./messages.ts"
import * as Fixture from "./server.ts"
import { as, named } from "../security/telling.ts"

const turn = Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))
const turns = (times: number) => Effect.repeat(turn, { times })

/** Sockets this process has, those of listeners aside. */
const sockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length

const recording = (logged: Array<unknown>) =>
  Logger.layer([Logger.make(({ message }) => void logged.push(message))])

const echo = modern("tools/call", { name: "echo", arguments: { text: "hi" } })
const wait = modern("tools/call", { name: "wait", arguments: {} })
const speak = modern("tools/call", { name: "report_and_wait", arguments: {} }, { meta: { progressToken: 1 } })

/** A request as bytes. */
const bytes = ({ body = "", headers = {}, method, path }: Asked) =>
  [
    `${method} ${path} HTTP/1.1`,
    "Host: localhost",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(String(body))}`,
    "",
    String(body)
  ].join("\r\n")

const half = (text: string) => text.slice(0, text.length - 20)

/** When a client resets its connection: after what it has sent, and how many bytes it has heard by then. */
const phases: ReadonlyArray<readonly [phase: string, sent: string, hears: boolean]> = [
  ["at once", "", false],
  ["in the request line", "POST /mc", false],
  ["between headers", half(bytes(echo).split("\r\n\r\n")[0]!), false],
  ["before the body", `${bytes(echo).split("\r\n\r\n")[0]}\r\n\r\n`, false],
  ["in the body", half(bytes(echo)), false],
  ["while it is answered", bytes(wait), false],
  ["in the stream of the answer", bytes(speak), true],
  ["after the answer", bytes(echo), true]
]

for (const [face, start] of faces.filter(([name]) => name !== "fetch")) {
  describe(`clients of ${face} that go away`, () => {
    for (const [phase, sent, hears] of phases) {
      it.live(`H1, E8: ${phase} leave nothing behind, and the next client is served`, () => {
        const logged: Array<unknown> = []
        return Effect.gen(function* () {
          const peer = yield* start(Fixture.make().server, { responseMode: "auto" })
          const port = Number(new URL(peer.origin).port)
          assert.strictEqual((yield* peer.ask(echo)).status, 200)
          const before = sockets()
          const reset = Effect.callback<void>((resume) => {
            const socket = connect(port, "127.0.0.1", () => {
              socket.write(sent, () => {
                if (!hears) socket.resetAndDestroy()
              })
            })
            socket.on("data", () => socket.resetAndDestroy())
            socket.on("error", () => {})
            socket.on("close", () => resume(Effect.void))
          })
          yield* Effect.all(
            Array.from({ length: 40 }, () => reset),
            { concurrency: 8, discard: true }
          )
          while (sockets() > before) yield* turn
          assert.strictEqual((yield* peer.ask(echo)).status, 200)
          assert.deepStrictEqual(logged, [])
        }).pipe(Effect.scoped, Effect.provide(recording(logged)))
      })
    }
  })
}

describe("clients that do not read", () => {
  /** Speaks until it is stopped, and counts how often. */
  const pouring = () => {
    const seen = { said: 0, stopped: Deferred.makeUnsafe<void>() }
    const server = Server.make(
      { name: "pouring", version: "1.0.0" },
      Tool.handle(Tool.make("pour"), () =>
        Effect.forever(Effect.suspend(() => Progress.report(++seen.said, undefined, "x".repeat(100)))).pipe(
          Effect.onInterrupt(() => Deferred.succeed(seen.stopped, undefined))
        )
      )
    )
    return { seen, server }
  }

  it.effect("H6, E16: are waited for, and cut when they stall: no more than the limit waits for them", () =>
    Effect.gen(function* () {
      const { seen, server } = pouring()
      const handler = yield* StreamableServer.handler(server, { keepAlive: "10 seconds" })
      const asked = modern("tools/call", { name: "pour", arguments: {} }, { meta: { progressToken: 1 } })
      const { body, headers } = asked
      const sent = { method: "POST", headers: { ...headers }, body: String(body) }
      const response = yield* Effect.promise(() => handler(new Request("http://localhost/mcp", sent)))
      yield* turns(50)
      const said = seen.said
      yield* turns(50)
      assert.strictEqual(seen.said, said, "the handler waits")
      assert.isBelow(said * 100, 20_000)
      for (let sweep = 0; sweep < 4; sweep++) yield* TestClock.adjust("10 seconds")
      yield* Deferred.await(seen.stopped)
      const read = yield* Effect.exit(Effect.tryPromise(() => response.text()))
      assert.strictEqual(read._tag, "Failure", "what waited for it is gone")
    }).pipe(Effect.scoped, Effect.provide(Limits.layer({ queueBytes: 10_000, stalled: 20_000 })))
  )
})

describe("odd requests", () => {
  const opened = Effect.gen(function* () {
    const fixture = Fixture.make()
    return { ...fixture, peer: overFunction(yield* StreamableServer.handler(fixture.server)) }
  })

  it.live("H14: ids come back exactly as they were, and what is no id is refused", () =>
    Effect.gen(function* () {
      const { inside, peer } = yield* opened
      const session = yield* open(peer)
      const args = { name: "echo", arguments: { text: "hi" } }
      const inEras = (id: string) => {
        const params = JSON.stringify({ ...args, _meta: explained() })
        const older = JSON.stringify(args)
        return [
          { ...echo, body: `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${params}}` },
          {
            ...legacy({}, session),
            body: `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${older}}`
          }
        ]
      }
      const long = JSON.stringify("i".repeat(100_000))
      for (const id of ["0", "-1", "9007199254740991", '""', '"0"', '"ünï"', '"__proto__"', long]) {
        for (const asked of inEras(id)) {
          const answer = yield* peer.ask(asked)
          assert.strictEqual(answer.status, 200, id.slice(0, 40))
          assert.deepStrictEqual(json(answer).id, JSON.parse(id))
        }
      }
      const calls = inside.calls
      for (const id of ["null", "true", "{}", "[1]", "1.5"]) {
        for (const asked of inEras(id)) {
          const answer = yield* peer.ask(asked)
          assert.strictEqual(answer.status, 400, id)
          assert.strictEqual(json(answer).error.code, -32600, id)
        }
      }
      assert.strictEqual(inside.calls, calls, "and nothing was called")
    }).pipe(Effect.scoped)
  )

  it.live("H14: an id that is being answered in a session is not taken a second time", () =>
    Effect.gen(function* () {
      const { inside, peer } = yield* opened
      const session = yield* open(peer)
      yield* Effect.forkChild(peer.ask(legacy(call(1, "wait"), session)))
      yield* Deferred.await(inside.started)
      const second = json(yield* peer.ask(legacy(call(1, "echo", { text: "hi" }), session)))
      assert.strictEqual(second.error.code, -32600)
      assert.strictEqual(inside.calls, 0)
      yield* Deferred.succeed(inside.gate, undefined)
    }).pipe(Effect.scoped)
  )

  it.live("H15: what nobody knows is refused or passed over, and changes nothing", () =>
    Effect.gen(function* () {
      const { peer } = yield* opened
      const session = yield* open(peer)
      const unknown = json(yield* peer.ask(legacy(request(1, "no/such/method"), session)))
      assert.strictEqual(unknown.error.code, -32601)
      for (const sent of [
        notification("notifications/nobody/knows"),
        { jsonrpc: "2.0", id: 99, result: {} },
        { jsonrpc: "2.0", id: "x", error: { code: 1, message: "x" } }
      ]) {
        assert.strictEqual((yield* peer.ask(legacy(sent, session))).status, 202)
      }
      assert.strictEqual((yield* peer.ask(legacy(request(2, "ping"), session))).status, 200)
    }).pipe(Effect.scoped)
  )

  it.live("H17: batches of 2025-03-26 are answered as far as there is something to answer", () =>
    Effect.gen(function* () {
      const { peer } = yield* opened
      const session = yield* open(peer, "2025-03-26")
      const send = (batch: ReadonlyArray<unknown>) => peer.ask(legacy(batch, session))
      assert.strictEqual((yield* send([notification("notifications/x"), notification("y")])).status, 202)
      const mixed = json(yield* send([request(1, "ping"), notification("y"), { no: "message" }]))
      assert.deepStrictEqual(
        mixed.map(({ error, id }: { readonly id?: number; readonly error?: object }) => [
          id,
          error !== undefined
        ]),
        [
          [1, false],
          [undefined, true]
        ]
      )
      for (const bad of [[], Array.from({ length: 101 }, (_, id) => request(id, "ping"))]) {
        const answer = yield* send(bad)
        assert.strictEqual(answer.status, 400, answer.text)
        assert.strictEqual(json(answer).error.code, -32600)
      }
      const nested = json(yield* send([[request(1, "ping")]]))
      assert.strictEqual(nested[0].error.code, -32600)
    }).pipe(Effect.scoped)
  )
})

describe("sessions by the thousand", () => {
  it.live("E7, H23: requests that are refused begin none, and each that ends makes room for another", () =>
    Effect.gen(function* () {
      const fixture = Fixture.make()
      const peer = overFunction(yield* StreamableServer.handler(fixture.server))
      const begin = legacy(initialize("2025-11-25"))
      const refused: ReadonlyArray<Asked> = [
        { ...begin, body: "{" },
        { ...begin, body: JSON.stringify(request(1, "initialize")) },
        legacy(initialize("2025-11-25"), { "content-type": "text/plain" }),
        legacy(initialize("2025-11-25"), { accept: "text/html" }),
        legacy(initialize("2025-11-25"), { origin: "https://attacker.test" }),
        legacy(initialize("2025-11-25"), { "mcp-session-id": "x" }),
        legacy(initialize("2025-11-25"), { "mcp-protocol-version": "1999-01-01" }),
        legacy([initialize("2025-11-25")])
      ]
      for (let round = 0; round < 200; round++) {
        for (const asked of refused) assert.isAtLeast((yield* peer.ask(asked)).status, 400)
      }
      // There is room for one at a time only.
      for (let round = 0; round < 10_000; round++) {
        const { headers, status } = yield* peer.ask(begin)
        assert.strictEqual(status, 200, `session ${round}`)
        yield* peer.ask({ method: "DELETE", headers: { "mcp-session-id": headers["mcp-session-id"]! } })
      }
    }).pipe(Effect.scoped, Effect.provide(Limits.layer({ sessions: 1 })))
  )

  it.live("H23: lines of HTTP+SSE and sessions of one caller have a limit of their own", () =>
    Effect.gen(function* () {
      const peer = overFunction(
        yield* StreamableServer.handler(Fixture.make().server, { guard: named, sse: true })
      )
      const line = (user: string) =>
        peer.stream({ path: "/sse", headers: { accept: "text/event-stream", ...as(user) } })
      const begin = (user: string) => peer.ask(legacy(initialize("2025-11-25"), as(user)))
      for (let round = 0; round < 2; round++) {
        assert.strictEqual((yield* line("ada")).status, 200)
        assert.strictEqual((yield* begin("ada")).status, 200)
      }
      assert.strictEqual((yield* line("ada")).status, 503)
      assert.strictEqual((yield* begin("ada")).status, 503)
      assert.strictEqual((yield* line("bob")).status, 200)
      assert.strictEqual((yield* begin("bob")).status, 200)
    }).pipe(Effect.scoped, Effect.provide(Limits.layer({ sessionsPerCaller: 2 })))
  )
})
