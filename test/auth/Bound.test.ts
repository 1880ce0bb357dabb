/** What belongs to a caller stays with that caller: sessions and sealed state behind the bearer guard. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Ask from "mcp-effect/Ask"
import * as Bearer from "mcp-effect/Bearer"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Principal from "mcp-effect/Principal"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import * as Verifier from "mcp-effect/Verifier"
import { overSockets } from "../http/faces.ts"
import { call, initialize, json, legacy, modern, open, request } from "../http/messages.ts"

const ran: Array<string> = []

const server = Server.make(
  { name: "bound", version: "1.0.0" },
  Tool.handle(Tool.make("whoami", { output: Schema.String }), () =>
    Effect.map(Principal.Principal, ({ subject }) => {
      ran.push(subject)
      return subject
    })
  ),
  Tool.handle(Tool.make("ask", { output: Schema.String }), () =>
    Effect.map(Ask.elicit("Colour?", Schema.Struct({ colour: Schema.String })), ({ colour }) => colour)
  )
)

const keys = { ada: "ada-0123456789abcdef", adaToo: "ada-fedcba9876543210", bob: "bob-0123456789abcdef" }

const start = Effect.gen(function* () {
  ran.length = 0
  const guard = Bearer.guard({ resource: "http://127.0.0.1/mcp" })
  const { port } = yield* NodeServer.listen(server, { guard, port: 0 })
  return overSockets(port)
}).pipe(
  Effect.provide(
    Verifier.keys([
      { key: Redacted.make(keys.ada), subject: "ada" },
      { key: Redacted.make(keys.adaToo), subject: "ada" },
      { key: Redacted.make(keys.bob), subject: "bob" }
    ])
  ),
  Effect.orDie
)

const as = (who: keyof typeof keys) => ({ authorization: `Bearer ${keys[who]}` })

describe("behind the bearer guard", () => {
  it.live("a session is not a way in: every request of it needs a token (D7, SEC-13)", () =>
    Effect.gen(function* () {
      const peer = yield* start
      const session = yield* open(peer, "2025-11-25", {}, as("ada"))
      const attempts = [
        legacy(call(1, "whoami"), session),
        legacy(call(1, "whoami"), { ...session, authorization: "Bearer not-one-of-the-keys" }),
        legacy(request(1, "ping"), session),
        { method: "GET", headers: { accept: "text/event-stream", ...session } },
        { method: "DELETE", headers: session }
      ]
      for (const attempt of attempts)
        assert.strictEqual((yield* peer.ask(attempt)).status, 401, attempt.method)
      assert.deepStrictEqual(ran, [])
      assert.strictEqual(
        (yield* peer.ask(legacy(call(1, "whoami"), { ...session, ...as("ada") }))).status,
        200
      )
    }).pipe(Effect.scoped)
  )

  it.live("D7: without a token no session begins", () =>
    Effect.gen(function* () {
      const peer = yield* start
      const answer = yield* peer.ask(legacy(initialize("2025-11-25")))
      assert.strictEqual(answer.status, 401)
      assert.isUndefined(answer.headers["mcp-session-id"])
    }).pipe(Effect.scoped)
  )

  it.live(
    "a session of one is not there for another, and goes on with a new token of the same (SEC-15)",
    () =>
      Effect.gen(function* () {
        const peer = yield* start
        const session = yield* open(peer, "2025-11-25", {}, as("ada"))
        const whoami = (who: keyof typeof keys, named: object = session) =>
          peer.ask(legacy(call(1, "whoami"), { ...named, ...as(who) }))
        const [foreign, unknown] = [
          yield* whoami("bob"),
          yield* whoami("bob", { ...session, "mcp-session-id": "no-such-session" })
        ]
        assert.deepStrictEqual([foreign.status, foreign.text], [404, unknown.text])
        assert.strictEqual((yield* whoami("adaToo")).status, 200)
        assert.deepStrictEqual(ran, ["ada"])
      }).pipe(Effect.scoped)
  )

  it.live("B9: a sealed state is not a way in, and opens for nobody else (SEC-16, SEC-17)", () =>
    Effect.gen(function* () {
      const peer = yield* start
      const ask = (headers: { readonly [name: string]: string }, more: object = {}) =>
        peer.ask(modern("tools/call", { name: "ask", arguments: {}, ...more }, { headers }))
      const { result } = json(yield* ask(as("ada")))
      const [key] = Object.keys(result.inputRequests)
      const more = {
        requestState: result.requestState,
        inputResponses: { [key!]: { action: "accept", content: { colour: "red" } } }
      }
      assert.strictEqual((yield* ask({}, more)).status, 401)
      assert.strictEqual(json(yield* ask(as("bob"), more)).error.code, -32602)
      assert.strictEqual(json(yield* ask(as("adaToo"), more)).result.content[0].text, "red")
    }).pipe(Effect.scoped)
  )
})
