/** What there is at each address, and what is said on which stream. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Dynamic from "mcp-effect/Dynamic"
import * as EventStore from "mcp-effect/EventStore"
import * as Server from "mcp-effect/Server"
import type { Streaming } from "./faces.ts"
import { faces } from "./faces.ts"
import { call, initialize, json, legacy, message, modern, open, request, type Said } from "./messages.ts"
import * as Fixture from "./server.ts"

const listening = { accept: "text/event-stream" }

/** Everything a stream says until it ends. */
const all = Effect.fnUntraced(function* (stream: Streaming) {
  const heard: Array<Said> = []
  for (;;) {
    const said = yield* message(stream)
    if (said === undefined) return heard
    heard.push(said)
  }
})

for (const [face, start] of faces) {
  describe(`endpoints over ${face}`, () => {
    it.live("HTTPS-1, HTTPS-34: one path takes POST and GET, and both want the session", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server)
        const session = yield* open(peer)
        const stream = yield* peer.stream({ headers: { ...listening, ...session } })
        assert.strictEqual(stream.status, 200)
        stream.close()
        const pinged = yield* peer.ask(legacy(request(1, "ping"), session))
        assert.strictEqual(pinged.status, 200)
        const { "mcp-session-id": _, ...unnamed } = session
        for (const asked of [
          legacy(request(1, "tools/list"), unnamed),
          legacy(request(1, "ping"), unnamed),
          { headers: { ...listening, ...unnamed } },
          { method: "DELETE", headers: unnamed }
        ]) {
          assert.strictEqual((yield* peer.ask(asked)).status, 400, asked.method)
        }
      }).pipe(Effect.scoped)
    )

    for (const [kept, store] of [
      ["nothing is kept", Layer.empty],
      ["events are kept", EventStore.layerMemory()]
    ] as const) {
      it.live(`HTTPS-23: no response is sent on the stream of GET, where ${kept}`, () =>
        Effect.gen(function* () {
          const { inside, server } = Fixture.make()
          const peer = yield* start(server)
          const session = yield* open(peer)
          const standalone = yield* peer.stream({ headers: { ...listening, ...session } })
          // One whose client is there to hear the response, and one whose client went away.
          yield* peer.ask(legacy(call(1, "echo", { text: "hi" }), session))
          const lost = yield* peer.stream(
            legacy(call(2, "report_and_wait", {}, { progressToken: 7 }), session)
          )
          yield* message(lost)
          lost.close()
          yield* Deferred.succeed(inside.gate, undefined)
          yield* peer.ask(legacy(call(3, "echo", { text: "hi" }), session))
          yield* peer.ask({ method: "DELETE", headers: session })
          const responses = (yield* all(standalone)).filter(({ id }) => id !== undefined)
          assert.deepStrictEqual(responses, [])
        }).pipe(Effect.scoped, Effect.provide(store))
      )
    }

    it.live("SSE-9: the two endpoints of HTTP+SSE can stand beside the MCP endpoint", () =>
      Effect.gen(function* () {
        const peer = yield* start(Fixture.make().server, { sse: true })
        const stream = yield* peer.stream({ path: "/sse", headers: listening })
        let address: string | undefined
        while (address === undefined) {
          address = /^data: (\/\S+)$/m.exec((yield* Effect.promise(stream.next)) ?? "")?.[1]
        }
        yield* peer.ask(legacy(initialize("2024-11-05"), {}, address))
        assert.strictEqual((yield* message(stream))?.result?.["protocolVersion"], "2024-11-05")
        stream.close()
        const newer = yield* peer.ask(modern("tools/call", { name: "echo", arguments: { text: "hi" } }))
        assert.strictEqual(json(newer).result.content[0].text, "hi")
        assert.strictEqual((yield* peer.ask(legacy(initialize("2025-11-25")))).status, 200)
      }).pipe(Effect.scoped)
    )

    it.live("CONF-6: whoever says that lists change, or that resources can be subscribed to, serves it", () =>
      Effect.gen(function* () {
        const info = { name: "changing", version: "1.0.0" }
        const { part } = Dynamic.make()
        for (const server of [Fixture.make().server, Server.make(info, part)]) {
          const peer = yield* start(server)
          const { capabilities } = json(yield* peer.ask(modern("server/discover"))).result
          const promised = Object.values<{ readonly listChanged?: boolean; readonly subscribe?: boolean }>(
            capabilities
          )
          assert(promised.some(({ listChanged = false, subscribe = false }) => listChanged || subscribe))
          const stream = yield* peer.stream(modern("subscriptions/listen", { notifications: {} }))
          assert.strictEqual((yield* message(stream))?.method, "notifications/subscriptions/acknowledged")
          stream.close()
        }
      }).pipe(Effect.scoped)
    )
  })
}
