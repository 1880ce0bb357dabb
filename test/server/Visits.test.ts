import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Ask from "../../src/server/Ask.ts"
import * as Events from "../../src/server/Events.ts"
import { Visits } from "../../src/server/Visits.ts"
import { call, type Handle, modern, peerOf, request, serving, shaken } from "./peers.ts"

const url = "https://shop.example/pay"
const asTool = <A>(effect: Effect.Effect<A, McpError.McpError | Ask.Declined | Ask.Cancelled, Ask.Ask>) =>
  Effect.matchEffect(effect, {
    onSuccess: () => Effect.succeed({}),
    onFailure: (error) =>
      error instanceof McpError.McpError ? Effect.fail(error) : Effect.succeed({ tag: error._tag })
  })

/** Sends the user to the page that the call names. */
const sending: Handle = ({ params }) =>
  asTool(Ask.elicitUrl("Pay", url, { elicitationId: String(params["page"]) }))

/** A session of a client whose user answers every question about a page like this, but goes to the last one. */
const visitor = (server: ReturnType<typeof serving>, action = "accept", version = "2025-11-25") =>
  Effect.tap(shaken(server, version, { elicitation: { url: {} } }), ({ accept, onSaid }) =>
    Effect.sync(() =>
      onSaid((message) =>
        JsonRpc.isRequest(message)
          ? accept({
              jsonrpc: "2.0",
              id: message.id,
              result: { action: message.params?.["elicitationId"] === "last" ? "accept" : action }
            })
          : Effect.void
      )
    )
  )

const completed = (elicitationId: string) =>
  JsonRpc.notification("notifications/elicitation/complete", { elicitationId })

/** What a client hears first, of a page that is finished and of this last one, which is finished after it. */
const heard = Effect.fnUntraced(function* (
  server: ReturnType<typeof serving>,
  { accept, session }: Effect.Success<ReturnType<typeof visitor>>
) {
  yield* accept(request("last", "tools/call", { page: "last" }))
  yield* server.events.publish(Events.elicitationCompleted("last"))
  const messages = Stream.takeUntil(
    session.inbox,
    (message) => "params" in message && message.params?.["elicitationId"] === "last"
  )
  return Array.from(yield* Stream.runCollect(messages)).slice(0, -1)
})

describe("A page that is finished", () => {
  it.effect("ELIC-15: is told to the client that was sent there, and to no other", () =>
    Effect.gen(function* () {
      const server = serving(sending)
      const alice = yield* visitor(server)
      const bob = yield* visitor(server)
      yield* alice.accept(request(1, "tools/call", { page: "a" }))
      yield* bob.accept(request(1, "tools/call", { page: "b" }))
      // As an endpoint outside every request does.
      yield* server.events.publish(Events.elicitationCompleted("a"))
      assert.deepStrictEqual(yield* heard(server, alice), [completed("a")])
      assert.deepStrictEqual(yield* heard(server, bob), [])
    }).pipe(Effect.scoped)
  )

  it.effect("ELIC-15: is told once, by the id of the question", () =>
    Effect.gen(function* () {
      const server = serving(sending)
      const client = yield* visitor(server)
      yield* client.accept(request(1, "tools/call", { page: "a" }))
      assert.deepInclude((client.said[0] as JsonRpc.Request).params, { elicitationId: "a", url })
      yield* server.events.publish(Events.elicitationCompleted("a"))
      yield* server.events.publish(Events.elicitationCompleted("a"))
      assert.deepStrictEqual(yield* heard(server, client), [completed("a")])
    }).pipe(Effect.scoped)
  )

  for (const action of ["decline", "cancel"]) {
    it.effect(`is not told to a user who said ${action}`, () =>
      Effect.gen(function* () {
        const server = serving(sending)
        const client = yield* visitor(server, action)
        yield* client.accept(request(1, "tools/call", { page: "a" }))
        yield* server.events.publish(Events.elicitationCompleted("a"))
        assert.deepStrictEqual(yield* heard(server, client), [])
      }).pipe(Effect.scoped)
    )
  }

  it.effect("ELIC-19: is told to who was sent there by an error", () =>
    Effect.gen(function* () {
      const server = serving(({ params }) =>
        params["page"] === "a" ? asTool(Ask.requireUrl("Pay", url, { elicitationId: "a" })) : asTool(sendLast)
      )
      const client = yield* visitor(server)
      const { error } = yield* client.accept(request(1, "tools/call", { page: "a" }))
      assert.deepInclude(error, {
        code: -32042,
        data: { elicitations: [{ elicitationId: "a", mode: "url", message: "Pay", url }] }
      })
      yield* server.events.publish(Events.elicitationCompleted("a"))
      assert.deepStrictEqual(yield* heard(server, client), [completed("a")])
    }).pipe(Effect.scoped)
  )

  it("is forgotten when many others came after", () => {
    const visits = new Visits()
    for (let page = 0; page <= 1000; page++) visits.begin(`${page}`)
    assert.isFalse(visits.finish("0"))
    assert.isTrue(visits.finish("1"))
  })

  for (const data of [
    undefined,
    null,
    {},
    { elicitations: 1 },
    { elicitations: [null, { elicitationId: 1 }] }
  ]) {
    it(`an error with the data ${JSON.stringify(data)} sends nobody anywhere`, () => {
      const visits = new Visits()
      visits.refused({ code: -32042, message: "", data })
      assert.isFalse(visits.finish("1"))
    })
  }
})

