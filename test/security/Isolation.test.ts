/**
 * Section B of the known faults of MCP servers: sessions and streams of others cannot be had. Over every face.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as EventStore from "mcp-effect/EventStore"
import { type Asked, faces } from "../http/faces.ts"
import { call, initialize, json, legacy, message, open, request } from "../http/messages.ts"
import { baseline } from "./baseline.ts"
import { telling, named, as, having, listening } from "./telling.ts"

for (const [face, start] of faces) {
  describe(`isolation over ${face}`, () => {
    it.live("B2: what a request says goes to its client, whoever connects meanwhile", () =>
      Effect.gen(function* () {
        const peer = yield* start(telling())
        const a = yield* open(peer)
        const own = yield* peer.stream(legacy(call(1, "ask", { secret: "only for A" }), a))
        const question = yield* message(own)
        assert.strictEqual(question?.params?.["message"], "only for A")
        const heard: Array<unknown> = []
        for (let round = 0; round < 20; round++) {
          const b = yield* open(peer)
          const stream = yield* peer.stream({ headers: { ...listening, ...b } })
          const asked = legacy(call(2, "tell", { secret: "for A as well" }, { progressToken: 1 }), a)
          yield* Effect.forkChild(peer.ask(asked))
          // B answers what A was asked.
          const forged = {
            jsonrpc: "2.0",
            id: question?.id,
            result: { action: "accept", content: { secret: "B" } }
          }
          yield* peer.ask(legacy(forged, b))
          yield* peer.ask({ method: "DELETE", headers: b })
          heard.push(yield* message(stream))
        }
        assert.deepStrictEqual(
          heard,
          Array.from({ length: 20 }, () => undefined)
        )
        const answer = {
          jsonrpc: "2.0",
          id: question?.id,
          result: { action: "accept", content: { secret: "A" } }
        }
        yield* peer.ask(legacy(answer, a))
        assert.include(JSON.stringify((yield* message(own))?.result), "only for A A")
      }).pipe(baseline)
    )

    it.live("B3: the session of another caller does not exist, and is not disturbed", () =>
      Effect.gen(function* () {
        const peer = yield* start(telling(), { guard: named })
        const session = yield* open(peer, "2025-11-25", { elicitation: {} }, as("ada"))
        const stream = yield* peer.stream({ headers: { ...listening, ...session, ...as("ada") } })
        const ways: ReadonlyArray<readonly [what: string, asked: Asked]> = [
          ["POST", legacy(request(1, "ping"), session)],
          ["GET", { headers: { ...listening, ...session } }],
          ["resume", { headers: { ...listening, ...session, "last-event-id": "0_1" } }],
          ["DELETE", { method: "DELETE", headers: session }]
        ]
        for (const [what, asked] of ways) {
          const foreign = yield* peer.ask(having(asked, as("bob")))
          const invented = yield* peer.ask(having(asked, { ...as("bob"), "mcp-session-id": "x".repeat(32) }))
          assert.strictEqual(foreign.status, 404, what)
          assert.strictEqual(foreign.text, invented.text, `${what}: no difference to one that never was`)
          assert.strictEqual((yield* peer.ask(asked)).status, 401, `${what} of nobody`)
        }
        yield* peer.ask({ method: "DELETE", headers: { ...session, ...as("ada") } })
        assert.isUndefined(yield* message(stream), "her stream was open until she ended it")
      }).pipe(baseline)
    )

    it.live("B3: nobody posts on the HTTP+SSE line of another caller", () =>
      Effect.gen(function* () {
        const peer = yield* start(telling(), { guard: named, sse: true })
        const stream = yield* peer.stream({ path: "/sse", headers: { ...listening, ...as("ada") } })
        let address: string | undefined
        while (address === undefined) {
          address = /^data: (\/\S+)$/m.exec((yield* Effect.promise(stream.next)) ?? "")?.[1]
        }
        const post = (path: string, user: string) =>
          peer.ask(legacy(initialize("2024-11-05"), as(user), path))
        const foreign = yield* post(address, "bob")
        const invented = yield* post("/messages/?session_id=x", "bob")
        assert.strictEqual(foreign.status, 404)
        assert.strictEqual(foreign.text, invented.text)
        assert.strictEqual((yield* post(address, "ada")).status, 202)
        assert.strictEqual((yield* message(stream))?.id, 0)
        stream.close()
      }).pipe(baseline)
    )

    it.live("B10: a second initialize is refused, and what the first settled stays", () =>
      Effect.gen(function* () {
        const peer = yield* start(telling())
        const session = yield* open(peer, "2025-11-25", {})
        const again = yield* peer.ask(legacy(initialize("2025-06-18", { elicitation: {} }), session))
        assert.isDefined(json(again).error)
        const asked = json(yield* peer.ask(legacy(call(1, "ask", { secret: "x" }), session)))
        assert.notProperty(asked, "method", "a client without elicitation is still not asked")
        assert.isTrue(asked.result?.isError === true || asked.error !== undefined, JSON.stringify(asked))
      }).pipe(baseline)
    )

    it.live("B13: ids of events that are another stream's, another session's or nobody's give nothing", () =>
      Effect.gen(function* () {
        const peer = yield* start(telling(), { guard: named })
        const begin = (user: string) => open(peer, "2025-11-25", {}, as(user))
        const tell = Effect.fnUntraced(function* (session: Asked["headers"], user: string, secret: string) {
          const asked = legacy(call(1, "tell", { secret }, { progressToken: 1 }), { ...session, ...as(user) })
          const stream = yield* peer.stream(asked)
          const first = yield* message(stream)
          while ((yield* message(stream)) !== undefined);
          return first?.eventId
        })
        const [ada, bob] = [yield* begin("ada"), yield* begin("bob")]
        const adas = yield* tell(ada, "ada", "secret of Ada")
        const bobs = yield* tell(bob, "bob", "secret of Bob")
        assert.isString(adas)
        const resume = (session: Asked["headers"], user: string, last = "") =>
          peer.ask({ headers: { ...listening, ...session, ...as(user), "last-event-id": last } })
        assert.strictEqual((yield* resume(ada, "bob", adas)).status, 404)
        // The ids of both may be the same: then each gets what is theirs.
        for (const id of [adas, bobs]) assert.notInclude((yield* resume(bob, "bob", id)).text, "Ada")
        for (const forged of ["0_99", "1_99", "999_0", "-1_0", "1_0_0", "../1_0", "1", "", `${adas}/x`]) {
          const { status, text } = yield* resume(bob, "bob", forged)
          assert.strictEqual(status, 400, forged)
          assert.notInclude(text, "secret")
        }
      }).pipe(baseline, Effect.provide(EventStore.layerMemory()))
    )
  })
}
