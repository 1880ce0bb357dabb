/** Notifications that come faster than they are dealt with. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Limits from "mcp-effect/Limits"
import * as Method from "mcp-effect/Method"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import { overFunction } from "../http/faces.ts"
import { modern } from "../http/messages.ts"
import { notification, shaken } from "./peers.ts"

const stuck = () => {
  const heard: Array<unknown> = []
  const server = Server.make(
    { name: "stuck", version: "1.0.0" },
    Method.notification("example/said", ({ what }) => {
      heard.push(what)
      return Effect.never
    })
  )
  return { heard, server }
}

describe("a flood of notifications", () => {
  it.effect("H8: as many as requests are dealt with at a time, and no more", () =>
    Effect.gen(function* () {
      const { heard, server } = stuck()
      const { accept } = yield* shaken(server)
      for (const what of [1, 2, 3, 4]) {
        yield* Effect.forkChild(accept(notification("example/said", { what })), { startImmediately: true })
      }
      assert.deepStrictEqual(heard, [1, 2])
    }).pipe(Effect.scoped, Effect.provide(Limits.layer({ inFlight: 2 })))
  )

  it.live("H8: over HTTP they count with the requests of all clients", () =>
    Effect.gen(function* () {
      const { heard, server } = stuck()
      const peer = overFunction(yield* StreamableServer.handler(server, { grace: 0 }))
      const { headers = {} } = modern("example/said")
      const statuses = []
      for (const what of [1, 2, 3]) {
        const body = JSON.stringify({ jsonrpc: "2.0", method: "example/said", params: { what } })
        statuses.push((yield* peer.ask({ method: "POST", headers, body })).status)
      }
      assert.deepStrictEqual(statuses, [202, 202, 503])
      assert.deepStrictEqual(heard, [1, 2])
    }).pipe(Effect.scoped, Effect.provide(Limits.layer({ requests: 2 })))
  )
})
