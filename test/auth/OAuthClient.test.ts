import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { connected, post, world } from "./connect.ts"
import { bearer } from "./world.ts"

describe("a client and a protected server", () => {
  it.effect("S197, S206, DISC-5, TOK-1: a 401 is answered with a token, and the request is made again", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      yield* Effect.gen(function* () {
        const first = yield* post(server.endpoint, "one")
        const second = yield* post(server.endpoint, "two")
        assert.deepStrictEqual([first.status, first.text], [200, `{"hello":"one"}`])
        assert.deepStrictEqual([second.status, second.text], [200, `{"hello":"two"}`])
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.lengthOf(browser.pages, 1)
      assert.deepStrictEqual(
        server.admitted.map((request) => as.tokens.has(bearer(request) ?? "")),
        [true, true]
      )
      assert.deepStrictEqual(as.paths(), [
        "/.well-known/oauth-authorization-server",
        "/register",
        "/authorize",
        "/token"
      ])
    })
  )
})
