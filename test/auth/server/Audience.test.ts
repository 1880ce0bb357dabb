/** Row D6 of the known faults: a token of ours is an access token for one server, and good for nothing else. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { AuthorizationProvider } from "../../../src/auth/AuthorizationProvider.ts"
import * as AuthorizationServer from "../../../src/auth/AuthorizationServer.ts"
import * as Bearer from "../../../src/auth/Bearer.ts"
import * as Verifier from "../../../src/auth/Verifier.ts"
import { admit, principal, refusal } from "../head.ts"
import { http } from "../issuer.ts"
import { authorize, redeem, resource, type Scene, start } from "./scene.ts"

const others = [
  `${resource}2`,
  `${resource}/tenant`,
  "https://mcp.example.com",
  "https://other.example.com/mcp"
]

const kinds = [
  ["signed tokens and the keys of the issuer", "jwt", (scene: Scene) => Verifier.jwt({ issuer: scene.url })],
  [
    "tokens of the same process",
    "opaque",
    ({ context }: Scene) =>
      Layer.provide(
        AuthorizationServer.verifier,
        Layer.succeedContext(context as Context.Context<AuthorizationProvider | AuthorizationServer.Settings>)
      )
  ]
] as const

describe("a server among others of one authorization server", () => {
  for (const [what, accessTokens, verifier] of kinds) {
    const opened = Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const scene = yield* start({
        server: { resources: [resource, ...others] },
        embedded: { accessTokens }
      })
      const context = yield* Layer.build(Layer.provide(verifier(scene), http))
      const guard = Bearer.guard({ resource })
      const issued = Effect.fnUntraced(function* (resource: string) {
        const code = (yield* authorize(scene, { resource })).searchParams.get("code")!
        const { json } = yield* redeem(scene, code, { resource })
        return { code, access: String(json["access_token"]), refresh: String(json["refresh_token"]) }
      })
      const present = (token: string) => Effect.provideContext(admit(guard, `Bearer ${token}`), context)
      return { issued, present }
    })

    it.effect(`D6: takes no token of another one, with ${what}`, () =>
      Effect.gen(function* () {
        const { issued, present } = yield* opened
        for (const other of others) {
          const { access } = yield* issued(other)
          assert.match(refusal(yield* present(access)), /^401 Bearer error="invalid_token"/, other)
        }
        assert.strictEqual(principal(yield* present((yield* issued(resource)).access)).subject, "ada")
      })
    )

    it.effect(`D6: takes neither codes nor refresh tokens, nor what is over, with ${what}`, () =>
      Effect.gen(function* () {
        const { issued, present } = yield* opened
        const { access, code, refresh } = yield* issued(resource)
        for (const token of [code, refresh, `${access}x`, access.slice(0, -1), ""]) {
          assert.match(refusal(yield* present(token)), /^401/)
        }
        assert.strictEqual(refusal(yield* present(access)), "admitted")
        yield* TestClock.adjust("16 minutes")
        assert.match(refusal(yield* present(access)), /^401/)
      })
    )
  }
})
