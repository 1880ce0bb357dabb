import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { asked, authorize, authorizeUrl, callback, postJson, redeem, refresh, send, start } from "./scene.ts"

const open = (more: object = {}) =>
  start({
    server: {
      clientRegistration: { enabled: true, defaultScopes: ["files:read"], ...more },
      rates: { register: 1000, token: 1000, authorize: 1000 }
    }
  })

const app = { redirect_uris: [callback], client_name: "An App" }

describe("registration", () => {
  it.effect("a public client gets an id, and what was registered of it (S084, S085, AUTH-14, REG-16)", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const scene = yield* open()
      const answer = yield* postJson(`${scene.url}/register`, { ...app, token_endpoint_auth_method: "none" })
      assert.strictEqual(answer.status, 201)
      assert.strictEqual(answer.headers.get("cache-control"), "no-store")
      const { client_id: id, ...rest } = answer.json
      assert.match(String(id), /^[0-9a-f-]{36}$/)
      assert.deepStrictEqual(rest, {
        client_id_issued_at: 1_800_000_000,
        redirect_uris: [callback],
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        scope: "files:read",
        client_name: "An App"
      })
    })
  )

  it.effect("a client with a secret authenticates with it, until it expires (S084, S085)", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const scene = yield* open({ clientSecretExpiry: "1 hour" })
      const { json } = yield* postJson(`${scene.url}/register`, app)
      assert.match(String(json["client_secret"]), /^[\w-]{43}$/)
      assert.strictEqual(json["client_secret_expires_at"], 1_800_003_600)
      assert.strictEqual(json["token_endpoint_auth_method"], "client_secret_basic")
      const [id, secret] = [String(json["client_id"]), String(json["client_secret"])]
      const basic = { authorization: `Basic ${btoa(`${id}:${secret}`)}` }
      const code = (yield* authorize(scene, { client_id: id })).searchParams.get("code")!
      assert.strictEqual((yield* redeem(scene, code, { client_id: id })).status, 401, "without its secret")
      assert.strictEqual((yield* redeem(scene, code, { client_id: id }, basic)).status, 200)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(
        (yield* redeem(scene, "code", { client_id: id }, basic)).json["error"],
        "invalid_client"
      )
    })
  )

  it.effect("a client may want less, and is told what it has (S085)", () =>
    Effect.gen(function* () {
      const scene = yield* open()
      const one = yield* postJson(`${scene.url}/register`, {
        ...app,
        grant_types: ["authorization_code", "client_credentials", "urn:other"],
        scope: "files:write"
      })
      assert.deepStrictEqual(
        [one.json["grant_types"], one.json["scope"]],
        [["authorization_code"], "files:write"]
      )
    })
  )

  it.effect(
    "a client that names its scopes is held to them; one that does not may ask for more than the default",
    () =>
      Effect.gen(function* () {
        const scene = yield* open()
        const register = (more: object) =>
          Effect.map(
            postJson(`${scene.url}/register`, { ...app, token_endpoint_auth_method: "none", ...more }),
            ({ json }) => String(json["client_id"])
          )
        const ask = (client_id: string, scope: string) =>
          Effect.map(send(authorizeUrl(scene, { client_id, scope })), ({ location }) =>
            location?.searchParams.get("error")
          )
        const [held, free] = [yield* register({ scope: "files:read" }), yield* register({})]
        assert.strictEqual(yield* ask(held, "files:read files:write"), "invalid_scope")
        assert.isNull(yield* ask(free, "files:read files:write"))
        const { page } = yield* asked(scene, { client_id: free, scope: "" })
        assert.include(page.text, "<ul><li><bdi>files:read</bdi></li></ul>")
      })
  )

  const mistakes: ReadonlyArray<readonly [string, object, string]> = [
    ["no redirect URI", { redirect_uris: [] }, "invalid_redirect_uri"],
    ["a redirect URI that is no text", { redirect_uris: [7] }, "invalid_redirect_uri"],
    ["http on another machine", { redirect_uris: ["http://app.example.com/cb"] }, "invalid_redirect_uri"],
    ["a script", { redirect_uris: ["javascript:alert(1)"] }, "invalid_redirect_uri"],
    ["data", { redirect_uris: ["data:text/html,x"] }, "invalid_redirect_uri"],
    ["a file", { redirect_uris: ["file:///etc/passwd"] }, "invalid_redirect_uri"],
    ["a private scheme", { redirect_uris: ["com.example.app:/cb"] }, "invalid_redirect_uri"],
    ["a fragment", { redirect_uris: [`${callback}#x`] }, "invalid_redirect_uri"],
    ["a user", { redirect_uris: ["https://u@app.example.com/"] }, "invalid_redirect_uri"],
    ["markup", { redirect_uris: ['https://app.example.com/"><b>'] }, "invalid_redirect_uri"],
    ["a back-slash", { redirect_uris: ["https://app.example.com\\@evil.example/"] }, "invalid_redirect_uri"],
    [
      "too many",
      { redirect_uris: Array.from({ length: 11 }, (_, i) => `${callback}${i}`) },
      "invalid_redirect_uri"
    ],
    ["a web application on this machine", { application_type: "web" }, "invalid_redirect_uri"],
    [
      "more than there is room for",
      { redirect_uris: Array.from({ length: 5 }, (_, i) => `${callback}/${i}${"x".repeat(2000)}`) },
      "invalid_client_metadata"
    ],
    ["an unknown method", { token_endpoint_auth_method: "tls" }, "invalid_client_metadata"],
    ["an unknown scope", { scope: "root" }, "invalid_client_metadata"],
    ["another response type", { response_types: ["token"] }, "invalid_client_metadata"],
    ["no grant with a user", { grant_types: ["client_credentials"] }, "invalid_client_metadata"],
    ["a name without end", { client_name: "x".repeat(201) }, "invalid_client_metadata"],
    ["a page that is a script", { client_uri: "javascript:alert(1)" }, "invalid_client_metadata"],
    [
      "keys that are none",
      { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: 1 } },
      "invalid_client_metadata"
    ]
  ]
  for (const [title, changes, error] of mistakes) {
    it.effect(`${title} is not registered (S085, ASEC-12)`, () =>
      Effect.gen(function* () {
        const scene = yield* open()
        const answer = yield* postJson(`${scene.url}/register`, { ...app, ...changes })
        assert.deepStrictEqual([answer.status, answer.json["error"]], [400, error])
      })
    )
  }

  it.effect("private schemes are allowed by name", () =>
    Effect.gen(function* () {
      const scene = yield* open({ schemes: ["com.example.app"] })
      const answer = yield* postJson(`${scene.url}/register`, {
        ...app,
        redirect_uris: ["com.example.app:/cb"]
      })
      assert.strictEqual(answer.status, 201)
      const id = String(answer.json["client_id"])
      const { page } = yield* asked(scene, { client_id: id, redirect_uri: "com.example.app:/cb" })
      assert.include(page.text, "<strong><bdi>com.example.app:</bdi></strong>")
    })
  )

  it.effect("keys from the prototype are nothing", () =>
    Effect.gen(function* () {
      const scene = yield* open()
      const body =
        '{"__proto__":{"scope":"files:write"},"constructor":1,"redirect_uris":["http://127.0.0.1:1/"]}'
      const answer = yield* send(`${scene.url}/register`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" }
      })
      assert.deepStrictEqual([answer.status, answer.json["scope"]], [201, "files:read"])
      assert.notProperty({}, "scope")
    })
  )

  it.effect("D12: a client nobody agreed to is forgotten, and one that is used is not", () =>
    Effect.gen(function* () {
      const scene = yield* open()
      const register = () => postJson(`${scene.url}/register`, { ...app, token_endpoint_auth_method: "none" })
      const [idle, busy] = [yield* register(), yield* register()]
      const id = String(busy.json["client_id"])
      const back = yield* authorize(scene, { client_id: id })
      const { json } = yield* redeem(scene, back.searchParams.get("code")!, { client_id: id })
      yield* TestClock.adjust("1 day")
      const gone = yield* send(authorizeUrl(scene, { client_id: String(idle.json["client_id"]) }))
      assert.strictEqual(gone.status, 400)
      assert.strictEqual((yield* send(authorizeUrl(scene, { client_id: id }))).status, 303)
      assert.strictEqual(
        (yield* refresh(scene, String(json["refresh_token"]), { client_id: id })).status,
        200
      )
    })
  )

  it.effect("D12: there is room for so many, and for so many in a minute", () =>
    Effect.gen(function* () {
      const scene = yield* start({
        server: { clientRegistration: { enabled: true }, rates: { register: 5 } },
        embedded: { registered: { most: 3 } }
      })
      const statuses: Array<number> = []
      for (let i = 0; i < 6; i++) statuses.push((yield* postJson(`${scene.url}/register`, app)).status)
      assert.deepStrictEqual(statuses, [201, 201, 201, 503, 503, 429])
      const late = yield* postJson(`${scene.url}/register`, app)
      assert.strictEqual(late.headers.get("retry-after"), "60")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* postJson(`${scene.url}/register`, app)).status, 503)
      yield* TestClock.adjust("1 day")
      assert.strictEqual((yield* postJson(`${scene.url}/register`, app)).status, 201)
    })
  )
})
