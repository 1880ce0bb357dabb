/** Row D12 of the known faults: whoever registers clients without end does not fill the memory of the server. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { OAuthStore } from "../../../src/auth/OAuthStore.ts"
import * as Clients from "../../../src/auth/server/Clients.ts"
import { authorize, callback, postJson, redeem, start } from "./scene.ts"

/** A store, and how long what it has of each client is. */
const watched = Effect.map(Layer.build(OAuthStore.layerMemory), (context) => {
  const store = Context.get(context, OAuthStore)
  const sizes = new Map<string, number>()
  const layer = Layer.succeed(
    OAuthStore,
    OAuthStore.of({
      ...store,
      add: (key, entry) => {
        if (key.startsWith("client:")) sizes.set(key, entry.value.length)
        return store.add(key, entry)
      }
    })
  )
  return { layer, sizes, store }
})

const most = 100

describe("registration", () => {
  it.effect("D12: is closed when there are as many clients as there may be, however many come at once", () =>
    Effect.gen(function* () {
      const { layer, sizes, store } = yield* watched
      const scene = yield* start({
        server: { clientRegistration: { enabled: true }, rates: { register: 10_000 } },
        embedded: { registered: { most } },
        store: layer
      })
      // As much as it takes, and then some that is not kept.
      const body = {
        client_name: "x".repeat(200),
        redirect_uris: Array.from({ length: 10 }, (_, i) => `${callback}/${i}${"x".repeat(600)}`),
        contacts: Array.from({ length: 100 }, () => "x".repeat(500))
      }
      const statuses = yield* Effect.all(
        Array.from({ length: 1000 }, () =>
          Effect.map(postJson(`${scene.url}/register`, body), ({ status }) => status)
        ),
        { concurrency: 50 }
      )
      assert.lengthOf(
        statuses.filter((status) => status === 201),
        most
      )
      assert.lengthOf(
        statuses.filter((status) => status === 503),
        1000 - most
      )
      assert.strictEqual(yield* store.count("client:"), most)
      for (const size of sizes.values()) assert.isBelow(size, 9000)
      yield* TestClock.adjust("1 day")
      assert.strictEqual(yield* store.count("client:"), 0)
      assert.strictEqual((yield* postJson(`${scene.url}/register`, body)).status, 201)
    })
  )

  it.effect(
    "D12: a hundred thousand clients leave no more than there is room for, and none after a day",
    () =>
      Effect.gen(function* () {
        const { store } = yield* watched
        const limits = { most, unused: Duration.days(1), idle: Duration.days(180) }
        const clients = Clients.make([], store, limits, () => Effect.undefined)
        const client = {
          authentication: "none" as const,
          redirectUris: [callback],
          grantTypes: ["authorization_code" as const],
          origin: "registered" as const
        }
        let refused = 0
        let highest = 0
        for (let hour = 0; hour < 50; hour++) {
          for (let i = 0; i < 2000; i++) {
            yield* Effect.catch(clients.register({ ...client, id: `${hour}-${i}` }), () =>
              Effect.sync(() => refused++)
            )
          }
          highest = Math.max(highest, yield* store.count("client:"))
          yield* TestClock.adjust("1 hour")
        }
        assert.strictEqual(highest, most)
        // One room full each day.
        assert.strictEqual(refused, 100_000 - 3 * most)
        yield* TestClock.adjust("1 day")
        assert.strictEqual(yield* store.count("client:"), 0)
      })
  )

  it.effect("D12: a full house keeps nobody out who is in it", () =>
    Effect.gen(function* () {
      const scene = yield* start({
        server: { clientRegistration: { enabled: true } },
        embedded: { registered: { most: 2 } }
      })
      const register = () =>
        postJson(`${scene.url}/register`, { redirect_uris: [callback], token_endpoint_auth_method: "none" })
      const client_id = String((yield* register()).json["client_id"])
      yield* register()
      assert.strictEqual((yield* register()).status, 503)
      const back = yield* authorize(scene, { client_id, scope: "" })
      assert.strictEqual((yield* redeem(scene, back.searchParams.get("code")!, { client_id })).status, 200)
      yield* TestClock.adjust("1 day")
      // The one that was used is still there.
      assert.deepStrictEqual([(yield* register()).status, (yield* register()).status], [201, 503])
    })
  )
})
