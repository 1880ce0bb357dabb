/** Code of an application that throws where it should give an Effect: one request fails, and nothing else. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exchange from "mcp-effect/Exchange"
import { InsufficientScope } from "mcp-effect/Exchange"
import * as JsonSchema from "mcp-effect/JsonSchema"
import * as Middleware from "mcp-effect/Middleware"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { faces } from "./faces.ts"
import { call, json, legacy, modern, open, request } from "./messages.ts"
import * as Fixture from "./server.ts"

const oops = (): never => {
  throw new Error("the password is hunter2")
}

const routed = JsonSchema.raw({
  type: "object",
  properties: { region: { type: "string", "x-mcp-header": "Region" } }
})

const server = Server.make(
  { name: "thrower", version: "1.0.0" },
  Middleware.make((next) => (asked) => (asked.params["name"] === "middleware" ? oops() : next(asked))),
  Tool.handle(Tool.make("hidden", { input: routed }), () => Effect.succeed("seen"), { visible: oops }),
  Tool.handle(Tool.make("fine"), () => Effect.succeed("fine"))
)

const guard: Exchange.Guard = { admit: oops }

for (const [face, start] of faces) {
  describe(`what throws over ${face}`, () => {
    for (const name of ["middleware", "hidden"]) {
      it.live(`H20: ${name}: the request fails, in both eras, and the next one does not`, () =>
        Effect.gen(function* () {
          const peer = yield* start(server)
          const session = yield* open(peer)
          for (const asked of [
            modern("tools/call", { name, arguments: {} }),
            legacy(call(1, name), session)
          ]) {
            const answer = yield* peer.ask(asked)
            assert.strictEqual(json(answer).error.code, -32603)
            assert.notInclude(answer.text, "hunter2")
          }
          assert.strictEqual((yield* peer.ask(legacy(call(2, "fine"), session))).status, 200)
        }).pipe(Effect.scoped)
      )
    }

    it.live("H20: a guard lets nobody in", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server, { guard })
        const answer = yield* peer.ask(legacy(request(1, "ping")))
        assert.strictEqual(answer.status, 500)
        assert.notInclude(answer.text, "hunter2")
      }).pipe(Effect.scoped)
    )
  })
}

const strict: Exchange.Guard = { admit: () => Effect.succeed(Context.empty()), forbid: oops }
const scoped = Server.make(
  { name: "scoped", version: "1.0.0" },
  Tool.handle(Tool.make("admin"), () => Effect.fail(new InsufficientScope({ scopes: ["admin"] })))
)

for (const [face, start] of faces) {
  describe(`a guard that throws when it is to forbid, over ${face}`, () => {
    it.live("H20: the request is answered, in both eras and without a session", () =>
      Effect.gen(function* () {
        const peer = yield* start(scoped, { guard: strict })
        const other = yield* start(scoped, { guard: strict, stateless: true })
        const answers = [
          yield* peer.ask(modern("tools/call", { name: "admin", arguments: {} })),
          yield* peer.ask(legacy(call(1, "admin"), yield* open(peer))),
          yield* other.ask(legacy(call(1, "admin")))
        ]
        for (const answer of answers) {
          assert.strictEqual(json(answer).error.code, -32603)
          assert.notInclude(answer.text, "hunter2")
        }
      }).pipe(Effect.scoped)
    )
  })
}
