import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Client from "../../src/client/Client.ts"
import * as Visits from "../../src/client/Visits.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const page = { mode: "url", message: "Pay", url: "https://shop.example/pay" }
const completed = (elicitationId: unknown) =>
  JsonRpc.notification("notifications/elicitation/complete", { elicitationId } as JsonRpc.Params)
const required = {
  code: -32042,
  message: "Pay first",
  data: { elicitations: [{ ...page, elicitationId: "b" }] }
}

/** A server that asks for page "a" in answer to a ping, and for page "b" by its refusal of a call. */
const peer = () =>
  Peer.make({
    ...Peer.initialize(),
    ping: (turn) =>
      Effect.andThen(
        turn.say(JsonRpc.request("q", "elicitation/create", { ...page, elicitationId: "a" })),
        Effect.as(turn.reply("q"), {})
      ),
    "tools/call": Peer.always(required),
    "tools/list": Peer.always({ tools: [] })
  })

const visiting = (server: Peer.Peer) =>
  Effect.gen(function* () {
    const heard: Array<unknown> = []
    const client = yield* connect(server, {
      versions: ["2025-11-25"],
      cache: false,
      elicitUrl: () => Effect.succeed(Client.accept()),
      onNotification: ({ params }) => Effect.sync(() => heard.push(params["elicitationId"]))
    })
    return { client, heard }
  })

describe("A page that is finished", () => {
  it.effect("ELIC-16: of an unknown or a finished page nothing is heard", () =>
    Effect.gen(function* () {
      const server = peer()
      const { client, heard } = yield* visiting(server)
      yield* server.announce(completed("a"))
      yield* client.tools
      yield* client.ping
      for (const id of ["b", "a", "a", "toString", 5, undefined, "a"]) yield* server.announce(completed(id))
      yield* client.elicitationCompleted("a")
      yield* client.tools
      assert.deepStrictEqual(heard, ["a"])
      assert.strictEqual(client.ignored(), 7)
    }).pipe(Effect.scoped)
  )

  it.effect("may be waited for before and after", () =>
    Effect.gen(function* () {
      const server = peer()
      const { client } = yield* visiting(server)
      yield* client.ping
      const before = yield* Effect.forkChild(client.elicitationCompleted("a"), { startImmediately: true })
      assert.isUndefined(before.pollUnsafe())
      yield* server.announce(completed("a"))
      yield* Fiber.join(before)
      yield* client.elicitationCompleted("a")
    }).pipe(Effect.scoped)
  )

  it.effect("ELIC-17: a request that needs it first fails, and is the application's to make again", () =>
    Effect.gen(function* () {
      const server = peer()
      const { client, heard } = yield* visiting(server)
      const error = yield* Effect.flip(client.callTool("files"))
      const [first] = Client.requiredUrls(error)
      assert.deepStrictEqual(first, { ...page, mode: "url", elicitationId: "b" })
      yield* server.announce(completed("b"))
      yield* client.elicitationCompleted("b")
      yield* client.tools
      assert.deepStrictEqual(heard, ["b"])
      assert.strictEqual(server.requests("tools/call").length, 1)
      yield* Effect.flip(client.callTool("files"))
      assert.strictEqual(server.requests("tools/call").length, 2, "with or without word from the server")
    }).pipe(Effect.scoped)
  )

  it("is forgotten when many others came after", () => {
    const visits = Visits.make()
    for (let id = 0; id <= 1000; id++) visits.asked({ ...page, elicitationId: `${id}` })
    assert.isFalse(visits.finish({ elicitationId: "0" }))
    assert.isTrue(visits.finish({ elicitationId: "1" }))
  })

  for (const error of [
    undefined,
    "x",
    { ...required, code: -32602 },
    { ...required, data: {} },
    { ...required, data: { elicitations: [{ ...page, mode: "form", elicitationId: "b" }] } },
    { ...required, data: { elicitations: [page] } }
  ]) {
    it(`ELIC-19: no page is required by ${JSON.stringify(error)}`, () => {
      assert.deepStrictEqual(Client.requiredUrls(error), [])
    })
  }
})
