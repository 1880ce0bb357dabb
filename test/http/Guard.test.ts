/** What a guard decides, at every face: who gets in, whose session is whose, and what a handler may refuse. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Exchange from "mcp-effect/Exchange"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import * as Ask from "mcp-effect/Ask"
import * as Schema from "effect/Schema"
import { overFunction, overSockets, type Peer } from "./faces.ts"
import { call, json, legacy, modern, open, request } from "./messages.ts"

class User extends Context.Service<User, { readonly name: string }>()("test/User") {}

const said: Array<string> = []

/** Knows people by a header. Whoever comes late is not turned away for it. */
const guard: Exchange.Guard<User> = {
  admit: ({ header }) => {
    const name = header("x-user")
    if (name === undefined) {
      return Effect.fail({ status: 401, headers: { "www-authenticate": "Test" }, body: "Who are you?" })
    }
    if (name === "broken") return Effect.die(new Error("the database password is hunter2"))
    return Effect.as(
      name === "late" ? Effect.yieldNow : Effect.void,
      Context.add(Context.make(User, { name }), Exchange.Caller, name)
    )
  },
  forbid: ({ scopes }) => ({
    status: 403,
    headers: { "www-authenticate": `Test scope="${scopes.join(" ")}"` }
  }),
  documents: new Map([
    [
      "/.well-known/example",
      {
        status: 200,
        headers: { "content-type": "application/json", "access-control-allow-origin": "*" },
        body: "{}"
      }
    ]
  ])
}

const server = Server.make(
  { name: "guarded", version: "1.0.0" },
  Tool.handle(Tool.make("me", { output: Schema.String }), () =>
    Effect.map(User, ({ name }) => {
      said.push(name)
      return name
    })
  ),
  Tool.handle(Tool.make("admin"), () => Effect.fail(new Exchange.InsufficientScope({ scopes: ["admin"] }))),
  Tool.handle(Tool.make("ask", { output: Schema.String }), () =>
    Effect.map(Ask.elicit("Colour?", Schema.Struct({ colour: Schema.String })), ({ colour }) => colour)
  )
)

const faces: ReadonlyArray<readonly [string, Effect.Effect<Peer, never, Scope.Scope>]> = [
  [
    "node",
    Effect.map(Effect.orDie(NodeServer.listen(server, { guard, port: 0 })), ({ port }) => overSockets(port))
  ],
  ["fetch", Effect.map(StreamableServer.handler(server, { guard }), (handler) => overFunction(handler))]
]

const as = (user: string) => ({ "x-user": user })
const me = (user: string) => modern("tools/call", { name: "me", arguments: {} }, { headers: as(user) })

