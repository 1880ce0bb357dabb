/**
 * Row D13 of the known faults: what strangers name to an authorization server or a protected server does not make it
 * ask anybody, beyond the one document that is a client's id.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Dns from "effect/net/Dns"
import * as NetAddress from "effect/net/NetAddress"
import * as TestClock from "effect/testing/TestClock"
import { exportJWK, generateKeyPair, SignJWT } from "jose"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import * as Bearer from "../../../src/auth/Bearer.ts"
import * as EmbeddedProvider from "../../../src/auth/EmbeddedProvider.ts"
import * as GuardedHttp from "../../../src/auth/GuardedHttp.ts"
import * as NodeGuardedHttp from "../../../src/auth/NodeGuardedHttp.ts"
import { OAuthStore } from "../../../src/auth/OAuthStore.ts"
import * as SignIn from "../../../src/auth/SignIn.ts"
import * as Verifier from "../../../src/auth/Verifier.ts"
import { admit, refusal } from "../head.ts"
import { http, issuer, makeKey, sign } from "../issuer.ts"
import { serve } from "../loopback.ts"
import {
  asked,
  authorize,
  authorizeUrl,
  callback,
  post,
  postJson,
  redeem,
  resource,
  send,
  start
} from "./scene.ts"

/** Every URL a client can have in what it says of itself, or send along. */
const urls = (canary: string) => ({
  jwks_uri: `${canary}/jwks`,
  logo_uri: `${canary}/logo.svg`,
  client_uri: `${canary}/client`,
  policy_uri: `${canary}/policy`,
  tos_uri: `${canary}/tos`,
  sector_identifier_uri: `${canary}/sector`,
  initiate_login_uri: `${canary}/login`,
  request_uris: [`${canary}/request`],
  backchannel_logout_uri: `${canary}/logout`,
  signed_jwks_uri: `${canary}/signed`,
  software_statement: `${canary}/statement`
})

const canary = serve(() => ({ body: { keys: [] } }))

describe("an authorization server", () => {
  it.effect(
    "D13: fetches nothing that a registration or a request names, and shows none of it as a picture",
    () =>
      Effect.gen(function* () {
        const { requests, url } = yield* canary
        const scene = yield* start({ server: { clientRegistration: { enabled: true } } })
        const registered = yield* postJson(`${scene.url}/register`, {
          ...urls(url),
          client_name: "Canary",
          redirect_uris: [callback],
          token_endpoint_auth_method: "none"
        })
        assert.strictEqual(registered.status, 201)
        const client_id = String(registered.json["client_id"])
        const sent = {
          client_id,
          scope: "",
          request_uri: `${url}/request`,
          registration: `${url}/registration`
        }
        const { page } = yield* asked(scene, sent)
        assert.include(page.text, "Canary")
        for (const path of ["logo", "policy", "tos", "jwks"]) assert.notInclude(page.text, `${url}/${path}`)
        assert.notMatch(page.text, /<img|<svg|<link|<iframe|url\(/)
        assert.include(page.headers.get("content-security-policy"), "default-src 'none'")
        const back = yield* authorize(scene, sent)
        assert.strictEqual((yield* redeem(scene, back.searchParams.get("code")!, { client_id })).status, 200)
        assert.lengthOf(requests, 0)
      })
  )

  it.effect("D13: keys are those that were registered, wherever else an assertion says that keys are", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* canary
      const scene = yield* start({ server: { clientRegistration: { enabled: true } } })
      const register = (more: object) =>
        postJson(`${scene.url}/register`, {
          ...urls(url),
          redirect_uris: [callback],
          token_endpoint_auth_method: "private_key_jwt",
          ...more
        })
      const without = yield* register({})
      assert.deepStrictEqual([without.status, without.json["error"]], [400, "invalid_client_metadata"])
      const keys = yield* Effect.promise(() => generateKeyPair("ES256", { extractable: true }))
      const stranger = yield* Effect.promise(() => generateKeyPair("ES256", { extractable: true }))
      const [jwk, other] = yield* Effect.promise(() =>
        Promise.all([exportJWK(keys.publicKey), exportJWK(stranger.publicKey)])
      )
      const { json } = yield* register({ jwks: { keys: [jwk] } })
      const client_id = String(json["client_id"])
      const back = yield* authorize(scene, { client_id, scope: "" })
      const assertion = yield* Effect.promise(() =>
        new SignJWT({ jti: "1" })
          .setProtectedHeader({ alg: "ES256", jku: `${url}/jku`, x5u: `${url}/x5u`, jwk: other })
          .setIssuer(client_id)
          .setSubject(client_id)
          .setAudience(scene.url)
          .setExpirationTime(60)
          .sign(stranger.privateKey)
      )
      const answer = yield* post(`${scene.url}/token`, {
        grant_type: "authorization_code",
        code: back.searchParams.get("code")!,
        client_assertion: assertion,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
      })
      assert.deepStrictEqual([answer.status, answer.json["error"]], [401, "invalid_client"])
      assert.lengthOf(requests, 0)
    })
  )

  /** Whoever connects, even without getting as far as a request. */
  const listener = Effect.gen(function* () {
    const connections: Array<string> = []
    const server = createServer((socket) => {
      connections.push(socket.remoteAddress ?? "")
      socket.destroy()
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
      () => Effect.sync(() => server.close())
    )
    return { connections, port: (server.address() as AddressInfo).port }
  })

  const resolver = (table: { readonly [name: string]: ReadonlyArray<string> }) => {
    const seen: Array<string> = []
    const lookup = (host: string) =>
      Effect.sync(() => {
        seen.push(host)
        return (table[host] ?? []).map(NetAddress.ipFromStringUnsafe)
      })
    return { seen, layer: Layer.succeed(Dns.Dns, Dns.make({ lookup })) }
  }

  it.effect(
    "D13: the document that is a client's id is at a public address, whatever its name resolves to",
    () =>
      Effect.gen(function* () {
        const { connections, port } = yield* listener
        const dns = resolver({
          "inside.example.com": ["127.0.0.1"],
          "mapped.example.com": ["::ffff:127.0.0.1"],
          "mixed.example.com": ["10.0.0.1", "fd00::1", "127.0.0.1"],
          "meta.example.com": ["169.254.169.254"]
        })
        const provider = EmbeddedProvider.layerDocuments().pipe(
          Layer.provide(Layer.provide(NodeGuardedHttp.layerDns(), dns.layer)),
          Layer.provide([SignIn.local({ subject: "ada" }), OAuthStore.layerMemory])
        )
        const scene = yield* start({ provider })
        for (const host of ["inside", "mapped", "mixed", "meta", "nowhere"]) {
          const client_id = `https://${host}.example.com:${port}/client.json`
          const { location, status } = yield* send(authorizeUrl(scene, { client_id }))
          assert.deepStrictEqual([status, location], [400, undefined], host)
        }
        assert.deepStrictEqual(connections, [])
        assert.lengthOf(dns.seen, 5)
      })
  )

  it.effect("D13, C17: a document leads nowhere else, and what it names is not fetched", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* canary
      const id = "https://app.example.com/client.json"
      const document = {
        ...urls(url),
        client_id: id,
        client_name: "Documented",
        redirect_uris: [callback],
        token_endpoint_auth_method: "none"
      }
      const answers = [
        { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(document) },
        { status: 302, headers: { location: `${url}/elsewhere` }, body: "" }
      ]
      const hops: Array<string> = []
      const dial: GuardedHttp.Dial = (hop) =>
        Effect.sync(() => {
          hops.push(hop.url.href)
          const { body, headers, status } = answers[hops.length - 1]!
          return { status, body, header: (name) => new Headers(headers).get(name) ?? undefined }
        })
      const provider = EmbeddedProvider.layerDocuments().pipe(
        Layer.provide(Layer.sync(GuardedHttp.GuardedHttp, () => GuardedHttp.make(dial))),
        Layer.provide([SignIn.local({ subject: "ada" }), OAuthStore.layerMemory])
      )
      const scene = yield* start({ provider })
      const { page } = yield* asked(scene, { client_id: id, scope: "" })
      assert.include(page.text, "Documented")
      assert.notInclude(page.text, `${url}/logo`)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual((yield* send(authorizeUrl(scene, { client_id: id }))).status, 400)
      assert.deepStrictEqual(hops, [id, id])
      assert.lengthOf(requests, 0)
    })
  )
})

