/**
 * Section A of the known faults of MCP servers: what a page in a browser, or another machine, can reach. Every way in,
 * over every face.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exchange from "mcp-effect/Exchange"
import * as NodeServer from "mcp-effect/NodeServer"
import { createServer, request } from "node:http"
import { type AddressInfo, connect } from "node:net"
import * as Site from "../../src/transport/streamable/Site.ts"
import type { Incoming } from "../../src/transport/streamable/Door.ts"
import { type Asked, faces, overSockets, type Peer } from "../http/faces.ts"
import { initialize, legacy, modern } from "../http/messages.ts"
import * as Fixture from "../http/server.ts"
import { baseline } from "./baseline.ts"

const call = modern("tools/call", { name: "echo", arguments: { text: "hi" } })
const begin = legacy(initialize("2025-11-25"))
const having = ({ headers, ...asked }: Asked, more: Asked["headers"]): Asked => ({
  ...asked,
  headers: { ...headers, ...more }
})

const onSockets = faces.filter(([face]) => face !== "fetch")
const portOf = ({ origin }: Peer) => Number(new URL(origin).port)

/** Sends lines as they are, and reads all that is answered until the connection ends. */
const raw = (port: number, head: ReadonlyArray<string>, body = "") =>
  Effect.callback<string>((resume) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(`${head.join("\r\n")}\r\n\r\n${body}`))
    let text = ""
    socket.on("data", (chunk) => {
      text += chunk.toString()
    })
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(text)))
  })

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

/** A call as lines, with a head of one's own. */
const lines = (target: string, hosts: ReadonlyArray<string>) => [
  `POST ${target} HTTP/1.1`,
  ...hosts.map((host) => `Host: ${host}`),
  ...Object.entries(call.headers!).map(([name, value]) => `${name}: ${value}`),
  `Content-Length: ${String(call.body).length}`,
  "Connection: close"
]

describe("every route of a server", () => {
  const everything: Site.Options = {
    sse: true,
    health: true,
    guard: {
      admit: () => Effect.die("nobody should get as far as the guard"),
      documents: new Map([["/.well-known/x", { status: 200, headers: {}, body: "{}" }]])
    }
  }

  it.effect("A3: asks for the name it was called by, whatever the method", () =>
    Effect.gen(function* () {
      const { routes } = yield* Site.make(Fixture.make().server, everything)
      assert.sameMembers(
        routes.map(({ path }) => path),
        ["/mcp", "/sse", "/messages/", "/health", "/.well-known/x"]
      )
      for (const { handle, path } of routes) {
        for (const method of ["GET", "POST", "DELETE", "OPTIONS", "PUT", "TRACE"]) {
          const answers: Array<number> = []
          const incoming: Incoming = {
            head: { method, url: path, header: (name) => (name === "host" ? "attacker.test" : undefined) },
            out: {
              reply: ({ status }) => void answers.push(status),
              open: () => assert.fail(`${method} ${path} opened a stream`),
              onGone: () => {}
            },
            body: () => assert.fail(`${method} ${path} read the body`)
          }
          handle(incoming)
          assert.deepStrictEqual(answers, [403], `${method} ${path}`)
        }
      }
    }).pipe(baseline)
  )
})

