/** What is decided before a body is read, at every face and every route. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Asked } from "./faces.ts"
import { faces } from "./faces.ts"
import { initialize, json, legacy, modern } from "./messages.ts"
import * as Fixture from "./server.ts"

const call = modern("tools/call", { name: "echo", arguments: { text: "hi" } })
const begin = legacy(initialize("2025-11-25"))
const without = ({ headers = {}, ...asked }: Asked, name: string): Asked => {
  const { [name]: _, ...rest } = headers
  return { ...asked, headers: rest }
}
const having = ({ headers, ...asked }: Asked, more: Asked["headers"]): Asked => ({
  ...asked,
  headers: { ...headers, ...more }
})

const table: ReadonlyArray<readonly [title: string, asked: Asked, status: number]> = [
  ["S134, HTTP-1: a request", call, 200],
  ["S134: initialize", begin, 200],
  ["S134: no content type", without(call, "content-type"), 415],
  ["S134: a form", having(call, { "content-type": "application/x-www-form-urlencoded" }), 415],
  ["S134: text that is JSON", having(call, { "content-type": "text/plain" }), 415],
  ["S134: JSON as a parameter", having(call, { "content-type": "text/plain; a=application/json" }), 415],
  ["S134: JSON with padding", having(call, { "content-type": "application/jsonp" }), 415],
  [
    "S134: JSON in another charset",
    having(call, { "content-type": "application/json; charset=latin1" }),
    415
  ],
  ["S134: JSON in UTF-8", having(call, { "content-type": "application/json; charset=UTF-8" }), 200],
  ["S134: no accept", without(call, "accept"), 406],
  ["S134: accepts JSON only", having(call, { accept: "application/json" }), 406],
  ["S134: accepts anything", having(call, { accept: "*/*" }), 200],
  ["S134: accepts with quality", having(call, { accept: "text/*;q=0.5, application/json;q=0.1" }), 200],
  ["S134: no JSON", { ...call, body: "{" }, 400],
  ["S134: not UTF-8", { ...call, body: new Uint8Array([0x7b, 0xff, 0x7d]) }, 400],
  ["S134: no message", { ...begin, body: "[]" }, 400],
  ["S136: PUT", { ...call, method: "PUT" }, 405],
  ["S136: a preflight of nobody we know", { method: "OPTIONS" }, 405],
  ["S135: GET without a session", { headers: { accept: "text/event-stream" } }, 400],
  ["S135: GET that accepts no stream", { headers: { accept: "application/json" } }, 406],
  ["S136, S137: DELETE without a session", { method: "DELETE" }, 400],
  ["S137: an unknown session", having(begin, { "mcp-session-id": "nobody" }), 404],
  ["S137: no session", legacy({ jsonrpc: "2.0", id: 1, method: "tools/list" }), 400],
  ["HTTPS-41: an unknown revision", having(begin, { "mcp-protocol-version": "2020-01-01" }), 400]
]

const attackers: ReadonlyArray<
  readonly [title: string, headers: NonNullable<Asked["headers"]>, status: number]
> = [
  ["another name", { host: "attacker.test" }, 403],
  ["another name with a port", { host: "attacker.test:80" }, 403],
  ["another name in upper case", { host: "ATTACKER.TEST" }, 403],
  ["a name that ends in a dot", { host: "attacker.test." }, 403],
  ["a name that begins like ours", { host: "localhost.attacker.test" }, 403],
  ["a name with a user", { host: "localhost@attacker.test" }, 400],
  ["two names", { host: "localhost, attacker.test" }, 400],
  ["another page", { host: "localhost:3000", origin: "https://attacker.test" }, 403],
  ["a page from a file", { host: "localhost:3000", origin: "null" }, 403],
  ["a page at another port", { host: "localhost:3000", origin: "http://localhost:3001" }, 403],
  [
    "a page that begins like ours",
    { host: "localhost:3000", origin: "http://localhost:3000.attacker.test" },
    403
  ]
]

