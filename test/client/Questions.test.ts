import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as Client from "../../src/client/Client.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const form = {
  message: "Who?",
  requestedSchema: { type: "object", properties: { name: { type: "string" } }, required: ["name"] }
}

/** What the client answers when a session asks this. */
const answer = (
  method: string,
  params: JsonRpc.Params,
  options: Partial<Client.Options> = {},
  version = "2025-11-25"
) =>
  Effect.gen(function* () {
    const peer = Peer.make({
      ...Peer.initialize(version),
      ping: (turn) =>
        Effect.andThen(turn.say(JsonRpc.request("q", method, params)), Effect.as(turn.reply("q"), {}))
    })
    const client = yield* connect(peer, { versions: [version], ...options })
    yield* client.ping
    const replies = peer.heard.flatMap(({ message }) => (JsonRpc.isResponse(message) ? [message] : []))
    assert.strictEqual(replies.length, 1)
    return JsonRpc.isFailure(replies[0]!) ? replies[0].error : replies[0]!.result
  })

const accepting = { elicit: () => Effect.succeed(Client.accept({ name: "Ada" })) }
const visiting = { elicitUrl: () => Effect.succeed(Client.accept()) }

describe("H2 of the known faults: questions of a session", () => {
  it.effect("LIFE-20: ping is answered with an empty result", () =>
    Effect.map(answer("ping", {}), (reply) => assert.deepStrictEqual(reply, {}))
  )

  it.effect("an unknown method is refused with -32601", () =>
    Effect.map(answer("tools/call", {}), (reply) => assert.strictEqual(reply["code"], -32601))
  )

  it.effect("ELIC-11: an elicitation without a mode is a form", () =>
    Effect.map(answer("elicitation/create", form, accepting), (reply) =>
      assert.deepStrictEqual(reply, { action: "accept", content: { name: "Ada" } })
    )
  )

  it.effect("ELIC-20: a mode that was not declared is refused with -32602", () =>
    Effect.gen(function* () {
      const page = { mode: "url", message: "Go", url: "https://example.com/", elicitationId: "e" }
      assert.strictEqual((yield* answer("elicitation/create", page, accepting))["code"], -32602)
      assert.strictEqual((yield* answer("elicitation/create", form, visiting))["code"], -32602)
    })
  )

  it.effect("a page that is no web page is not visited", () =>
    Effect.gen(function* () {
      const page = { mode: "url", message: "Go", url: "file:///etc/passwd", elicitationId: "e" }
      assert.strictEqual((yield* answer("elicitation/create", page, visiting))["code"], -32602)
    })
  )

  it.effect("S181: sampling without a handler is refused", () =>
    Effect.map(answer("sampling/createMessage", { messages: [], maxTokens: 1 }), (reply) =>
      assert.strictEqual(reply["code"], -32601)
    )
  )

  it.effect("SAMP-6: tools are refused unless sampling.tools was declared", () =>
    Effect.gen(function* () {
      const params = { messages: [], maxTokens: 1, tools: [] }
      const sample = () => Effect.succeed({ role: "assistant" as const, model: "m", content: [] })
      assert.strictEqual((yield* answer("sampling/createMessage", params, { sample }))["code"], -32602)
      const able = { sample: { sample, tools: true } }
      assert.deepStrictEqual(yield* answer("sampling/createMessage", params, able), {
        role: "assistant",
        model: "m",
        content: []
      })
    })
  )

  const hello = { role: "user", content: { type: "text", text: "hi" } }
  const use = { role: "assistant", content: { type: "tool_use", id: "1", name: "add", input: {} } }
  const result = { type: "tool_result", toolUseId: "1", content: [] }
  for (const [title, messages] of [
    ["SAMP-12: a message without a role", [{ content: hello.content }]],
    ["SAMP-12: a message of a third party", [{ ...hello, role: "system" }]],
    ["SAMP-12: a message without content", [{ role: "user" }]],
    ["SAMP-20: content of no known kind", [{ role: "user", content: { type: "smell" } }]],
    [
      "SAMP-20: an image without its bytes",
      [{ role: "user", content: { type: "image", mimeType: "image/png" } }]
    ],
    ["SAMP-18: a use of a tool without its result", [hello, use, hello]],
    ["SAMP-18: a result beside text", [hello, use, { role: "user", content: [result, hello.content] }]]
  ] as const) {
    it.effect(`${title} is refused with -32602 and reaches no model`, () =>
      Effect.gen(function* () {
        const sample = () => Effect.die("asked")
        const params = { messages, maxTokens: 1 } as JsonRpc.Params
        const reply = yield* answer("sampling/createMessage", params, { sample: { sample, tools: true } })
        assert.strictEqual(reply["code"], -32602)
      })
    )
  }

  it.effect("SAMP-18: a user who refuses is answered as such", () =>
    Effect.gen(function* () {
      const refused = { code: -1, message: "User rejected sampling request" }
      const sample = () => Effect.fail(McpError.fromFault(refused))
      const params = { messages: [hello], maxTokens: 1 } as JsonRpc.Params
      assert.deepStrictEqual(yield* answer("sampling/createMessage", params, { sample }), refused)
    })
  )

  it.effect("ROOT-5: roots are listed, or refused with -32601 where there is no handler", () =>
    Effect.gen(function* () {
      const roots = [{ uri: "file:///home", name: "home" }]
      assert.deepStrictEqual(yield* answer("roots/list", {}, { roots }), { roots })
      assert.strictEqual((yield* answer("roots/list", {}))["code"], -32601)
    })
  )

  it.effect("the text of a handler's defect stays here", () =>
    Effect.gen(function* () {
      const elicit = () => Effect.die(new Error("database password is hunter2"))
      const reply = yield* answer("elicitation/create", form, { elicit })
      assert.deepStrictEqual(reply, { code: -32603, message: "Internal error" })
    })
  )

  for (const uri of [
    "https://example.com",
    "/home/ada",
    "file:///home/ada/../../etc",
    "file:///home/%2E%2e/etc",
    "file:///home/..\\etc"
  ]) {
    it.effect(`ROOT-4, ROOT-5: the root ${uri} is a defect of the application, and not sent`, () =>
      Effect.map(answer("roots/list", {}, { roots: [{ uri }] }), (reply) =>
        assert.strictEqual(reply["code"], -32603)
      )
    )
  }

  it.effect("a root may have dots in its names", () =>
    Effect.gen(function* () {
      const roots = [{ uri: "file:///home/ada/..secret/a..b/%2E%2e%2e" }]
      assert.deepStrictEqual(yield* answer("roots/list", {}, { roots }), { roots })
    })
  )

  it.effect("ELIC-35: a page is visited by nobody but the application", () =>
    Effect.gen(function* () {
      const visits: Array<string> = []
      const site = createServer((request, response) => {
        visits.push(request.url ?? "")
        response.end()
      })
      yield* Effect.acquireRelease(
        Effect.callback<void>((resume) => void site.listen(0, "127.0.0.1", () => resume(Effect.void))),
        () => Effect.callback<void>((resume) => void site.close(() => resume(Effect.void)))
      )
      const { port } = site.address() as AddressInfo
      const page = { mode: "url", message: "Go", url: `http://127.0.0.1:${port}/pay`, elicitationId: "e" }
      yield* answer("elicitation/create", page, visiting)
      yield* answer("elicitation/create", page, { elicitUrl: () => Effect.succeed(Client.decline) })
      yield* Effect.promise(() => fetch(`http://127.0.0.1:${port}/last`))
      assert.deepStrictEqual(visits, ["/last"])
    }).pipe(Effect.scoped)
  )

  it.effect(
    "CANC-7, CANC-10: a question the server takes back is not answered, and its handler interrupted",
    () =>
      Effect.gen(function* () {
        const asked = yield* Deferred.make<void>()
        const gone = yield* Deferred.make<void>()
        const logged = yield* Deferred.make<void>()
        const logger = Logger.make<unknown, void>(({ message }) => {
          if (String(message).includes("Found it")) Deferred.doneUnsafe(logged, Effect.void)
        })
        const logging = Layer.mergeAll(
          Logger.layer([logger]),
          Layer.succeed(References.MinimumLogLevel, "All")
        )
        const peer = Peer.make({
          ...Peer.initialize(),
          ping: (turn) =>
            Effect.gen(function* () {
              yield* turn.announce(JsonRpc.request("q", "elicitation/create", form))
              yield* Deferred.await(asked)
              yield* turn.announce(
                JsonRpc.notification("notifications/cancelled", { requestId: "q", reason: "Found it" })
              )
              yield* Deferred.await(gone)
              yield* Deferred.await(logged)
              return {}
            })
        })
        const connected = connect(peer, {
          versions: ["2025-11-25"],
          elicit: () =>
            Deferred.succeed(asked, undefined).pipe(
              Effect.andThen(Effect.never),
              Effect.onInterrupt(() => Deferred.succeed(gone, undefined))
            )
        })
        yield* Effect.provide(
          Effect.flatMap(connected, (client) => client.ping),
          logging
        )
        assert.isFalse(peer.words().includes("1 response q"))
      })
  )

  it.effect("CANC-11: a cancellation of nothing, or of nothing readable, is no matter", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.initialize(),
        ping: ({ announce }) =>
          Effect.as(
            Effect.forEach([{ requestId: "nobody" }, { requestId: null }, { requestId: {} }, {}], (params) =>
              announce(JsonRpc.notification("notifications/cancelled", params))
            ),
            {}
          )
      })
      const client = yield* connect(peer, { versions: ["2025-11-25"] })
      yield* client.ping
      yield* client.ping
      assert.strictEqual(peer.opened(), 1)
    })
  )

  it.effect("BASE-23: a request of a stateless server is not answered but counted", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": (turn) =>
          Effect.as(turn.say(JsonRpc.request("q", "roots/list", {})), { resultType: "complete", content: [] })
      })
      const client = yield* connect(peer, { roots: [] })
      yield* client.callTool("x")
      assert.strictEqual(client.ignored(), 1)
      assert.isFalse(peer.words().includes("1 response q"))
    })
  )
})
