/** What handlers see of the HTTP request they answer, and what they cannot see. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Bearer from "mcp-effect/Bearer"
import * as Client from "mcp-effect/Client"
import * as Loopback from "mcp-effect/Loopback"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Principal from "mcp-effect/Principal"
import * as RequestHeaders from "mcp-effect/RequestHeaders"
import * as Server from "mcp-effect/Server"
import type * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import * as Verifier from "mcp-effect/Verifier"
import { faces, overSockets, type Peer } from "./faces.ts"
import { call, initialize, json, legacy, message, modern, open } from "./messages.ts"

const See = Tool.make("see", { input: { name: Schema.String }, output: Schema.NullOr(Schema.String) })

const see = Tool.handle(See, ({ name }) =>
  RequestHeaders.RequestHeaders.useSync((headers) => headers.get(name) ?? null)
)
const who = Tool.handle(Tool.make("who", { output: Schema.String }), () =>
  Principal.Principal.useSync(({ subject }) => subject)
)
const server = Server.make({ name: "demo", version: "1.0.0" }, see)

/** The faces are written for servers that need nothing. This one needs what its guard provides, and so nothing. */
const guarded = {
  server: server as unknown as Server.Server,
  guard: RequestHeaders.guard() as unknown as NonNullable<StreamableServer.Options["guard"]>
}

const secrets = {
  authorization: "Bearer t0ps3cret",
  cookie: "sid=t0ps3cret",
  "proxy-authorization": "Basic t0ps3cret",
  dpop: "t0ps3cret",
  "x-api-key": "t0ps3cret",
  "x-auth-request-access-token": "t0ps3cret",
  "x-forwarded-access-token": "t0ps3cret",
  "x-goog-iap-jwt-assertion": "t0ps3cret"
}

const seen = (peer: Peer, name: string, headers: { readonly [name: string]: string }) =>
  Effect.map(
    peer.ask(modern("tools/call", { name: "see", arguments: { name } }, { headers })),
    (answer) => json(answer).result.structuredContent
  )

for (const [face, start] of faces) {
  describe(`headers over ${face}`, () => {
    const begin = start(guarded.server, { guard: guarded.guard })

    it.live("S073: a handler reads those of its request, by name in any case", () =>
      Effect.gen(function* () {
        const peer = yield* begin
        for (const [name, value] of [
          ["x-tenant", "blue"],
          ["X-Tenant", "blue"],
          ["x-other", null],
          ["constructor", null],
          ["__proto__", null],
          ["", null],
          ["x tenant", null]
        ] as const) {
          assert.strictEqual(yield* seen(peer, name, { "x-tenant": "blue" }), value, name)
        }
      }).pipe(Effect.scoped)
    )

    it.live("S073: what is a secret is not there", () =>
      Effect.gen(function* () {
        const peer = yield* begin
        for (const name of [...Object.keys(secrets), "Authorization", "COOKIE", "mcp-session-id"]) {
          assert.isNull(yield* seen(peer, name, secrets), name)
        }
      }).pipe(Effect.scoped)
    )

    it.live("S073: in a session they are those of the request that carries the call", () =>
      Effect.gen(function* () {
        const peer = yield* begin
        const session = yield* open(peer, "2025-11-25", {}, { "x-tenant": "red" })
        const asked = legacy(call(1, "see", { name: "x-tenant" }), { ...session, "x-tenant": "blue" })
        assert.deepStrictEqual(json(yield* peer.ask(asked)).result.content, [
          { type: "text", text: '"blue"' }
        ])
      }).pipe(Effect.scoped)
    )
  })
}

describe("headers", () => {
  it.live("S073: over HTTP+SSE they are those of the message", () =>
    Effect.gen(function* () {
      const { port } = yield* NodeServer.listen(server, {
        port: 0,
        sse: true,
        guard: RequestHeaders.guard()
      })
      const peer = overSockets(port)
      const stream = yield* peer.stream({
        path: "/sse",
        headers: { accept: "text/event-stream", "x-tenant": "red" }
      })
      const path = /^data: (.+)$/m.exec((yield* Effect.promise(stream.next)) ?? "")?.[1] ?? ""
      yield* peer.ask(legacy(initialize("2024-11-05"), { "x-tenant": "red" }, path))
      yield* message(stream)
      yield* peer.ask(legacy(call(1, "see", { name: "x-tenant" }), { "x-tenant": "blue" }, path))
      assert.deepStrictEqual((yield* message(stream))?.result?.["content"], [
        { type: "text", text: '"blue"' }
      ])
      stream.close()
    }).pipe(Effect.scoped)
  )

  it.live("S073: beside another guard, which decides first; the token it took is not there", () =>
    Effect.gen(function* () {
      const both = Server.make({ name: "demo", version: "1.0.0" }, see, who)
      const guard = RequestHeaders.guard(Bearer.guard({ resource: "http://127.0.0.1/mcp" }))
      const { port } = yield* NodeServer.listen(both, { port: 0, guard })
      const peer = overSockets(port)
      const anybody = yield* peer.ask(modern("tools/call", { name: "who", arguments: {} }))
      assert.strictEqual(anybody.status, 401)
      const headers = { authorization: "Bearer a-long-enough-key", "x-tenant": "blue" }
      const answer = yield* peer.ask(modern("tools/call", { name: "who", arguments: {} }, { headers }))
      assert.strictEqual(json(answer).result.content[0].text, "ada")
      assert.strictEqual(yield* seen(peer, "x-tenant", headers), "blue")
      assert.isNull(yield* seen(peer, "authorization", headers))
    }).pipe(
      Effect.scoped,
      Effect.provide(Verifier.keys([{ key: Redacted.make("a-long-enough-key"), subject: "ada" }]))
    )
  )

  it.effect("S073: where there is no HTTP there are none", () =>
    Effect.gen(function* () {
      const client = yield* Client.connect(
        Loopback.layer(server).pipe(Layer.provide(RequestHeaders.layerNone)),
        { name: "test", version: "1.0.0" }
      )
      assert.isNull(yield* client.call(See, { name: "x-tenant" }))
    }).pipe(Effect.scoped)
  )
})
