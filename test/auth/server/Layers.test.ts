/** What one Layer brings: the settings of an authorization server, its provider, and its routes. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import { AuthorizationProvider } from "../../../src/auth/AuthorizationProvider.ts"
import * as AuthorizationServer from "../../../src/auth/AuthorizationServer.ts"
import * as EmbeddedProvider from "../../../src/auth/EmbeddedProvider.ts"
import { OAuthStore } from "../../../src/auth/OAuthStore.ts"
import * as SignIn from "../../../src/auth/SignIn.ts"
import * as Verifier from "../../../src/auth/Verifier.ts"

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
const holds = <_ extends true>() => {}

const issuer = "http://127.0.0.1:9000"
const settings: AuthorizationServer.Options = { issuer, resources: ["http://127.0.0.1:8000/mcp"] }
const provider = EmbeddedProvider.layer().pipe(
  Layer.provide([SignIn.local({ subject: "ada" }), OAuthStore.layerMemory])
)

describe("AuthorizationServer.layer", () => {
  it.effect("S078: settings and provider come from one layer, and neither without the other", () =>
    Effect.gen(function* () {
      const both = AuthorizationServer.layer(provider, settings)
      type Both = AuthorizationProvider | AuthorizationServer.Settings
      holds<Equal<Extract<Layer.Success<typeof both>, Both>, Both>>()
      holds<Equal<Layer.Services<typeof both>, HttpRouter.HttpRouter>>()
      // A provider has no place to get settings from but the server it belongs to.
      holds<Equal<Layer.Services<typeof provider>, AuthorizationServer.Settings | HttpRouter.HttpRouter>>()
      // What tells tokens apart in the same process needs both.
      holds<Equal<Layer.Services<typeof AuthorizationServer.verifier>, Both>>()
      const missing = () => [
        // @ts-expect-error Settings without a provider.
        AuthorizationServer.layer(settings),
        // @ts-expect-error A provider without settings.
        AuthorizationServer.layer(provider),
        // @ts-expect-error Settings that do not say whose they are.
        AuthorizationServer.layer(provider, { resources: settings.resources })
      ]
      assert.isFunction(missing)

      const context = yield* Layer.build(
        AuthorizationServer.verifier.pipe(Layer.provideMerge(both), Layer.provide(HttpRouter.layer))
      )
      assert.strictEqual(Context.get(context, AuthorizationServer.Settings).issuer, issuer)
      assert.isFunction(Context.get(context, AuthorizationProvider).authorize)
      assert.isFunction(Context.get(context, Verifier.Verifier).verify)
    })
  )
})