for (const [face, start] of faces) {
  describe(`a guard over ${face}`, () => {
    it.live("HTTP-4: nobody gets in who is not known, on any method, and nothing is run", () =>
      Effect.gen(function* () {
        const peer = yield* start
        said.length = 0
        const asked = [
          modern("tools/call", { name: "me", arguments: {} }),
          legacy(request(1, "initialize")),
          { headers: { accept: "text/event-stream" } },
          { method: "DELETE" }
        ]
        for (const each of asked) {
          const answer = yield* peer.ask(each)
          assert.strictEqual(answer.status, 401)
          assert.strictEqual(answer.headers["www-authenticate"], "Test")
          assert.strictEqual(answer.text, "Who are you?")
        }
        assert.deepStrictEqual(said, [])
      }).pipe(Effect.scoped)
    )

    it.live("what it provides is there for the handler, for each request anew", () =>
      Effect.gen(function* () {
        const peer = yield* start
        const answers = yield* Effect.forEach(["ada", "late", "bob"], (user) => peer.ask(me(user)), {
          concurrency: 3
        })
        assert.deepStrictEqual(
          answers.map((answer) => json(answer).result.content[0].text),
          ["ada", "late", "bob"]
        )
      }).pipe(Effect.scoped)
    )

    it.live("a guard that breaks lets nobody in, and says nothing of why", () =>
      Effect.gen(function* () {
        const answer = yield* (yield* start).ask(me("broken"))
        assert.strictEqual(answer.status, 500)
        assert.notInclude(answer.text, "hunter2")
      }).pipe(Effect.scoped)
    )

    it.live("HTTPS-35: a session is there for its owner only; for all others it does not exist", () =>
      Effect.gen(function* () {
        const peer = yield* start
        const session = yield* open(peer, "2025-11-25", {}, as("ada"))
        const ping = (user: string) => peer.ask(legacy(request(1, "ping"), { ...session, ...as(user) }))
        assert.strictEqual((yield* ping("ada")).status, 200)
        const foreign = yield* ping("bob")
        const unknown = yield* peer.ask(
          legacy(request(1, "ping"), {
            ...as("bob"),
            "mcp-session-id": "nobody",
            "mcp-protocol-version": "2025-11-25"
          })
        )
        assert.strictEqual(foreign.status, 404)
        assert.strictEqual(foreign.text, unknown.text)
        for (const method of ["GET", "DELETE"]) {
          const answer = yield* peer.ask({
            method,
            headers: { accept: "text/event-stream", ...session, ...as("bob") }
          })
          assert.strictEqual(answer.status, 404)
        }
        assert.strictEqual((yield* ping("ada")).status, 200, "and it is still there")
      }).pipe(Effect.scoped)
    )

    it.live("MRTR-9: a sealed state opens for whoever it was made for", () =>
      Effect.gen(function* () {
        const peer = yield* start
        const ask = (user: string, more: object = {}) =>
          Effect.map(
            peer.ask(modern("tools/call", { name: "ask", arguments: {}, ...more }, { headers: as(user) })),
            json
          )
        const { result } = yield* ask("ada")
        const [key] = Object.keys(result.inputRequests)
        const more = {
          requestState: result.requestState,
          inputResponses: { [key!]: { action: "accept", content: { colour: "red" } } }
        }
        assert.strictEqual((yield* ask("bob", more)).error.code, -32602)
        assert.strictEqual((yield* ask("ada", more)).result.content[0].text, "red")
      }).pipe(Effect.scoped)
    )

    it.live("a handler that finds scopes missing decides the status, in both eras, but not of a batch", () =>
      Effect.gen(function* () {
        const peer = yield* start
        const session = yield* open(peer, "2025-03-26", {}, as("ada"))
        const newer = modern("tools/call", { name: "admin", arguments: {} }, { headers: as("ada") })
        const older = legacy(call(1, "admin"), { ...session, ...as("ada") })
        for (const asked of [newer, older]) {
          const answer = yield* peer.ask(asked)
          assert.strictEqual(answer.status, 403)
          assert.strictEqual(answer.headers["www-authenticate"], 'Test scope="admin"')
          assert.strictEqual(json(answer).id, 1)
        }
        const batch = yield* peer.ask(
          legacy([call(1, "admin"), request(2, "ping")], { ...session, ...as("ada") })
        )
        assert.strictEqual(batch.status, 200)
      }).pipe(Effect.scoped)
    )

    it.live("what it publishes is there for everybody, from any page", () =>
      Effect.gen(function* () {
        const peer = yield* start
        const path = "/.well-known/example"
        const answer = yield* peer.ask({ path, headers: { origin: "https://app.test" } })
        assert.strictEqual(answer.status, 200)
        assert.strictEqual(answer.headers["access-control-allow-origin"], "*")
        const preflight = yield* peer.ask({
          method: "OPTIONS",
          path,
          headers: { origin: "https://app.test" }
        })
        assert.strictEqual(preflight.status, 204)
        assert.strictEqual((yield* peer.ask({ path, headers: { host: "attacker.test" } })).status, 403)
      }).pipe(Effect.scoped)
    )
  })
}
