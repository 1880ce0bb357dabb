import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Client from "../../src/client/Client.ts"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const form = (message: string): JsonRpc.Params => ({
  method: "elicitation/create",
  params: {
    mode: "form",
    message,
    requestedSchema: { type: "object", properties: { name: { type: "string", default: "Ada" } } }
  }
})
const required = (members: JsonRpc.Params): JsonRpc.Params => ({ resultType: "input_required", ...members })
const done: JsonRpc.Params = { resultType: "complete", content: [{ type: "text", text: "done" }] }

/** Answers tools/call with these results, one after another. */
const inTurn = (...results: ReadonlyArray<JsonRpc.Params>): Peer.Script => {
  let turn = 0
  return { ...Peer.discover(), "tools/call": () => Effect.sync(() => results[turn++] ?? done) }
}

const elicit: Client.ElicitHandler = () => Effect.succeed(Client.accept())

describe("Rounds", () => {
  it.effect("MRTR-12: the inputs are found out, and the request is sent again with them", () =>
    Effect.gen(function* () {
      const peer = Peer.make(
        inTurn(required({ inputRequests: { who: form("Who?") }, requestState: "s1" }), done)
      )
      const client = yield* connect(peer, { elicit })
      yield* client.callTool("greet", { loud: true })
      const [, again] = peer.requests("tools/call")
      assert.deepStrictEqual(
        { ...again?.params, _meta: undefined },
        {
          name: "greet",
          arguments: { loud: true },
          inputResponses: { who: { action: "accept", content: { name: "Ada" } } },
          requestState: "s1",
          _meta: undefined
        }
      )
    })
  )

  it.effect("MRTR-15, MRTR-16, TOOL-25: the retry has an id of its own and explains itself again", () =>
    Effect.gen(function* () {
      const peer = Peer.make(inTurn(required({ inputRequests: { who: form("Who?") } }), done))
      const client = yield* connect(peer, { elicit })
      yield* client.callTool("greet")
      const [first, again] = peer.requests("tools/call")
      assert.notStrictEqual(first?.id, again?.id)
      assert.deepStrictEqual(again?.params?.["_meta"], first?.params?.["_meta"])
    })
  )

  it.effect("MRTR-14: without a state none is sent, not even that of the round before", () =>
    Effect.gen(function* () {
      const peer = Peer.make(
        inTurn(
          required({ inputRequests: { who: form("Who?") }, requestState: "s1" }),
          required({ inputRequests: { where: form("Where?") } }),
          done
        )
      )
      const client = yield* connect(peer, { elicit })
      yield* client.callTool("greet")
      const params = peer.requests("tools/call").map(({ params }) => params ?? {})
      assert.deepStrictEqual(
        params.map((each) => "requestState" in each),
        [false, true, false]
      )
      assert.deepStrictEqual(Object.keys((params[2]?.["inputResponses"] ?? {}) as JsonRpc.Params), ["where"])
    })
  )

  it.effect(
    "MRTR-11, MRTR-13: the state is echoed as it came, whatever it is, and no answers go with a state alone",
    () =>
      Effect.gen(function* () {
        const peer = Peer.make(inTurn(required({ requestState: ' "odd\u0000 ' }), done))
        const client = yield* connect(peer)
        yield* client.callTool("greet")
        const [, again] = peer.requests("tools/call")
        assert.strictEqual(again?.params?.["requestState"], ' "odd\u0000 ')
        assert.notProperty(again?.params, "inputResponses")
      })
  )

  it.effect("MRTR-17: calls side by side keep to their own questions and states", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": ({ params }) =>
          Effect.succeed(
            "inputResponses" in params
              ? done
              : required({
                  inputRequests: { who: form(String(params["name"])) },
                  requestState: `state of ${params["name"]}`
                })
          )
      })
      const both = yield* Deferred.make<void>()
      let asked = 0
      const client = yield* connect(peer, {
        elicit: ({ message }) =>
          Effect.as(
            Effect.andThen(
              Effect.suspend(() => (++asked === 2 ? Deferred.succeed(both, undefined) : Effect.void)),
              Deferred.await(both)
            ),
            Client.accept({ name: `Ada of ${message}` })
          )
      })
      yield* Effect.all([client.callTool("a"), client.callTool("b")], { concurrency: "unbounded" })
      const retries = peer
        .requests("tools/call")
        .flatMap(({ params = {} }) =>
          "requestState" in params
            ? [[params["name"], params["requestState"], JSON.stringify(params["inputResponses"])]]
            : []
        )
      assert.sameDeepMembers(retries, [
        ["a", "state of a", '{"who":{"action":"accept","content":{"name":"Ada of a"}}}'],
        ["b", "state of b", '{"who":{"action":"accept","content":{"name":"Ada of b"}}}']
      ])
    })
  )

  it.effect("questions of one round are answered at the same time", () =>
    Effect.gen(function* () {
      const peer = Peer.make(inTurn(required({ inputRequests: { a: form("a"), b: form("b") } }), done))
      const met = yield* Deferred.make<void>()
      let open = 0
      const client = yield* connect(peer, {
        elicit: () =>
          Effect.suspend(() => (++open === 2 ? Deferred.succeed(met, undefined) : Deferred.await(met))).pipe(
            Effect.as(Client.decline)
          )
      })
      yield* client.callTool("greet")
      const [, again] = peer.requests("tools/call")
      assert.deepStrictEqual(again?.params?.["inputResponses"], {
        a: { action: "decline" },
        b: { action: "decline" }
      })
    })
  )

  it.effect("SAMP-22: a server that never stops asking is given up", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": Peer.always(required({ inputRequests: { who: form("Who?") } }))
      })
      const client = yield* connect(peer, { elicit })
      const error = yield* Effect.flip(client.callTool("greet", {}, { maxRounds: 3 }))
      assert.strictEqual(error._tag, "InvalidResponse")
      assert.strictEqual(peer.requests("tools/call").length, 4)
    })
  )

  it.effect("BASE-20: a resultType nobody knows makes the result invalid", () =>
    Effect.gen(function* () {
      const peer = Peer.make(inTurn({ resultType: "surprise", content: [] }))
      const client = yield* connect(peer)
      const error = yield* Effect.flip(client.callTool("greet"))
      assert.deepStrictEqual(error._tag === "InvalidResponse" && error.path, ["resultType"])
    })
  )

  const task = "com.example/tasks"
  for (const [title, extensions, declared, accepted] of [
    ["that both sides declare is accepted", { [task]: {} }, { [task]: {} }, true],
    ["that the server does not declare is invalid", { [task]: {} }, {}, false],
    ["that the client does not declare is invalid", {}, { [task]: {} }, false]
  ] as const) {
    it.effect(`BASE-21, EXT-2: a resultType of an extension ${title}`, () =>
      Effect.gen(function* () {
        const peer = Peer.make({
          ...Peer.discover({ capabilities: { tools: {}, extensions: declared } }),
          "tools/call": Peer.always({ resultType: "task", content: [] })
        })
        const client = yield* connect(peer, { extensions, resultTypes: { task } })
        const outcome = yield* Effect.result(client.callTool("greet"))
        assert.strictEqual(outcome._tag, accepted ? "Success" : "Failure")
        if (outcome._tag === "Failure") assert.strictEqual(outcome.failure._tag, "InvalidResponse")
      })
    )
  }

  it.effect("BASE-19: a result without resultType is complete", () =>
    Effect.gen(function* () {
      const peer = Peer.make(inTurn({ content: [] }))
      const client = yield* connect(peer)
      assert.strictEqual((yield* client.callTool("greet")).resultType, "complete")
    })
  )

  it.effect.each([
    ["neither questions nor a state", {}],
    ["questions that are no object", { inputRequests: [] }],
    ["a question that is none", { inputRequests: { x: { method: "tools/call", params: {} } } }],
    ["a ping", { inputRequests: { x: { method: "ping" } } }]
  ] as const)("an input_required result with %s is invalid", ([, members]) =>
    Effect.gen(function* () {
      const client = yield* connect(Peer.make(inTurn(required(members))), { elicit })
      const error = yield* Effect.flip(client.callTool("greet"))
      assert.strictEqual(error._tag, "InvalidResponse")
    })
  )

  it.effect("a method that may not ask is not answered", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/list": Peer.always(required({ inputRequests: { who: form("Who?") } }))
      })
      const client = yield* connect(peer, { elicit })
      assert.strictEqual((yield* Effect.flip(client.tools))._tag, "InvalidResponse")
    })
  )

  it.effect("a question without a handler fails the call with the code for it", () =>
    Effect.gen(function* () {
      const client = yield* connect(Peer.make(inTurn(required({ inputRequests: { who: form("Who?") } }))))
      const error = yield* Effect.flip(client.callTool("greet"))
      assert.strictEqual(error._tag === "McpError" && error.code, -32601)
    })
  )
})