for (const [face, open] of faces) {
  describe(`reach over ${face}`, () => {
    const names: ReadonlyArray<readonly [host: string, status: number]> = [
      ["attacker.test", 403],
      ["attacker.test:80", 403],
      ["ATTACKER.TEST", 403],
      ["attacker.test.", 403],
      ["127.0.0.1.attacker.test", 403],
      ["localhost.", 403],
      ["127.1", 403],
      ["0.0.0.0", 403],
      ["[::ffff:127.0.0.1]", 403],
      ["localhost@attacker.test", 400],
      ["attacker.test, localhost", 400],
      ["local host", 400],
      ["localhost:99999999", 400],
      ["localhost/path", 400]
    ]
    it.live("A1, A2: a name that is not the server's is refused before anything is looked at", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const peer = yield* open(server)
        for (const [host, status] of names) {
          for (const asked of [call, begin]) {
            const answer = yield* peer.ask(having(asked, { host }))
            assert.strictEqual(answer.status, status, host)
            assert.isUndefined(answer.headers["mcp-session-id"])
          }
        }
        assert.strictEqual(inside.calls, 0)
        for (const host of ["localhost", "LOCALHOST:1", "127.0.0.1:3000", "[::1]:3000"]) {
          assert.strictEqual((yield* peer.ask(having(call, { host }))).status, 200, host)
        }
      }).pipe(baseline)
    )

    it.live("A4: pages that are not listed are refused, however much they look like one", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const peer = yield* open(server, { origins: ["https://app.test"] })
        const strangers = [
          "null",
          "",
          "http://app.test",
          "https://app.test:8443",
          "https://x.app.test",
          "https://app.test.attacker.test",
          "https://attacker.test/https://app.test",
          "https://app.test, https://attacker.test",
          "HTTPS://APP.TEST/",
          "app.test",
          "file://"
        ]
        for (const origin of strangers) {
          const answer = yield* peer.ask(having(call, { origin }))
          assert.strictEqual(answer.status, 403, origin)
          assert.isUndefined(answer.headers["access-control-allow-origin"])
        }
        assert.strictEqual(inside.calls, 0)
        assert.strictEqual((yield* peer.ask(having(call, { origin: "https://app.test" }))).status, 200)
        assert.strictEqual((yield* peer.ask(call)).status, 200, "programs send no origin")
      }).pipe(baseline)
    )

    const types = [
      "text/plain",
      "text/plain; charset=utf-8",
      "text/plain; application/json",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=application/json",
      "application/jsonp",
      "application/json-seq",
      "xapplication/json",
      "application/json, text/plain",
      "application/json; charset=utf-7"
    ]
    it.live("A6: what a page can send without asking is refused with 415, and nothing is called", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const peer = yield* open(server, { sse: true })
        for (const type of types) {
          for (const asked of [call, begin, { ...begin, path: "/messages/?session_id=x" }]) {
            const answer = yield* peer.ask(having(asked, { "content-type": type }))
            assert.strictEqual(answer.status, 415, `${type} at ${asked.path}`)
          }
        }
        assert.strictEqual(inside.calls, 0)
      }).pipe(baseline)
    )

    it.live("A7: no answer is for any page, and none lets a page use what the browser knows", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server, { sse: true, origins: ["https://app.test"] })
        const asked: ReadonlyArray<Asked> = [
          call,
          begin,
          { ...call, body: "{" },
          { method: "OPTIONS" },
          { method: "OPTIONS", path: "/sse" },
          { method: "OPTIONS", path: "/messages/" },
          { method: "DELETE" },
          { method: "PUT" },
          { path: "/nowhere" }
        ]
        for (const each of asked) {
          for (const origin of ["https://app.test", "https://attacker.test", "null"]) {
            const { headers } = yield* peer.ask(having(each, { origin }))
            const allowed = headers["access-control-allow-origin"]
            assert.include([undefined, "https://app.test"], allowed, `${each.method} ${each.path}`)
            if (origin !== "https://app.test") assert.isUndefined(allowed, origin)
            assert.isUndefined(headers["access-control-allow-credentials"])
          }
        }
      }).pipe(baseline)
    )

    it.live("A11: what a proxy is said to have been asked changes nothing", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const peer = yield* open(server, { sse: true })
        const forwarded = {
          "x-forwarded-host": "localhost",
          forwarded: "host=localhost",
          "x-forwarded-for": "127.0.0.1",
          "x-original-host": "localhost",
          "x-http-method-override": "POST"
        }
        const refused = yield* peer.ask(having(call, { ...forwarded, host: "attacker.test" }))
        assert.strictEqual(refused.status, 403)
        assert.strictEqual(inside.calls, 0)
        const foreign = { "x-forwarded-host": "attacker.test", "x-forwarded-prefix": "/attacker" }
        const answer = yield* peer.ask(having(call, foreign))
        assert.strictEqual(answer.status, 200)
        assert.notInclude(JSON.stringify(answer), "attacker")
        const stream = yield* peer.stream({
          path: "/sse",
          headers: { accept: "text/event-stream", ...foreign }
        })
        let announced: string | undefined = ":"
        while (announced === ":") announced = yield* Effect.promise(stream.next)
        assert.include(announced, "event: endpoint")
        assert.notInclude(announced, "attacker")
        stream.close()
      }).pipe(baseline)
    )

    it.live("A12: however a path is written, it is guarded or it is nowhere", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const guard: Exchange.Guard = {
          admit: () => Effect.fail({ status: 401, headers: {}, body: "Who are you?" })
        }
        const peer = yield* open(server, { guard, sse: true })
        const paths = [
          "/mcp",
          "/mcp/",
          "//mcp",
          "/./mcp",
          "/x/../mcp",
          "/%6dcp",
          "/mcp%2F",
          "/%2Fmcp",
          "/MCP",
          "/mcp.",
          "/mcp;x",
          "/mcp?x=1",
          "/mcp%00",
          "/messages/?session_id=x",
          "/messages?session_id=x",
          "/%6dessages/?session_id=x",
          "/health"
        ]
        for (const path of paths) {
          for (const asked of [call, begin, { headers: { accept: "text/event-stream" } }]) {
            const { status } = yield* peer.ask({ ...asked, path })
            assert.include([401, 404, 405], status, `${path} was answered ${status}`)
          }
        }
        assert.strictEqual(inside.calls, 0)
        assert.strictEqual((yield* peer.ask(call)).status, 401)
      }).pipe(baseline)
    )
  })
}