const sendLast = Ask.elicitUrl("Pay", url, { elicitationId: "last" })

describe("A call that needs a page visited first", () => {
  const server = serving(() => asTool(Ask.requireUrl("Pay", url)))

  it.effect("ERR-6, MRTR-1: is a question in 2026-07-28, without the names of older revisions", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(server)
      const _meta = modern({ elicitation: { url: {} } })
      const { result } = yield* accept(call(1, { _meta }))
      assert.strictEqual(result.resultType, "input_required")
      assert.deepStrictEqual(Object.values(result.inputRequests), [
        { method: "elicitation/create", params: { mode: "url", message: "Pay", url } }
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("MRTR-20: asks again as long as it is not satisfied, and ends when the user declines", () =>
    Effect.gen(function* () {
      const { accept } = yield* peerOf(server)
      const _meta = modern({ elicitation: { url: {} } })
      let { result } = yield* accept(call(1, { _meta }))
      for (const action of ["accept", "accept", "decline"]) {
        const [key] = Object.keys(result.inputRequests)
        const { requestState } = result
        ;({ result } = yield* accept(
          call(2, { _meta, requestState, inputResponses: { [key!]: { action } } })
        ))
      }
      assert.strictEqual(result.tag, "Declined")
    }).pipe(Effect.scoped)
  )

  it.effect("ELIC-4: is refused for a client of 2025-06-18, whatever it declares", () =>
    Effect.gen(function* () {
      const { accept, said } = yield* visitor(server, "accept", "2025-06-18")
      const { error } = yield* accept(request(1, "tools/call", {}))
      assert.deepStrictEqual(error.data, { requiredCapabilities: { elicitation: { url: {} } } })
      assert.strictEqual(error.code, -32600)
      assert.deepStrictEqual(said, [])
    }).pipe(Effect.scoped)
  )
})

describe("ERR-6: codes that 2026-07-28 has given up", () => {
  for (const [old, code] of [
    [-32002, -32602],
    [-32042, -32600]
  ] as const) {
    it.effect(`${old} of a low-level handler is told as ${code}`, () =>
      Effect.gen(function* () {
        const server = serving(() => Effect.fail(McpError.make(old, "old", { uri: "x://y" })))
        const { accept } = yield* peerOf(server)
        assert.deepStrictEqual((yield* accept(call(1))).error, {
          code,
          message: "old",
          data: { uri: "x://y" }
        })
      }).pipe(Effect.scoped)
    )
  }
})
