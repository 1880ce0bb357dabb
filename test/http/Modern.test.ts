/** 2026-07-28 over HTTP: every POST stands for itself. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { faces } from "./faces.ts"
import { json, message, modern } from "./messages.ts"
import * as Fixture from "./server.ts"

const echo = { name: "echo", arguments: { text: "hi" } }
const report = { progressToken: 7 }

for (const [face, open] of faces) {
  describe(`2026-07-28 over ${face}`, () => {
    it.live("HTTP-11, HTTP-53: a request that says nothing on the way is answered with one JSON object", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server)
        const answer = yield* peer.ask(
          modern("tools/call", echo, { headers: { "mcp-session-id": "x", "last-event-id": "1_1" } })
        )
        assert.strictEqual(answer.headers["content-type"], "application/json")
        assert.isUndefined(answer.headers["mcp-session-id"])
        assert.strictEqual(json(answer).result.content[0].text, "hi")
      }).pipe(Effect.scoped)
    )

    it.live(
      "HTTP-11, HTTP-13, HTTP-15, HTTP-16: the first thing said opens a stream; the response ends it",
      () =>
        Effect.gen(function* () {
          const peer = yield* open(Fixture.make().server)
          const stream = yield* peer.stream(
            modern("tools/call", { name: "count", arguments: { to: 2 } }, { meta: report })
          )
          assert.strictEqual(stream.headers["content-type"], "text/event-stream")
          assert.strictEqual(stream.headers["x-accel-buffering"], "no")
          assert.strictEqual((yield* message(stream))?.params?.["progress"], 1)
          assert.strictEqual((yield* message(stream))?.params?.["progress"], 2)
          assert.strictEqual((yield* message(stream))?.id, 1)
          assert.isUndefined(yield* message(stream), "the stream has ended")
        }).pipe(Effect.scoped)
    )

    it.live(
      "HTTP-18, HTTP-19, HTTP-20, H4: going away cancels the request, before and after its stream began",
      () =>
        Effect.gen(function* () {
          const { inside, server } = Fixture.make()
          const peer = yield* open(server)
          const stream = yield* peer.stream(
            modern("tools/call", { name: "report_and_wait", arguments: {} }, { meta: report })
          )
          assert.strictEqual((yield* message(stream))?.method, "notifications/progress")
          stream.close()
          yield* Deferred.await(inside.stopped)
        }).pipe(Effect.scoped)
    )

    it.live("HTTP-10: a notification is accepted with an empty body", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server)
        const asked = modern("notifications/example")
        const answer = yield* peer.ask({
          ...asked,
          body: JSON.stringify({ jsonrpc: "2.0", method: "notifications/example" })
        })
        assert.strictEqual(answer.status, 202)
        assert.strictEqual(answer.text, "")
      }).pipe(Effect.scoped)
    )

    it.live("HTTP-14: there is nothing to respond to", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server)
        const asked = modern("ping")
        const answer = yield* peer.ask({
          ...asked,
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, result: {} })
        })
        assert.strictEqual(answer.status, 400, answer.text)
      }).pipe(Effect.scoped)
    )

    it.live("HTTP-14: a question is a result, not a request on the stream", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server)
        const asked = json(yield* peer.ask(modern("tools/call", { name: "ask", arguments: {} })))
        assert.strictEqual(asked.result.resultType, "input_required")
        const [key] = Object.keys(asked.result.inputRequests)
        const { requestState } = asked.result
        const inputResponses = { [key!]: { action: "accept", content: { colour: "red" } } }
        const answer = yield* peer.ask(
          modern("tools/call", { name: "ask", arguments: {}, requestState, inputResponses }, { id: 2 })
        )
        assert.strictEqual(json(answer).result.content[0].text, "red")
      }).pipe(Effect.scoped)
    )

    it.live("SUBS-2, SUBS-6: a subscription is acknowledged before anything else, and told of changes", () =>
      Effect.gen(function* () {
        const peer = yield* open(Fixture.make().server)
        const stream = yield* peer.stream(
          modern(
            "subscriptions/listen",
            { notifications: { resourceSubscriptions: ["note://today"] } },
            { id: "s" }
          )
        )
        assert.strictEqual((yield* message(stream))?.method, "notifications/subscriptions/acknowledged")
        yield* peer.ask(modern("tools/call", { name: "touch", arguments: {} }))
        const told = yield* message(stream)
        assert.strictEqual(told?.method, "notifications/resources/updated")
        assert.deepInclude(told?.params?.["_meta"], { "io.modelcontextprotocol/subscriptionId": "s" })
        stream.close()
      }).pipe(Effect.scoped)
    )

    const refusals: ReadonlyArray<
      readonly [title: string, asked: ReturnType<typeof modern>, status: number, code: number]
    > = [
      [
        "META-9, CONF-1: what a request must say about itself is missing",
        modern("tools/list", {}, { meta: { "io.modelcontextprotocol/protocolVersion": undefined } }),
        400,
        -32602
      ],
      [
        "HTTP-23: another version in the header",
        modern("tools/list", {}, { headers: { "mcp-protocol-version": "2027-01-01" } }),
        400,
        -32020
      ],
      [
        "HTTP-47: another method in the header",
        modern("tools/list", {}, { headers: { "mcp-method": "tools/call" } }),
        400,
        -32020
      ],
      [
        "HTTP-49: a method in another case",
        modern("tools/list", {}, { headers: { "mcp-method": "TOOLS/LIST" } }),
        400,
        -32020
      ],
      [
        "HTTP-47: another name in the header",
        modern("tools/call", echo, { headers: { "mcp-name": "other" } }),
        400,
        -32020
      ],
      [
        "HTTP-24, VER-1, ERR-10, CONF-2, CONF-3: a version nobody knows",
        modern(
          "tools/list",
          {},
          {
            meta: { "io.modelcontextprotocol/protocolVersion": "2030-01-01" },
            headers: { "mcp-protocol-version": "2030-01-01" }
          }
        ),
        400,
        -32022
      ],
      ["HTTP-25: a method nobody knows", modern("nope"), 404, -32601],
      [
        "HTTP-25, ERR-9, CONF-5: a method of a capability the server does not have",
        modern("prompts/list"),
        404,
        -32601
      ],
      [
        "META-11: a capability the client does not have",
        modern(
          "tools/call",
          { name: "ask", arguments: {} },
          { meta: { "io.modelcontextprotocol/clientCapabilities": {} } }
        ),
        400,
        -32021
      ],
      ["a handler that refuses", modern("tools/call", { name: "refuse", arguments: {} }), 200, -32602]
    ]
    for (const [title, asked, status, code] of refusals) {
      it.live(`${title}: ${status} and ${code}`, () =>
        Effect.gen(function* () {
          const answer = yield* (yield* open(Fixture.make().server)).ask(asked)
          assert.strictEqual(answer.status, status, answer.text)
          const { error, id } = json(answer)
          assert.strictEqual(error.code, code, answer.text)
          assert.strictEqual(id, 1, "the error carries the id of its request")
          if (code === -32022) {
            assert.strictEqual(error.data.requested, "2030-01-01")
            assert.include(error.data.supported, "2026-07-28")
          }
        }).pipe(Effect.scoped)
      )
    }
  })
}

describe("headers of arguments", () => {
  const [, open] = faces[0]!
  const route = (args: object, headers: { readonly [name: string]: string }) =>
    modern("tools/call", { name: "route", arguments: args }, { headers })
  const encoded = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`
  const cases: ReadonlyArray<readonly [title: string, asked: ReturnType<typeof modern>, status: number]> = [
    [
      "HTTP-47: the header says what the body says",
      route({ region: "eu" }, { "mcp-param-region": "eu" }),
      200
    ],
    ["HTTP-49: in another case", route({ region: "eu" }, { "MCP-PARAM-REGION": "eu" }), 200],
    ["CONF-8: with spaces around it", route({ region: "eu" }, { "mcp-param-region": "  eu " }), 200],
    ["HTTP-45: encoded", route({ region: "Zürich" }, { "mcp-param-region": encoded("Zürich") }), 200],
    ["HTTP-48: a number in other digits", route({ size: 42 }, { "mcp-param-size": "42.0" }), 200],
    ["HTTP-47: deep inside", route({ deep: { urgent: true } }, { "mcp-param-urgent": "true" }), 200],
    ["HTTP-42: null has none", route({ region: null }, {}), 200],
    ["HTTP-42: what is absent has none", route({}, {}), 200],
    ["HTTP-43: missing", route({ region: "eu" }, {}), 400],
    [
      "HTTP-47: a value that is no text",
      route({ region: { toString: 0 } }, { "mcp-param-region": "eu" }),
      400
    ],
    ["HTTP-47: another value", route({ region: "eu" }, { "mcp-param-region": "us" }), 400],
    ["HTTP-47: a value for nothing", route({}, { "mcp-param-region": "us" }), 400],
    ["HTTP-49: a value in another case", route({ region: "eu" }, { "mcp-param-region": "EU" }), 400],
    ["HTTP-46: broken Base64", route({ region: "eu" }, { "mcp-param-region": "=?base64?***?=" }), 400],
    [
      "HTTP-40: a marker in another case",
      route({ region: "eu" }, { "mcp-param-region": "=?BASE64?ZXU=?=" }),
      400
    ]
  ]
  for (const [title, asked, status] of cases) {
    it.live(`${title}: ${status}`, () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const answer = yield* (yield* open(server)).ask(asked)
        assert.strictEqual(answer.status, status, answer.text)
        if (status === 400) {
          assert.strictEqual(json(answer).error.code, -32020)
          assert.strictEqual(inside.calls, 0)
        }
      }).pipe(Effect.scoped)
    )
  }

  it.live("HTTP-45: a name that is not ASCII is compared decoded", () =>
    Effect.gen(function* () {
      const peer = yield* open(Fixture.make().server)
      const params = { uri: "note://zürich" }
      const answer = yield* peer.ask(
        modern("resources/read", params, { headers: { "mcp-name": encoded("note://zürich") } })
      )
      assert.strictEqual(json(answer).error.code, -32602, "compared, and then not found")
    }).pipe(Effect.scoped)
  )
})
