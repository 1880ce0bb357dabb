/** Ways around a policy: batches, and headers that say something else than the body. Over every face. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Limits from "mcp-effect/Limits"
import * as McpError from "mcp-effect/McpError"
import * as Middleware from "mcp-effect/Middleware"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { connect } from "node:net"
import { type Asked, faces } from "../http/faces.ts"
import { call, initialize, json, legacy, modern, open as begin, request } from "../http/messages.ts"
import * as Fixture from "../http/server.ts"
import { baseline } from "./baseline.ts"
import { having } from "./telling.ts"

/** A server that does not let anybody call `secret`. */
const guarded = () => {
  const called: Array<string> = []
  const note = (name: string) => Effect.sync(() => void called.push(name))
  const server = Server.make(
    { name: "guarded", version: "1.0.0" },
    Tool.handle(Tool.make("open"), () => note("open")),
    Tool.handle(Tool.make("secret"), () => note("secret")),
    Middleware.make(
      (next) => (request) =>
        request.params["name"] === "secret"
          ? Effect.fail(McpError.invalidParams("Not for you"))
          : next(request)
    )
  )
  return { called, server }
}

const older = "2025-03-26"
const batch = [call(1, "open"), call(2, "secret"), request(3, "ping")]

for (const [face, open] of faces) {
  describe(`batches over ${face}`, () => {
    it.live("E13, H17: a policy for a method is one for each item", () =>
      Effect.gen(function* () {
        const { called, server } = guarded()
        const peer = yield* open(server)
        const session = yield* begin(peer, older)
        const answers = json(yield* peer.ask(legacy(batch, session)))
        assert.deepStrictEqual(
          answers.map(({ error }: { readonly error?: { readonly code: number } }) => error?.code),
          [undefined, -32602, undefined]
        )
        assert.deepStrictEqual(called, ["open"])
      }).pipe(baseline)
    )

    it.live("E13: a session has no more batches than its revision, whatever the header says", () =>
      Effect.gen(function* () {
        const { called, server } = guarded()
        const peer = yield* open(server)
        for (const version of ["2024-11-05", "2025-06-18", "2025-11-25"]) {
          const session = yield* begin(peer, version)
          const { "mcp-protocol-version": _, ...unversioned } = session
          for (const headers of [session, { ...session, "mcp-protocol-version": older }, unversioned]) {
            const answer = yield* peer.ask(legacy(batch, headers))
            const { code } = json(answer).error
            assert.deepStrictEqual(
              [answer.status, code],
              [400, -32600],
              `${version} ${JSON.stringify(headers)}`
            )
          }
        }
        assert.deepStrictEqual(called, [])
      }).pipe(baseline)
    )

    it.live("E13: 2026-07-28 has none, and nothing of that revision gets in by one", () =>
      Effect.gen(function* () {
        const { called, server } = guarded()
        const peer = yield* open(server)
        const { body, headers } = modern("tools/call", { name: "open", arguments: {} })
        const item = JSON.parse(String(body))
        const { "mcp-protocol-version": _, ...unversioned } = headers as { [name: string]: string }
        const without = [headers, { ...headers, "mcp-protocol-version": older }, unversioned]
        for (const sent of without) {
          const answer = yield* peer.ask(legacy([item], sent))
          assert.deepStrictEqual([answer.status, json(answer).error.code], [400, -32600])
        }
        assert.deepStrictEqual(called, [])
      }).pipe(baseline)
    )

    it.live("E13: without sessions every item is as good as a request, and no better", () =>
      Effect.gen(function* () {
        const { called, server } = guarded()
        const peer = yield* open(server, { stateless: true })
        const answers = json(yield* peer.ask(legacy(batch)))
        assert.strictEqual(answers[1].error.code, -32602)
        assert.deepStrictEqual(called, ["open"])
        for (const version of ["2025-06-18", "2025-11-25", "2026-07-28"]) {
          const answer = yield* peer.ask(legacy(batch, { "mcp-protocol-version": version }))
          assert.strictEqual(answer.status, 400, version)
        }
        const many = Array.from({ length: 101 }, (_, id) => call(id, "open"))
        assert.strictEqual((yield* peer.ask(legacy(many))).status, 400)
        assert.deepStrictEqual(called, ["open"])
      }).pipe(baseline)
    )

    it.live("E13: a batch is as large as a message may be, and as long as a batch may be", () =>
      Effect.gen(function* () {
        const { called, server } = guarded()
        const peer = yield* open(server)
        const session = yield* begin(peer, older)
        const of = (length: number) => Array.from({ length }, (_, id) => call(id, "open"))
        assert.strictEqual((yield* peer.ask(legacy(of(101), session))).status, 400)
        const padded = { ...call(1, "open"), padding: "x".repeat(20_000) }
        assert.strictEqual((yield* peer.ask(legacy([padded], session))).status, 413)
        assert.deepStrictEqual(called, [])
        assert.lengthOf(json(yield* peer.ask(legacy(of(100), session))), 100)
      }).pipe(baseline, Effect.provide(Limits.layer({ bodyBytes: 16_000 })))
    )

    it.live("E13: initialize in a batch begins nothing", () =>
      Effect.gen(function* () {
        const peer = yield* open(guarded().server)
        const answer = yield* peer.ask(legacy([initialize(older), call(1, "open")]))
        assert.strictEqual(answer.status, 400)
        assert.isUndefined(answer.headers["mcp-session-id"])
      }).pipe(baseline)
    )
  })

  describe(`headers over ${face}`, () => {
    const asking = modern("tools/call", { name: "echo", arguments: { text: "hi" } })
    const encoded = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`
    const route = (args: object, headers: Asked["headers"]) =>
      having(modern("tools/call", { name: "route", arguments: args }), headers)
    const without = (name: string): Asked => {
      const { [name]: _, ...headers } = asking.headers as { [name: string]: string }
      return { ...asking, headers }
    }
    const wrong: ReadonlyArray<readonly [what: string, asked: Asked]> = [
      ["another method", having(asking, { "mcp-method": "tools/list" })],
      ["the method in another case", having(asking, { "mcp-method": "Tools/Call" })],
      ["the method encoded as a path", having(asking, { "mcp-method": "tools%2Fcall" })],
      ["two methods", having(asking, { "mcp-method": "tools/call, tools/call" })],
      ["no method", without("mcp-method")],
      ["an empty method", having(asking, { "mcp-method": "" })],
      ["another name", having(asking, { "mcp-name": "route" })],
      ["the name in another case", having(asking, { "mcp-name": "Echo" })],
      ["two names", having(asking, { "mcp-name": "echo, echo" })],
      ["a name with more behind it", having(asking, { "mcp-name": "echo x" })],
      ["a name with a space inside", having(asking, { "mcp-name": "ec ho" })],
      ["another name encoded", having(asking, { "mcp-name": encoded("route") })],
      ["a name encoded with a space", having(asking, { "mcp-name": encoded("echo ") })],
      ["no name", without("mcp-name")],
      ["no revision", without("mcp-protocol-version")],
      ["an older revision", having(asking, { "mcp-protocol-version": "2025-11-25" })],
      ["two revisions", having(asking, { "mcp-protocol-version": "2026-07-28, 2026-07-28" })],
      ["another argument", route({ region: "eu" }, { "mcp-param-region": "us" })],
      ["an argument in another case", route({ region: "eu" }, { "mcp-param-region": "EU" })],
      ["an argument twice", route({ region: "eu" }, { "mcp-param-region": "eu, eu" })],
      ["an argument with a space inside", route({ region: "e u" }, { "mcp-param-region": "e  u" })],
      ["another argument encoded", route({ region: "eu" }, { "mcp-param-region": encoded("us") })],
      ["another number", route({ size: 1 }, { "mcp-param-size": "2" })],
      ["a number with text", route({ size: 1 }, { "mcp-param-size": "1x" })],
      ["an argument that is not there", route({}, { "mcp-param-region": "eu" })],
      ["no argument", route({ region: "eu" }, {})]
    ]
    for (const [what, asked] of wrong) {
      it.live(`E14: ${what}, and the body says otherwise: 400, -32020, and nothing is called`, () =>
        Effect.gen(function* () {
          const { inside, server } = Fixture.make()
          const answer = yield* (yield* open(server)).ask(asked)
          assert.deepStrictEqual([answer.status, json(answer).error.code], [400, -32020], answer.text)
          assert.strictEqual(inside.calls, 0)
        }).pipe(baseline)
      )
    }
  })
}

for (const [face, open] of faces.filter(([name]) => name !== "fetch")) {
  it.live(`E14: a header that is there twice, over ${face}, is none that a proxy may have looked at`, () =>
    Effect.gen(function* () {
      const { inside, server } = Fixture.make()
      const port = Number(new URL((yield* open(server)).origin).port)
      const { body, headers } = modern("tools/call", { name: "echo", arguments: { text: "hi" } })
      const send = (...more: ReadonlyArray<string>) =>
        Effect.callback<string>((resume) => {
          const lines = [
            "POST /mcp HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            ...Object.entries(headers!).map(([name, value]) => `${name}: ${value}`),
            `Content-Length: ${String(body).length}`,
            ...more
          ]
          const socket = connect(port, "127.0.0.1", () =>
            socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`)
          )
          let text = ""
          socket.on("data", (chunk) => (text += chunk.toString()))
          socket.on("close", () => resume(Effect.succeed(text)))
        })
      assert.match(yield* send(), /^HTTP\/1\.1 200 /)
      for (const twice of [
        "Mcp-Method: tools/call",
        "Mcp-Method: tools/list",
        "Mcp-Name: echo",
        "Mcp-Name: route",
        "MCP-Protocol-Version: 2026-07-28"
      ]) {
        const answer = yield* send(twice)
        assert.match(answer, /^HTTP\/1\.1 400 /, twice)
        assert.include(answer, "-32020", twice)
      }
      assert.strictEqual(inside.calls, 1)
    }).pipe(baseline)
  )
}
