import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as NodeTokenStore from "mcp-effect/NodeTokenStore"
import { TokenStore } from "mcp-effect/TokenStore"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { browser, connected, failure, kept, post, world } from "./connect.ts"
import type { Around } from "./connect.ts"
import { bearer, protectedServer } from "./world.ts"
import type { AuthorizationServer, Server } from "./world.ts"

const grants = (as: AuthorizationServer) =>
  as.requests.filter(({ path }) => path === "/token").map(({ form }) => form.get("grant_type"))

const many = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.all(
    Array.from({ length: 50 }, () => effect),
    { concurrency: "unbounded" }
  )

/** Runs against a client that has a token already. */
const signedIn = <A, E>(
  server: Server,
  where: Around,
  effect: Effect.Effect<A, E, HttpClient.HttpClient>,
  options = {}
) =>
  Effect.andThen(post(server.endpoint), effect).pipe(
    Effect.provide(connected(server.endpoint, options, where))
  )

describe("however many requests there are", () => {
  it.effect("S203, C12: a token that is over is refreshed once, before it is sent", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.expiresIn = 60
      yield* signedIn(
        server,
        { browser },
        Effect.gen(function* () {
          const [first] = as.tokens.keys()
          yield* TestClock.adjust("51 seconds")
          yield* many(post(server.endpoint))
          assert.notInclude(server.admitted.slice(1).map(bearer), first)
        })
      )
      assert.deepStrictEqual(grants(as), ["authorization_code", "refresh_token"])
      assert.lengthOf(server.admitted, 51)
      assert.lengthOf(browser.pages, 1)
    })
  )

  it.effect("C12: a token that is not accepted any more is refreshed once", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      yield* signedIn(
        server,
        { browser },
        Effect.andThen(
          Effect.sync(() => as.tokens.clear()),
          many(post(server.endpoint))
        )
      )
      assert.deepStrictEqual(grants(as), ["authorization_code", "refresh_token"])
      assert.lengthOf(server.admitted, 51)
    })
  )

  it.effect("C12: the user is asked once", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      yield* Effect.provide(many(post(server.endpoint)), connected(server.endpoint, {}, { browser }))
      assert.lengthOf(browser.pages, 1)
      assert.lengthOf(server.admitted, 50)
    })
  )

  it.effect("C12: and if the user says no, that is the answer to all of them", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.redirect = (target) => {
        target.searchParams.delete("code")
        target.searchParams.set("error", "access_denied")
      }
      const errors = yield* Effect.provide(
        many(failure(post(server.endpoint))),
        connected(server.endpoint, {}, { browser })
      )
      assert.deepStrictEqual([...new Set(errors.map(({ code }) => code))], ["access_denied"])
      assert.lengthOf(browser.pages, 1)
    })
  )

  it.effect("a user who is signing in goes on when the request that asked them is given up", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const asked = Promise.withResolvers<void>()
      const go = Promise.withResolvers<void>()
      as.token = async (usual) => {
        asked.resolve()
        await go.promise
        return usual
      }
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(post(server.endpoint))
        yield* Effect.promise(() => asked.promise)
        yield* Fiber.interrupt(first)
        const second = yield* Effect.forkChild(post(server.endpoint))
        go.resolve()
        assert.strictEqual((yield* Fiber.join(second)).status, 200)
      }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
      assert.lengthOf(browser.pages, 1)
    })
  )
})

describe("a refresh", () => {
  it.effect("is for the server, and keeps the refresh token where no new one comes", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      as.token = (usual, form) => {
        const { refresh_token, ...rest } = usual.body as { readonly refresh_token?: string }
        if (form.get("grant_type") !== "refresh_token") return usual
        as.refreshTokens.set(form.get("refresh_token") ?? "", { scopes: [], clientId: "" })
        if (refresh_token !== undefined) as.refreshTokens.delete(refresh_token)
        return { body: rest }
      }
      const again = Effect.andThen(
        Effect.sync(() => as.tokens.clear()),
        post(server.endpoint)
      )
      yield* signedIn(server, { browser }, Effect.andThen(again, again))
      assert.deepStrictEqual(grants(as), ["authorization_code", "refresh_token", "refresh_token"])
      assert.deepStrictEqual(
        as.requests.filter(({ path }) => path === "/token").map(({ form }) => form.get("resource")),
        [server.endpoint, server.endpoint, server.endpoint]
      )
    })
  )

  it.effect("that fails for now is an error that says so, and loses nothing", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      yield* signedIn(
        server,
        { browser },
        Effect.gen(function* () {
          as.tokens.clear()
          const stored = [...as.refreshTokens]
          as.token = (_, form) => {
            for (const [token, issued] of stored) as.refreshTokens.set(token, issued)
            return form.get("grant_type") === "refresh_token" ? { status: 503, body: "busy" } : undefined
          }
          const error = yield* failure(post(server.endpoint))
          assert.strictEqual(error.reason, "Unavailable")
          as.token = (usual) => usual
          assert.strictEqual((yield* post(server.endpoint)).status, 200)
        })
      )
      assert.lengthOf(browser.pages, 1)
    })
  )

  it.effect(
    "TOK-9: where there is no refresh token, or it is not good any more, the user is asked again",
    () =>
      Effect.gen(function* () {
        const { as, browser, server } = yield* world
        yield* signedIn(
          server,
          { browser },
          Effect.gen(function* () {
            as.tokens.clear()
            as.refreshTokens.clear()
            as.token = (usual) => {
              if (usual.status !== undefined) return usual
              const { refresh_token: _, ...rest } = usual.body as { readonly refresh_token?: string }
              return { body: rest }
            }
            yield* post(server.endpoint)
            as.tokens.clear()
            yield* post(server.endpoint)
          })
        )
        assert.deepStrictEqual(grants(as), [
          "authorization_code",
          "refresh_token",
          "authorization_code",
          "authorization_code"
        ])
        assert.lengthOf(browser.pages, 3)
      })
  )

  it.effect("that does not help is followed by asking the user, once, and then the 401 is the answer", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      yield* signedIn(
        server,
        { browser },
        Effect.gen(function* () {
          as.tokens.clear()
          as.tokens.set = () => as.tokens
          const answer = yield* post(server.endpoint)
          assert.strictEqual(answer.status, 401)
        })
      )
      assert.deepStrictEqual(grants(as), ["authorization_code", "refresh_token", "authorization_code"])
    })
  )
})