describe("a protected server", () => {
  const guard = Bearer.guard({ resource })
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")

  it.effect(
    "D13: a thousand names of keys that are made up are three questions to the issuer in a minute",
    () =>
      Effect.gen(function* () {
        const key = yield* makeKey("one")
        const at = yield* issuer(key)
        const context = yield* Layer.build(Layer.provide(Verifier.jwt({ issuer: at.url }), http))
        const present = (token: string) => Effect.provide(admit(guard, `Bearer ${token}`), context)
        const claims = encoded({ iss: at.url, sub: "ada", aud: resource, exp: 4_000_000_000 })
        for (let second = 0; second < 60; second++) {
          for (let i = 0; i < 17; i++) {
            const header = encoded({ alg: "ES256", typ: "at+jwt", kid: `made-up-${second}-${i}` })
            assert.match(refusal(yield* present(`${header}.${claims}.AAAA`)), /^401/)
          }
          yield* TestClock.adjust("1 second")
        }
        assert.isAtMost(at.asked.keys, 3)
        assert.isAtMost(at.asked.metadata, 3)
        const good = yield* present(yield* sign(key, at.url, resource))
        assert.strictEqual(refusal(good), "admitted", "who has a good token is let in all the same")
      })
  )

  it.effect("D13: an issuer that has no keys is not asked more than once a second", () =>
    Effect.gen(function* () {
      const at = yield* issuer()
      at.published.broken = true
      const context = yield* Layer.build(Layer.provide(Verifier.jwt({ issuer: at.url }), http))
      const key = yield* makeKey("one")
      const token = yield* sign(key, at.url, resource)
      for (let second = 0; second < 10; second++) {
        for (let i = 0; i < 20; i++) {
          assert.match(refusal(yield* Effect.provide(admit(guard, `Bearer ${token}`), context)), /^503/)
        }
        yield* TestClock.adjust("1 second")
      }
      assert.isAtMost(at.asked.keys, 10)
    })
  )

  it.effect("D13: a token does not say where its key is", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* canary
      const at = yield* issuer(yield* makeKey("one"))
      const stranger = yield* makeKey("two")
      const context = yield* Layer.build(Layer.provide(Verifier.jwt({ issuer: at.url }), http))
      for (const header of [
        { jku: `${url}/jku` },
        { x5u: `${url}/x5u` },
        { jwk: stranger.jwk },
        { kid: `${url}/kid` },
        { kid: "../../../../etc/passwd" }
      ]) {
        const token = yield* sign(stranger, at.url, resource, { header, claims: { iss: at.url } })
        assert.match(refusal(yield* Effect.provide(admit(guard, `Bearer ${token}`), context)), /^401/)
      }
      const elsewhere = yield* sign(stranger, url, resource)
      assert.match(refusal(yield* Effect.provide(admit(guard, `Bearer ${elsewhere}`), context)), /^401/)
      assert.lengthOf(requests, 0)
    })
  )
})