for (const [face, open] of onSockets) {
  describe(`lines on the wire, over ${face}`, () => {
    it.live("A1: two names, no name, and a target that names another server are refused", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const port = portOf(yield* open(server))
        const send = (target: string, ...hosts: ReadonlyArray<string>) =>
          Effect.map(raw(port, lines(target, hosts), String(call.body)), statusOf)
        assert.strictEqual(yield* send("/mcp", "localhost"), 200, "what is right is served")
        assert.strictEqual(yield* send("/mcp", "localhost", "attacker.test"), 400)
        assert.strictEqual(yield* send("/mcp", "attacker.test", "localhost"), 400)
        assert.strictEqual(yield* send("/mcp"), 400)
        assert.strictEqual(yield* send("/mcp", ""), 400)
        assert.isAtLeast(yield* send("http://attacker.test/mcp", "localhost"), 400)
        assert.isAtLeast(yield* send("http://localhost/mcp", "attacker.test"), 400)
        assert.strictEqual(inside.calls, 1)
      }).pipe(baseline)
    )

    it.live("A8: a request to speak something else on the connection is refused", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const port = portOf(yield* open(server, { sse: true }))
        for (const path of ["/mcp", "/sse", "/", "/ws"]) {
          for (const [protocol, origin] of [
            ["websocket", "https://attacker.test"],
            ["websocket", undefined],
            ["h2c", undefined]
          ]) {
            const answer = yield* raw(port, [
              `GET ${path} HTTP/1.1`,
              "Host: localhost",
              "Connection: Upgrade",
              `Upgrade: ${protocol}`,
              "Sec-WebSocket-Version: 13",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
              ...(origin === undefined ? [] : [`Origin: ${origin}`])
            ])
            assert.isAtLeast(statusOf(answer), 400, `${protocol} at ${path}`)
          }
        }
        assert.strictEqual(inside.calls, 0)
      }).pipe(baseline)
    )

    it.live("A5: behind a proxy that passes on a public name, only a server of that name answers", () =>
      Effect.gen(function* () {
        const through = Effect.fnUntraced(function* (behind: Peer) {
          const proxy = createServer((incoming, outgoing) => {
            const { headers, method, url } = incoming
            const onward = request(
              { port: portOf(behind), method, path: url, headers: { ...headers, host: "mcp.example.com" } },
              (answer) => answer.pipe(outgoing.writeHead(answer.statusCode!, answer.headers))
            )
            incoming.pipe(onward)
          })
          yield* Effect.acquireRelease(
            Effect.promise(
              () => new Promise<void>((done) => void proxy.listen(0, "127.0.0.1", () => done()))
            ),
            () => Effect.sync(() => proxy.close())
          )
          return overSockets((proxy.address() as AddressInfo).port)
        })
        const { inside, server } = Fixture.make()
        const unnamed = yield* through(yield* open(server))
        assert.strictEqual((yield* unnamed.ask(call)).status, 403)
        assert.strictEqual(inside.calls, 0)
        const named = yield* through(yield* open(server, { hosts: ["mcp.example.com"] }))
        assert.strictEqual((yield* named.ask(call)).status, 200)
      }).pipe(baseline)
    )
  })
}

describe("A9: a listener", () => {
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "::ffff:127.0.0.1", "example.com", "127.evil.test"]) {
    it.live(`on ${host} does not start before it is said who may call`, () =>
      Effect.gen(function* () {
        const { server } = Fixture.make()
        const error = yield* Effect.flip(NodeServer.listen(server, { host, port: 0 }))
        assert.include(error.message, '"hosts"')
        assert.include(error.message, '"guard"')
      }).pipe(baseline)
    )
  }
})