/** Two clients, as of two processes, that share what they keep and nothing else. */
const two = (server: Server, stores: readonly [Layer.Layer<TokenStore>, Layer.Layer<TokenStore>]) =>
  Effect.gen(function* () {
    const window = browser()
    const clients = yield* Effect.forEach(stores, (store) =>
      Layer.build(connected(server.endpoint, {}, { browser: window, store }))
    )
    const [one, other] = clients.map(
      (context) => (effect: ReturnType<typeof post>) => Effect.provideContext(effect, context)
    )
    return { window, one: one!, other: other! }
  })

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "tokens-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

describe("processes that share a store", () => {
  it.live("C12: refresh once, and whoever comes second takes what the first one got", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      const path = join(yield* folder, "tokens.json")
      const { one, other, window } = yield* two(server, [
        NodeTokenStore.layerFile(path),
        NodeTokenStore.layerFile(path)
      ])
      yield* one(post(server.endpoint))
      yield* other(post(server.endpoint))
      as.tokens.clear()
      yield* Effect.all([one(post(server.endpoint)), other(post(server.endpoint))], { concurrency: 2 })
      assert.deepStrictEqual(grants(as), ["authorization_code", "refresh_token"])
      assert.lengthOf(window.pages, 1)
      assert.lengthOf(server.admitted, 4)
    })
  )

  it.effect("C12: where turns cannot be taken, whoever is refused takes what the other one got", () =>
    Effect.gen(function* () {
      const { as, server } = yield* world
      const shared = Layer.succeedContext(yield* Layer.build(KeyValueStore.layerMemory))
      const own = () => Layer.fresh(Layer.provide(TokenStore.layerKeyValueStore, shared))
      const { one, other, window } = yield* two(server, [own(), own()])
      yield* one(post(server.endpoint))
      yield* other(post(server.endpoint))
      as.tokens.clear()
      // The second one asks with the same refresh token, and is answered when the first one has kept what it got.
      const refreshing: Array<PromiseWithResolvers<void>> = [Promise.withResolvers(), Promise.withResolvers()]
      const first = Promise.withResolvers<void>()
      let count = 0
      as.token = async (usual) => {
        const nth = count++
        refreshing[nth]?.resolve()
        if (nth === 0) await refreshing[1]!.promise
        else await first.promise
        return usual
      }
      const fibers = yield* Effect.all([
        Effect.forkChild(
          Effect.ensuring(
            one(post(server.endpoint)),
            Effect.sync(() => first.resolve())
          )
        ),
        Effect.forkChild(
          Effect.ensuring(
            other(post(server.endpoint)),
            Effect.sync(() => first.resolve())
          )
        )
      ])
      yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(grants(as), ["authorization_code", "refresh_token", "refresh_token"])
      assert.lengthOf(window.pages, 1)
      assert.lengthOf(server.admitted, 4)
    })
  )

  it.effect("a program that starts again has what it had before", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const store = yield* kept
      const run = Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser, store }))
      yield* run
      yield* Effect.provide(post(server.endpoint), connected(server.endpoint, {}, { browser, store }))
      assert.deepStrictEqual(grants(as), ["authorization_code"])
      // Not even a first request without a token.
      assert.lengthOf(
        server.requests.filter(({ path }) => path === "/mcp"),
        3
      )
    })
  )

  it.effect("a store that cannot be read is an error where a token is needed, and is left alone", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      const path = join(yield* folder, "tokens.json")
      writeFileSync(path, "not a token file")
      const error = yield* Effect.provide(
        failure(post(server.endpoint)),
        connected(server.endpoint, {}, { browser, store: NodeTokenStore.layerFile(path) })
      )
      assert.strictEqual(error.reason, "Store")
      assert.deepStrictEqual(browser.pages, [])
    })
  )
})

it.effect(
  "TOK-5: what is kept for one server is not used for another, of the same authorization server neither",
  () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const other = yield* protectedServer(as)
      const store = yield* kept
      for (const { endpoint } of [server, other]) {
        yield* Effect.provide(post(endpoint), connected(endpoint, {}, { browser, store }))
      }
      const seen = JSON.stringify(other.requests)
      for (const request of server.admitted) assert.notInclude(seen, bearer(request)!)
      assert.deepStrictEqual(
        browser.pages.map(({ searchParams }) => searchParams.get("resource")),
        [server.endpoint, other.endpoint]
      )
    })
)
