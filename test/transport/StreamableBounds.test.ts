import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Limits from "../../src/transport/Limits.ts"
import { complete, connect, text } from "./httpConnect.ts"
import * as Peer from "./httpPeer.ts"

describe("StreamableClient, bounds", () => {
  it.live("C11: more calls than are allowed at a time wait for their turn, and can be given up there", () =>
    Effect.gen(function* () {
      let running = 0
      let most = 0
      const waiting: Array<() => void> = []
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": (x) => {
          most = Math.max(most, ++running)
          waiting.push(() => {
            running--
            x.result(complete(text("hi")))
          })
        }
      })
      const client = yield* Effect.provide(connect(peer.url), Limits.layer({ inFlight: 4 }))
      const calls = yield* Effect.forEach(Array.from({ length: 20 }), () =>
        Effect.forkChild(client.callTool("x"))
      )
      yield* peer.until("tools/call", 4)
      yield* Fiber.interrupt(calls[19]!)
      for (let answered = 1; answered <= 19; answered++) {
        yield* peer.until("tools/call", answered)
        waiting.shift()?.()
      }
      for (const call of calls.slice(0, 19)) yield* Fiber.join(call)
      assert.strictEqual(most, 4)
      assert.strictEqual(peer.words().filter((word) => word === "tools/call").length, 19)
    })
  )

  const large = "x".repeat(200_000)
  const answers: ReadonlyArray<readonly [string, (x: Peer.Exchange) => void]> = [
    ["a JSON body", (x) => x.result(complete(text(large)))],
    [
      "a JSON body of unknown length",
      (x) => x.json(Peer.response(x, complete(text(large))), 200, { "transfer-encoding": "chunked" })
    ],
    ["an event", (x) => x.events().send(Peer.response(x, complete(text(large))))],
    ["an event that does not end", (x) => x.events().raw(`data: ${large}`)]
  ]
  for (const [what, answer] of answers) {
    it.live(`E6: ${what} over the limit fails its request with the limit's name; the next is served`, () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({ ...Peer.discover(), "tools/call": answer })
        const client = yield* Effect.provide(connect(peer.url), Limits.layer({ eventBytes: 100_000 }))
        const error = yield* Effect.flip(client.callTool("large"))
        assert.strictEqual(error._tag, "TransportError")
        assert.include(error.message, "larger than this client accepts (Limits.eventBytes, 100000 bytes)")
        peer.become({ "tools/call": (x) => x.result(complete(text("hi"))) })
        yield* client.callTool("small")
        assert.strictEqual(peer.words().filter((word) => word === "server/discover").length, 1)
      })
    )
  }

  it.live("E6: a message of 15 MiB passes by default, as a body and as an event", () =>
    Effect.gen(function* () {
      const huge = "y".repeat(15 * 1024 * 1024)
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": (x) =>
          x.message.params?.["name"] === "body"
            ? x.result(complete(text(huge)))
            : x.events().send(Peer.response(x, complete(text(huge))))
      })
      const client = yield* connect(peer.url)
      for (const way of ["body", "event"]) {
        const exit = yield* Effect.exit(client.callTool(way))
        assert.isTrue(Exit.isSuccess(exit), way)
      }
    })
  )
})
