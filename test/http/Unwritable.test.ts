/** Results that JSON cannot say fail their own request, at every face and in both eras, and nothing else. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Method from "mcp-effect/Method"
import * as Server from "mcp-effect/Server"
import { faces } from "./faces.ts"
import { json, legacy, modern, open, request } from "./messages.ts"

const server = Server.make(
  { name: "unwritable", version: "1.0.0" },
  Method.make("example.com/big", () => ({ value: 1n }))
)

for (const [face, start] of faces) {
  describe(`a result that is not JSON, over ${face}`, () => {
    it.live("S041, S174: is an internal error with a reference, and the server goes on", () =>
      Effect.gen(function* () {
        const peer = yield* start(server)
        const session = yield* open(peer)
        for (const asked of [modern("example.com/big"), legacy(request(1, "example.com/big"), session)]) {
          const { error, id } = json(yield* peer.ask(asked))
          assert.strictEqual(error.code, -32603)
          assert.isString(error.data.reference)
          assert.strictEqual(id, 1)
        }
        assert.strictEqual((yield* peer.ask(modern("server/discover"))).status, 200)
      }).pipe(Effect.scoped)
    )
  })
}
