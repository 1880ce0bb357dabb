import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as TestClock from "effect/testing/TestClock"
import * as EmbeddedProvider from "../../../src/auth/EmbeddedProvider.ts"
import { OAuthStore } from "../../../src/auth/OAuthStore.ts"
import type { Principal } from "../../../src/auth/Principal.ts"
import * as SignIn from "../../../src/auth/SignIn.ts"
import { UpstreamTokens } from "../../../src/auth/UpstreamTokens.ts"
import { type Received, type Sent, serve } from "../loopback.ts"
import {
  asked,
  authorizeUrl,
  Browser,
  callback,
  hidden,
  known,
  postJson,
  publicClient,
  redeem,
  refresh,
  start
} from "./scene.ts"

/** An identity provider that signs everybody in as one user, and a server of ours that has one client id there. */
const scene = Effect.gen(function* () {
  const state: { token: (request: Received) => Sent } = {
    token: () => ({
      body: { access_token: "upstream-1", refresh_token: "upstream-r", expires_in: 3600, login: "octo" }
    })
  }
  const idp = yield* serve((request) => (request.path === "/token" ? state.token(request) : { status: 404 }))
  const signIn = SignIn.upstream({
    name: "Idp",
    authorizationEndpoint: `${idp.url}/login`,
    tokenEndpoint: `${idp.url}/token`,
    clientId: "ours",
    clientSecret: Redacted.make("upstream-secret"),
    scopes: ["read:user"],
    issuer: idp.url,
    identify: (_token, answer) => Effect.succeed({ subject: `idp:${String(answer["login"])}` })
  })
  let tokens: UpstreamTokens["Service"] | undefined
  const provider = EmbeddedProvider.layer({ clients: [publicClient] }).pipe(
    Layer.tap((context) => Effect.sync(() => (tokens = Context.get(context, UpstreamTokens)))),
    Layer.provide(Layer.provide(signIn, FetchHttpClient.layer)),
    Layer.provide(OAuthStore.layerMemory)
  )
  const at = yield* start({ provider, server: { clientRegistration: { enabled: true } } })
  return { at, idp, state, upstream: () => tokens! }
})

/** Up to the identity provider. */
const left = (at: { readonly url: string }, browser = new Browser()) =>
  Effect.gen(function* () {
    const { consent, page } = yield* asked(at, {}, browser)
    const { location } = yield* browser.post(consent, { ...hidden(page.text), decision: "approve" })
    return { browser, location: location!, page, state: location!.searchParams.get("state")! }
  })

const back = (at: { readonly url: string }, state: string, more = "") =>
  `${at.url}/callback?code=upstream-code&state=${state}${more}`

const signedIn = (at: { readonly url: string }) =>
  Effect.gen(function* () {
    const { browser, state } = yield* left(at)
    const { location } = yield* browser.get(back(at, state))
    const { json } = yield* redeem(at, location!.searchParams.get("code")!)
    return { access: String(json["access_token"]), refresh: String(json["refresh_token"]) }
  })

