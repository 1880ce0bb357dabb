/** JSON mode: what is said on the way to an answer has no place in it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { faces, type Peer } from "./faces.ts"
import { call, json, legacy, modern, open } from "./messages.ts"
import * as Fixture from "./server.ts"

const args = { to: 3 }
const progress = { progressToken: 1 }

const asks: { readonly [who: string]: (peer: Peer) => Effect.Effect<ReturnType<typeof modern>> } = {
  "a client of 2026-07-28": () =>
    Effect.succeed(modern("tools/call", { name: "count", arguments: args }, { meta: progress })),
  "a session": (peer) =>
    Effect.map(open(peer), (session) => legacy(call(1, "count", args, progress), session)),
  "a client without a session": () => Effect.succeed(legacy(call(1, "count", args, progress)))
}

for (const [face, start] of faces) {
  describe(`JSON mode over ${face}`, () => {
    for (const [who, ask] of Object.entries(asks)) {
      it.live(`S117: ${who} gets JSON, and the operator hears once of what was not sent`, () => {
        const heard: Array<unknown> = []
        const logger = Logger.make(({ logLevel, message }) => {
          if (logLevel === "Warn") heard.push(message)
        })
        return Effect.gen(function* () {
          const stateless = who === "a client without a session"
          const peer = yield* start(Fixture.make().server, { responseMode: "json", stateless })
          const asked = yield* ask(peer)
          for (let times = 0; times < 2; times++) {
            const answer = yield* peer.ask(asked)
            assert.strictEqual(answer.headers["content-type"], "application/json")
            assert.strictEqual(json(answer).id, 1)
          }
          assert.deepStrictEqual(heard, [
            ['notifications/progress is not sent: in the response mode "json" nothing is said on the way']
          ])
        }).pipe(Effect.scoped, Effect.provide(Logger.layer([logger])))
      })
    }
  })
}
