import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { TransportError } from "../../src/client/Transport.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const busy = (retryAfter: number) =>
  Effect.fail(new TransportError({ message: "busy", refused: true, retryAfter }))

/** A server that is busy for so many requests. */
const recovering = (times: number, retryAfter = 0) => {
  let left = times
  const answer = (result: object) => () =>
    Effect.suspend(() =>
      left-- > 0 ? busy(retryAfter) : Effect.succeed({ resultType: "complete", ...result })
    )
  return Peer.make({
    ...Peer.discover({ capabilities: { tools: {}, resources: {} } }),
    "resources/read": answer({ contents: [], ttlMs: 0, cacheScope: "private" }),
    "tools/call": answer({ content: [] })
  })
}

describe("Resend", () => {
  it.effect("C2: what only reads is asked again while the server is busy, each time as a new request", () =>
    Effect.gen(function* () {
      const peer = recovering(3)
      const client = yield* connect(peer)
      const read = yield* Effect.forkChild(client.readResource("x://y"))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(read)
      const ids = peer.requests("resources/read").map(({ id }) => id)
      assert.strictEqual(ids.length, 4)
      assert.strictEqual(new Set(ids).size, 4)
    })
  )

  it.effect("C2: a server that stays busy is given up, with its own words", () =>
    Effect.gen(function* () {
      const peer = recovering(Infinity)
      const client = yield* connect(peer)
      const read = yield* Effect.forkChild(Effect.flip(client.readResource("x://y")))
      yield* TestClock.adjust("10 seconds")
      assert.deepInclude(yield* Fiber.join(read), { _tag: "TransportError", message: "busy" })
      assert.strictEqual(peer.requests("resources/read").length, 4)
    })
  )

  it.effect("C2: Retry-After is waited for, but not for longer than anybody would", () =>
    Effect.gen(function* () {
      const peer = recovering(1, 20_000)
      const client = yield* connect(peer)
      const read = yield* Effect.forkChild(client.readResource("x://y"))
      yield* TestClock.adjust("19 seconds")
      assert.strictEqual(peer.requests("resources/read").length, 1)
      yield* TestClock.adjust("12 seconds")
      yield* Fiber.join(read)
      const slow = yield* connect(recovering(1, 31_000))
      assert.deepInclude(yield* Effect.flip(slow.readResource("x://y")), { message: "busy" })
    })
  )

  it.effect("C2: a call of a tool is never made again by itself", () =>
    Effect.gen(function* () {
      const peer = recovering(1)
      const client = yield* connect(peer)
      assert.deepInclude(yield* Effect.flip(client.callTool("order")), { message: "busy" })
      assert.strictEqual(peer.requests("tools/call").length, 1)
    })
  )
})
