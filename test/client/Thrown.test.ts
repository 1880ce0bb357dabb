/** An application that throws where it should give an Effect goes on hearing, and its requests go on. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const log = (data: string) => JsonRpc.notification("notifications/message", { level: "info", data })
const done = { resultType: "complete", content: [] }

describe("what an application throws", () => {
  it.effect("in onLog and onNotification is logged, and the next message is heard", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.initialize("2025-11-25", { logging: {}, tools: {} }),
        "tools/call": ({ announce }) =>
          Effect.as(Effect.andThen(announce(log("first")), announce(log("second"))), done)
      })
      const heard: Array<unknown> = []
      const noted: Array<unknown> = []
      const hear = (into: Array<unknown>, what: unknown) => {
        into.push(what)
        if (what === "first") throw new Error("oops")
        return Effect.void
      }
      const client = yield* connect(peer, {
        versions: ["2025-11-25"],
        onLog: ({ data }) => hear(heard, data),
        onNotification: ({ params }) => hear(noted, params["data"])
      })
      yield* client.callTool("talk")
      yield* Effect.repeat(Effect.yieldNow, { times: 20 })
      assert.deepStrictEqual(heard, ["first", "second"])
      assert.deepStrictEqual(noted, ["first", "second"])
    }).pipe(Effect.scoped)
  )

  it.effect("in onProgress is logged, and the request has its result", () =>
    Effect.gen(function* () {
      const peer = Peer.make({
        ...Peer.discover(),
        "tools/call": ({ params, say }) => {
          const { progressToken } = params["_meta"] as JsonRpc.Params
          const report = (progress: number) =>
            say(JsonRpc.notification("notifications/progress", { progressToken, progress }))
          return Effect.as(Effect.andThen(report(1), report(2)), done)
        }
      })
      const client = yield* connect(peer)
      const heard: Array<number> = []
      const result = yield* client.callTool(
        "work",
        {},
        {
          onProgress: ({ progress }) => {
            heard.push(progress)
            if (progress === 1) throw new Error("oops")
            return Effect.void
          }
        }
      )
      assert.deepStrictEqual(result.content, [])
      assert.deepStrictEqual(heard, [1, 2])
    }).pipe(Effect.scoped)
  )
})
