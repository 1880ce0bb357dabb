import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const pings = (peer: Peer.Peer) => peer.requests("ping").length
const options = { versions: ["2025-11-25"], keepAlive: "30 seconds" } as const

/** Keeps what was logged from now on. */
const logged = () => {
  const lines: Array<string> = []
  return { lines, layer: Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))]) }
}

describe("KeepAlive", () => {
  it.effect("LIFE-21: the server is pinged as often as the application says", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.initialize(), ping: Peer.always({}) })
      yield* connect(peer, options)
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(pings(peer), 0)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(pings(peer), 1)
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual(pings(peer), 3)
    })
  )

  it.effect("LIFE-21: unless it says so, it is not", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.initialize(), ping: Peer.always({}) })
      yield* connect(peer, { versions: ["2025-11-25"] })
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(pings(peer), 0)
    })
  )

  it.effect("there are no pings in the stateless era", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.discover(), ping: Peer.always({}) })
      yield* connect(peer, { keepAlive: "30 seconds" })
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(pings(peer), 0)
    })
  )

  it.effect("LIFE-22: a ping that is not answered is a broken connection, and logged", () =>
    Effect.gen(function* () {
      const { layer, lines } = logged()
      const done = { content: [] }
      let lives = true
      const peer = Peer.make({
        ...Peer.initialize(),
        ping: () => (lives ? Effect.succeed({}) : Effect.never),
        "tools/call": Peer.always(done)
      })
      yield* Effect.gen(function* () {
        const client = yield* connect(peer, options)
        yield* TestClock.adjust("30 seconds")
        lives = false
        yield* TestClock.adjust("59 seconds")
        assert.strictEqual(peer.closed(), 0)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(peer.closed(), 1)
        assert.deepStrictEqual(lines, ["The server does not answer pings"])
        yield* client.callTool("x")
        assert.strictEqual(peer.opened(), 2, "the next request opens another")
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("LIFE-22: a server that refuses to be pinged lives, and the log has it", () =>
    Effect.gen(function* () {
      const { layer, lines } = logged()
      const peer = Peer.make(Peer.initialize())
      yield* Effect.gen(function* () {
        yield* connect(peer, options)
        yield* TestClock.adjust("30 seconds")
        assert.match(lines.join(), /A ping failed/)
        assert.strictEqual(peer.closed(), 0)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("it ends with the client", () =>
    Effect.gen(function* () {
      const peer = Peer.make({ ...Peer.initialize(), ping: Peer.always({}) })
      const using = yield* Effect.forkChild(
        Effect.scoped(Effect.andThen(connect(peer, options), Effect.never))
      )
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.interrupt(using)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(pings(peer), 1)
    })
  )
})
