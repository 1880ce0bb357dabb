/** Our client and our server, over connections that are cut while they talk. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Client from "mcp-effect/Client"
import * as EventStore from "mcp-effect/EventStore"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Progress from "mcp-effect/Progress"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { proxy } from "../transport/proxy.ts"

const steps = 100
const turn = Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))

const make = () => {
  let runs = 0
  const server = Server.make(
    { name: "cuts", version: "1.0.0" },
    Tool.handle(
      Tool.make("count"),
      Effect.fnUntraced(function* () {
        runs++
        for (let step = 1; step <= steps; step++) {
          yield* Progress.report(step, steps)
          yield* turn
        }
        return "counted"
      })
    )
  )
  return { server, runs: () => runs }
}

describe("H2/C3: connections that are cut", () => {
  for (const seed of ["one", "two", "three", "four", "five"]) {
    it.live(`S130/S191: nothing is lost, repeated or out of order, however often (${seed})`, () =>
      Effect.gen(function* () {
        const { runs, server } = make()
        const { port } = yield* NodeServer.listen(server, { port: 0 })
        const way = yield* proxy(port)
        const client = yield* Client.connect(
          { url: `http://127.0.0.1:${way.port}/mcp`, reconnect: { firstDelay: 1 } },
          { name: "cuts", version: "1.0.0", versions: ["2025-11-25"] }
        )
        const heard: Array<number> = []
        let cuts = 0
        const result = yield* client.callTool(
          "count",
          {},
          {
            onProgress: ({ progress }) =>
              Effect.gen(function* () {
                heard.push(progress)
                if ((yield* Random.next) > 0.15) return
                cuts++
                way.cut()
              })
          }
        )
        assert.deepStrictEqual(
          heard,
          Array.from({ length: steps }, (_, index) => index + 1)
        )
        assert.deepInclude(result.content[0], { type: "text", text: "counted" })
        assert.strictEqual(runs(), 1, "the call ran once")
        assert.isAbove(cuts, 3)
      }).pipe(Effect.provide(EventStore.layerMemory({ eventsPerStream: 1000 })), Random.withSeed(seed))
    )
  }
})
