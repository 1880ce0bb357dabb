/** A client that registered itself twice at one authorization server: what it was before is still what it was. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as OAuthClient from "mcp-effect/OAuthClient"
import { createServer } from "node:net"
import { connected, kept, post, world } from "./connect.ts"
import { protectedServer } from "./world.ts"

/** Takes a port that somebody counts on. */
const occupied = (port: number) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer()
      server.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )

describe("a client whose port was taken, and that registered again for another server", () => {
  it.effect("still refreshes, and signs out, where it was the other client", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const other = yield* protectedServer(as)
      const store = yield* kept
      const at = (endpoint: string) => connected(endpoint, {}, { browser, store })
      yield* Effect.provide(post(server.endpoint), at(server.endpoint))
      const first = browser.parameter("client_id") ?? ""
      yield* occupied(Number(new URL(browser.parameter("redirect_uri")!).port))
      yield* Effect.provide(post(other.endpoint), at(other.endpoint))
      assert.notStrictEqual(browser.parameter("client_id"), first)

      yield* TestClock.adjust("2 hours")
      as.tokens.clear()
      yield* Effect.gen(function* () {
        assert.strictEqual((yield* post(server.endpoint)).status, 200)
        assert.lengthOf(browser.pages, 2, "nobody is asked")
        assert.strictEqual(as.authentications.at(-1), `none ${first}`)
        const { signOut, status } = yield* OAuthClient.OAuthClient
        assert.deepInclude(yield* status, { clientId: first, clientKind: "dynamic" })
        yield* signOut
        assert.strictEqual(as.requests.at(-1)?.form.get("client_id"), first)
      }).pipe(Effect.provide(at(server.endpoint)))
    }).pipe(Effect.scoped)
  )
})