for (const [face, open] of faces) {
  describe(`H11: heads over ${face}`, () => {
    for (const [title, asked, status] of table) {
      it.live(`${title}: ${status}`, () =>
        Effect.gen(function* () {
          const answer = yield* (yield* open(Fixture.make().server)).ask(asked)
          assert.strictEqual(answer.status, status, answer.text)
          if (status >= 400) assert.isString(json(answer).error.message)
          if (status === 405) assert.strictEqual(answer.headers["allow"], "POST, GET, DELETE")
        }).pipe(Effect.scoped)
      )
    }

    for (const [title, headers, status] of attackers) {
      it.live(
        `HTTP-2, HTTPS-2, HTTPS-3, CONF-7, SSE-1: ${title} is refused at every route with ${status}`,
        () =>
          Effect.gen(function* () {
            const { inside, server } = Fixture.make()
            const peer = yield* open(server, { sse: true, health: true })
            const routes: ReadonlyArray<Asked> = [
              call,
              begin,
              { path: "/sse", headers: { accept: "text/event-stream" } },
              { ...begin, path: "/messages/?session_id=x" },
              { path: "/health" }
            ]
            for (const route of routes) {
              // What anybody may read, any page may read; nobody may rename us.
              if (route.path === "/health" && headers["origin"] !== undefined) continue
              const answer = yield* peer.ask(having(route, headers))
              assert.strictEqual(answer.status, status, `${route.path ?? "/mcp"}: ${answer.text}`)
              assert.isUndefined(answer.headers["access-control-allow-origin"])
            }
            assert.strictEqual(inside.calls, 0, "nothing was called")
          }).pipe(Effect.scoped)
      )
    }

    it.live("HTTP-2: a listed page is answered, with what it must be able to read", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server, { origins: ["https://app.test"] })
        const own = yield* peer.ask(having(call, { origin: "https://app.test" }))
        assert.strictEqual(own.status, 200)
        assert.strictEqual(own.headers["access-control-allow-origin"], "https://app.test")
        assert.include(own.headers["access-control-expose-headers"], "Mcp-Session-Id")
        assert.isUndefined(own.headers["access-control-allow-credentials"])
        const preflight = yield* peer.ask({ method: "OPTIONS", headers: { origin: "https://app.test" } })
        assert.strictEqual(preflight.status, 204)
        assert.strictEqual(preflight.headers["access-control-allow-methods"], "POST, GET, DELETE")
        const others = [
          "http://app.test",
          "https://app.test:444",
          "https://x.app.test",
          "https://app.test.evil"
        ]
        for (const origin of others) {
          assert.strictEqual((yield* peer.ask(having(call, { origin }))).status, 403, origin)
        }
      }).pipe(Effect.scoped)
    )

    it.live("HTTP-2: a server that goes by a name is reached by that name, and no other", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server, { hosts: ["mcp.test", "other.test:8443"] })
        const by = (host: string) => Effect.map(peer.ask(having(call, { host })), ({ status }) => status)
        assert.strictEqual(yield* by("mcp.test"), 200)
        assert.strictEqual(yield* by("MCP.test:9000"), 200)
        assert.strictEqual(yield* by("other.test:8443"), 200)
        assert.strictEqual(yield* by("other.test:8444"), 403)
        assert.strictEqual(yield* by("localhost"), 403)
      }).pipe(Effect.scoped)
    )

    it.live("S134, H12: a body over the limit is refused while it is read", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server)
        const answer = yield* peer.ask({ ...call, body: "x".repeat(4 * 1024 * 1024 + 1) })
        assert.strictEqual(answer.status, 413, answer.text)
      }).pipe(Effect.scoped)
    )

    it.live("S134, H13: what nests too deep is refused", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server)
        const answer = yield* peer.ask({ ...call, body: `${"[".repeat(2000)}${"]".repeat(2000)}` })
        assert.strictEqual(answer.status, 400, answer.text)
      }).pipe(Effect.scoped)
    )

    it.live("HTTP-53: without sessions there is nothing to GET or DELETE", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server, { stateless: true })
        for (const method of ["GET", "DELETE"]) {
          const answer = yield* peer.ask({ method, headers: { accept: "text/event-stream" } })
          assert.strictEqual(answer.status, 405)
          assert.strictEqual(answer.headers["allow"], "POST")
        }
      }).pipe(Effect.scoped)
    )
  })
}