describe("SignIn.upstream", () => {
  it.effect("a user agrees here, signs in there, and the client gets tokens of ours (S092, AUTH-16)", () =>
    Effect.gen(function* () {
      const { at, idp } = yield* scene
      const { browser, location, state } = yield* left(at)
      assert.strictEqual(`${location.origin}${location.pathname}`, `${idp.url}/login`)
      assert.deepInclude(Object.fromEntries(location.searchParams), {
        response_type: "code",
        client_id: "ours",
        redirect_uri: `${at.url}/callback`,
        scope: "read:user",
        code_challenge_method: "S256"
      })
      const answer = yield* browser.get(back(at, state))
      assert.strictEqual(`${answer.location?.origin}${answer.location?.pathname}`, callback)
      const { json } = yield* redeem(at, answer.location!.searchParams.get("code")!)
      const token = yield* known(at, String(json["access_token"]))
      assert.deepStrictEqual([token?.subject, token?.clientId], ["idp:octo", "app"])
      const [request] = idp.requests
      assert.deepInclude(Object.fromEntries(request!.form), {
        code: "upstream-code",
        grant_type: "authorization_code"
      })
      assert.isString(request!.form.get("code_verifier"))
      assert.strictEqual(request!.headers["authorization"], `Basic ${btoa("ours:upstream-secret")}`)
      assert.strictEqual(browser.cookies.size, 0)
    })
  )

  it.effect(
    "D1: nobody is sent there before the user agreed here, however often they agreed before (ASEC-16, SEC-2)",
    () =>
      Effect.gen(function* () {
        const { at } = yield* scene
        const browser = new Browser()
        const first = yield* left(at, browser)
        yield* browser.get(back(at, first.state))
        const { json } = yield* postJson(`${at.url}/register`, {
          redirect_uris: ["https://evil.example/cb"],
          client_name: "Evil",
          token_endpoint_auth_method: "none"
        })
        const evil = {
          client_id: String(json["client_id"]),
          redirect_uri: "https://evil.example/cb",
          scope: ""
        }
        for (const changes of [
          {},
          { scope: "files:write" },
          { redirect_uri: publicClient.redirectUris[1]! },
          evil
        ]) {
          const answer = yield* browser.get(authorizeUrl(at, changes))
          assert.strictEqual(answer.location?.pathname, "/consent")
          const page = yield* browser.get(answer.location!)
          assert.include(page.text, "You sign in with")
          assert.include(page.text, "<li><bdi>read:user</bdi></li>")
        }
      })
  )

  it.effect(
    "D2: there is no cookie for the way back until the user agreed, and then it is for one use (SEC-5, SEC-6)",
    () =>
      Effect.gen(function* () {
        const { at } = yield* scene
        const browser = new Browser()
        yield* asked(at, {}, browser)
        assert.notInclude(browser.seen.join(), "mcp-sign-in")
        const { state } = yield* left(at, browser)
        const kept = new Map(browser.cookies)
        assert.include([...kept.keys()].join(), "mcp-sign-in")
        assert.isTrue((yield* browser.get(back(at, state))).location?.searchParams.has("code"))
        for (const [name, value] of kept) browser.cookies.set(name, value)
        const again = yield* browser.get(back(at, state))
        assert.deepStrictEqual([again.status, again.location], [400, undefined])
      })
  )

  it.effect("D2: the way back of one browser does not work in another (SEC-5)", () =>
    Effect.gen(function* () {
      const { at, idp } = yield* scene
      const mine = yield* left(at)
      const attacker = yield* left(at)
      const theirs = [...attacker.browser.cookies].find(([name]) => name.includes("sign-in"))
      const ours = [...mine.browser.cookies.keys()].find((name) => name.includes("sign-in"))
      const forged = new Browser()
      forged.cookies.set(ours!, theirs![1])
      for (const browser of [new Browser(), attacker.browser]) {
        const answer = yield* browser.get(back(at, mine.state))
        assert.deepStrictEqual([answer.status, answer.location], [403, undefined])
      }
      assert.isTrue((yield* mine.browser.get(back(at, mine.state))).location?.searchParams.has("code"))
      const fresh = yield* left(at)
      const name = [...fresh.browser.cookies.keys()].find((key) => key.includes("sign-in"))
      forged.cookies.set(name!, theirs![1])
      assert.strictEqual((yield* forged.get(back(at, fresh.state))).status, 403)
      // And nobody used it up for whom it is.
      const mineStill = yield* fresh.browser.get(back(at, fresh.state))
      assert.isTrue(mineStill.location?.searchParams.has("code"))
      assert.lengthOf(idp.requests, 2, "nothing was redeemed for the others")
    })
  )

  it.effect("a state is good for ten minutes", () =>
    Effect.gen(function* () {
      const { at } = yield* scene
      const { browser, state } = yield* left(at)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual((yield* browser.get(back(at, state))).status, 400)
    })
  )

  const failures: ReadonlyArray<readonly [string, string, Sent | undefined]> = [
    ["it did not sign the user in", "&error=access_denied", undefined],
    ["the answer comes from somebody else", "&iss=https%3A%2F%2Fevil.example", undefined],
    ["it does not take the code", "", { status: 400, body: { error: "invalid_grant" } }],
    ["it answers with an error that says it is none", "", { body: { error: "bad_verification_code" } }]
  ]
  for (const [title, more, answer] of failures) {
    it.effect(`when ${title}, the client is told that there is no access`, () =>
      Effect.gen(function* () {
        const { at, state } = yield* scene
        if (answer !== undefined) state.token = () => answer
        const { browser, state: sent } = yield* left(at)
        const url = back(at, sent, more)
        const { location } = yield* browser.get(
          more.startsWith("&error") ? url.replace("code=upstream-code&", "") : url
        )
        assert.strictEqual(location?.searchParams.get("error"), "access_denied")
        assert.isFalse(location?.searchParams.has("code"))
      })
    )
  }

  it.effect(
    "C15: the server has a token of its own for its calls there, renewed when it must be (AUTH-16, ASEC-18)",
    () =>
      Effect.gen(function* () {
        const { at, state, upstream } = yield* scene
        const { access } = yield* signedIn(at)
        const token = yield* known(at, access)
        const principal = (issuer: string): Principal["Service"] => ({
          issuer,
          subject: "idp:octo",
          client: "app",
          scopes: new Set(),
          claims: token!.claims!,
          expiresAt: undefined
        })
        assert.strictEqual(Redacted.value(yield* upstream().of(principal(at.url))), "upstream-1")
        assert.strictEqual(
          (yield* Effect.flip(upstream().of(principal("https://other.example"))))._tag,
          "NoUpstreamToken"
        )

        let renewals = 0
        state.token = ({ form }) => {
          renewals++
          return form.get("refresh_token") === "upstream-r"
            ? { body: { access_token: "upstream-2", expires_in: 3600 } }
            : { status: 400, body: {} }
        }
        yield* TestClock.adjust("59 minutes")
        const many = yield* Effect.all(
          Array.from({ length: 10 }, () => upstream().of(principal(at.url))),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual([...new Set(many.map(Redacted.value))], ["upstream-2"])
        assert.strictEqual(renewals, 1)
      })
  )

  it.effect("when it ends there, it ends here; when it cannot be asked, it does not (AUTH-16)", () =>
    Effect.gen(function* () {
      const { at, state } = yield* scene
      const { access, refresh: token } = yield* signedIn(at)
      yield* TestClock.adjust("1 hour")
      state.token = () => ({ status: 503 })
      const next = yield* refresh(at, token)
      assert.strictEqual(next.status, 200)
      state.token = () => ({ status: 400, body: { error: "invalid_grant" } })
      const over = yield* refresh(at, String(next.json["refresh_token"]))
      assert.deepStrictEqual([over.status, over.json["error"]], [400, "invalid_grant"])
      assert.isUndefined(yield* known(at, access))
      assert.isUndefined(yield* known(at, String(next.json["access_token"])))
    })
  )
})
