import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scheduler from "effect/Scheduler"
import * as Events from "../../src/server/Events.ts"
import * as Pending from "../../src/server/Pending.ts"

const recording = (hub: Events.Hub) => {
  const heard: Array<Events.Event> = []
  return { heard, stop: hub.subscribe((event) => void heard.push(event)) }
}

describe("Events", () => {
  it.effect("who subscribed is called in the same turn, until they stop", () =>
    Effect.gen(function* () {
      const hub = Events.make()
      const one = recording(hub)
      const two = recording(hub)
      Effect.runSync(hub.publish(Events.ToolsChanged))
      one.stop()
      one.stop()
      yield* hub.publish(Events.resourceUpdated("a:b"))
      assert.deepStrictEqual(one.heard, [Events.ToolsChanged])
      assert.deepStrictEqual(two.heard, [Events.ToolsChanged, Events.resourceUpdated("a:b")])
    })
  )

  it.effect("one listener may subscribe twice and stop once", () =>
    Effect.gen(function* () {
      const hub = Events.make()
      let calls = 0
      const listener = () => void calls++
      hub.subscribe(listener)
      hub.subscribe(listener)()
      yield* hub.publish(Events.ToolsChanged)
      assert.strictEqual(calls, 1)
    })
  )

  it.effect("a handler publishes to the bus of its server", () =>
    Effect.gen(function* () {
      const hub = Events.make()
      const { heard } = recording(hub)
      yield* Effect.provideService(Events.publish(Events.PromptsChanged), Events.Events, hub)
      assert.deepStrictEqual(heard, [Events.PromptsChanged])
    })
  )

  /** A bus of several nodes in one process: every node hears every other one. */
  const sharedBus = () => {
    const members = new Set<(event: Events.Event) => Effect.Effect<void>>()
    const published: Array<Events.Event> = []
    const member = (): Events.Bus => {
      let own: ((event: Events.Event) => Effect.Effect<void>) | undefined
      return {
        publish: (event) =>
          Effect.suspend(() => {
            published.push(event)
            return Effect.forEach(members, (listener) => (listener === own ? Effect.void : listener(event)), {
              discard: true
            })
          }),
        subscribe: (listener) =>
          Effect.asVoid(
            Effect.acquireRelease(
              Effect.sync(() => {
                own = listener
                members.add(listener)
              }),
              () => Effect.sync(() => members.delete(listener))
            )
          )
      }
    }
    return { member, published, size: () => members.size }
  }

  it.effect("a joined bus carries a fact to the other nodes, once", () =>
    Effect.gen(function* () {
      const bus = sharedBus()
      const [here, there] = [Events.make(), Events.make()]
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Events.join(here, bus.member())
          yield* Events.join(there, bus.member())
          const near = recording(here)
          const far = recording(there)
          yield* here.publish(Events.ToolsChanged)
          yield* here.publish(Events.ToolsChanged)
          yield* Effect.repeat(Effect.yieldNow, { times: 5 })
          assert.deepStrictEqual(near.heard, [Events.ToolsChanged, Events.ToolsChanged])
          assert.deepStrictEqual(far.heard, [Events.ToolsChanged], "merged on the way")
          assert.deepStrictEqual(bus.published, [Events.ToolsChanged], "not sent back")
        })
      )
      assert.strictEqual(bus.size(), 0, "left with the scope")
    })
  )

  it.effect("what happens here while something arrives is told there, too", () =>
    Effect.gen(function* () {
      const bus = sharedBus()
      const here = Events.make()
      const from = bus.member()
      yield* Events.join(here, bus.member())
      const uris = Array.from({ length: 20 }, (_, index) => `a:${index}`)
      const publishing = Effect.forEach(uris, (uri) => here.publish(Events.resourceUpdated(uri)))
      const arriving = Effect.repeat(from.publish(Events.ToolsChanged), { times: 20 })
      yield* Effect.all([arriving, publishing], { concurrency: "unbounded" }).pipe(
        Effect.provideService(Scheduler.MaxOpsBeforeYield, 3)
      )
      yield* Effect.repeat(Effect.yieldNow, { times: 5 })
      const told = bus.published.flatMap((event) => (event._tag === "ResourceUpdated" ? [event.uri] : []))
      assert.deepStrictEqual(told, uris)
    })
  )

  it.effect("a bus that throws once is told what happens afterwards", () =>
    Effect.gen(function* () {
      const told: Array<Events.Event> = []
      const here = Events.make()
      yield* Events.join(here, {
        publish: (event) =>
          Effect.sync(() => {
            told.push(event)
            if (told.length === 1) throw new Error("gone for a moment")
          }),
        subscribe: () => Effect.void
      })
      for (const event of [Events.ToolsChanged, Events.PromptsChanged]) {
        yield* here.publish(event)
        yield* Effect.repeat(Effect.yieldNow, { times: 5 })
      }
      assert.deepStrictEqual(told, [Events.ToolsChanged, Events.PromptsChanged])
    })
  )
})

describe("Pending", () => {
  it.effect("H25: under one key only the newest waits, in the order of the keys", () =>
    Effect.gen(function* () {
      const pending = Pending.make<number>()
      for (const value of [1, 2, 3]) pending.offer("a", value)
      pending.offer("b", 4)
      assert.strictEqual(yield* pending.take, 3)
      assert.strictEqual(yield* pending.take, 4)
    })
  )

  it.effect("a taker waits for the first, and an interrupted one takes nothing", () =>
    Effect.gen(function* () {
      const pending = Pending.make<number>()
      const gone = yield* Effect.forkChild(pending.take, { startImmediately: true })
      yield* Fiber.interrupt(gone)
      const taker = yield* Effect.forkChild(pending.take, { startImmediately: true })
      assert.strictEqual(taker.pollUnsafe(), undefined)
      pending.offer("a", 1)
      pending.offer("a", 2)
      assert.strictEqual(yield* Fiber.join(taker), 2)
    })
  )
})
