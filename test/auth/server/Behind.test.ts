/** An authorization server that is called by another name than it listens on: TLS ends in front of it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { request } from "node:http"
import * as SignIn from "../../../src/auth/SignIn.ts"
import {
  authorizeUrl,
  callback,
  type Fields,
  hidden,
  publicClient,
  resource,
  type Scene,
  start
} from "./scene.ts"

const issuer = "https://login.example.com"

const behind = (more: object = {}) =>
  start({
    server: {
      issuer,
      clientRegistration: { enabled: true },
      revocation: { enabled: true },
      introspection: [{ id: "rs", secret: Redacted.make("0123456789abcdef"), resource }],
      ...more
    },
    signIn: Layer.succeed(
      SignIn.SignIn,
      SignIn.SignIn.of({ _tag: "Form", fields: [], check: () => Effect.succeed({ subject: "ada" }) })
    ),
    embedded: {
      clients: [
        publicClient,
        { id: "other", name: "Another App", redirectUris: [callback, "https://other.example.com/callback"] }
      ]
    }
  })

interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | ReadonlyArray<string> | undefined }
  readonly text: string
}

/** A request as it comes out of the proxy in front, with whatever its sender made up. */
const through = ({ at }: Scene, method: string, target: string, headers: Fields = {}, body = "") =>
  Effect.callback<Answer>((resume) => {
    const { hostname, port } = new URL(at)
    const sent = request(
      { host: hostname, port, method, path: target, headers: { host: "login.example.com", ...headers } },
      (response) => {
        let text = ""
        response.on("data", (chunk: Buffer) => (text += chunk.toString()))
        response.on("end", () =>
          resume(Effect.succeed({ status: response.statusCode ?? 0, headers: response.headers, text }))
        )
      }
    )
    sent.end(body)
  })

const form = { "content-type": "application/x-www-form-urlencoded" }
const pathOf = (url: string | URL) => {
  const { pathname, search } = new URL(url)
  return `${pathname}${search}`
}
const authorizePath = (changes: Fields = {}) => pathOf(authorizeUrl({ url: issuer }, changes))
const cookies = ({ headers }: Answer) => [headers["set-cookie"] ?? []].flat()
const pairs = (lines: ReadonlyArray<string>) => lines.map((line) => line.split(";")[0]!)

/** Up to the consent page. */
const asked = Effect.fnUntraced(function* (scene: Scene, changes: Fields = {}) {
  const { headers } = yield* through(scene, "GET", authorizePath(changes))
  const location = String(headers["location"])
  const page = yield* through(scene, "GET", pathOf(location))
  assert.strictEqual(page.status, 200, page.text)
  return { location, page, cookies: cookies(page), fields: hidden(page.text) }
})

const decide = (scene: Scene, fields: Fields, cookie: string) =>
  through(
    scene,
    "POST",
    "/consent",
    { ...form, cookie, origin: issuer },
    String(new URLSearchParams({ ...fields, decision: "approve" }))
  )

describe("behind a proxy", () => {
  it.effect("D3: the cookie is for this host, over TLS, and for no script", () =>
    Effect.gen(function* () {
      const { cookies } = yield* asked(yield* behind())
      assert.lengthOf(cookies, 1)
      assert.match(cookies[0]!, /^__Host-mcp-consent-[\w-]{12}=[\w-]{43}; /)
      for (const attribute of [/; Secure/i, /; HttpOnly/i, /; SameSite=Lax/i, /; Path=\/(?:;|$)/i]) {
        assert.match(cookies[0]!, attribute)
      }
      assert.notMatch(cookies[0]!, /domain/i)
    })
  )

  it.effect("D3: a cookie for one client approves no other client, no other address and no more scopes", () =>
    Effect.gen(function* () {
      const scene = yield* behind()
      const mine = yield* asked(scene)
      const [cookie = ""] = pairs(mine.cookies)
      const secret = cookie.slice(cookie.indexOf("=") + 1)
      for (const changes of [
        { client_id: "other" },
        { redirect_uri: "https://app.example.com/callback?a=b" },
        { scope: "files:read files:write" },
        {}
      ]) {
        const theirs = yield* asked(scene, changes)
        const [name = ""] = pairs(theirs.cookies).map((pair) => pair.split("=")[0]!)
        const attempts: ReadonlyArray<readonly [Fields, string]> = [
          [theirs.fields, cookie],
          [theirs.fields, `${name}=${secret}`],
          [{ ...theirs.fields, token: mine.fields["token"]! }, `${name}=${secret}`],
          [{ ...theirs.fields, token: mine.fields["token"]! }, cookie],
          // Not as a cookie that a neighbouring host may set.
          [theirs.fields, pairs(theirs.cookies).join().replace("__Host-", "")]
        ]
        for (const [fields, sent] of attempts) {
          const { headers, status } = yield* decide(scene, fields, sent)
          assert.deepStrictEqual([status, headers["location"]], [403, undefined], JSON.stringify(changes))
        }
      }
      const { headers } = yield* decide(scene, mine.fields, cookie)
      assert.match(String(headers["location"]), /^http:\/\/127\.0\.0\.1:4000\/callback\?code=/)
    })
  )

  const forged: Fields = {
    host: "attacker.test",
    "x-forwarded-host": "attacker.test",
    "x-forwarded-proto": "http",
    "x-forwarded-port": "666",
    "x-forwarded-prefix": "/attacker.test",
    "x-forwarded-server": "attacker.test",
    "x-original-host": "attacker.test",
    "x-original-url": "/attacker.test",
    "x-rewrite-url": "/attacker.test",
    "x-host": "attacker.test",
    forwarded: "for=attacker.test;host=attacker.test;proto=http"
  }

  it.effect("D15: names in headers get into no metadata, no redirect, no page, no cookie and no error", () =>
    Effect.gen(function* () {
      const scene = yield* behind()
      const code = { grant_type: "authorization_code", client_id: "app", code: "x" }
      const seen: Array<string> = []
      const ask = Effect.fnUntraced(function* (
        method: string,
        path: string,
        headers: Fields = {},
        body = ""
      ) {
        const honest = yield* through(scene, method, path, headers, body)
        const lied = yield* through(scene, method, path, { ...headers, ...forged }, body)
        const about = `${method} ${path.slice(0, 40)}`
        assert.strictEqual(lied.status, honest.status, about)
        assert.notInclude(JSON.stringify(lied), "attacker", about)
        assert.notInclude(JSON.stringify(lied), "666", about)
        seen.push(`${method} ${path.split("?")[0]}`)
        return lied
      })
      for (const path of ["oauth-authorization-server", "openid-configuration"]) {
        const { text } = yield* ask("GET", `/.well-known/${path}`)
        const document: unknown = JSON.parse(text)
        assert.deepInclude(document, {
          issuer,
          token_endpoint: `${issuer}/token`,
          registration_endpoint: `${issuer}/register`
        })
        assert.notInclude(text, "127.0.0.1")
      }
      yield* ask("GET", "/jwks")
      const { headers } = yield* ask("GET", authorizePath())
      assert.match(String(headers["location"]), /^https:\/\/login\.example\.com\/consent\?/)
      const page = yield* ask("GET", pathOf(String(headers["location"])))
      assert.include(page.text, `action="${issuer}/consent"`)
      const approved = yield* through(
        scene,
        "POST",
        "/consent",
        { ...form, ...forged, origin: issuer, cookie: pairs(cookies(page)).join("; ") },
        String(new URLSearchParams({ ...hidden(page.text), decision: "approve" }))
      )
      const back = new URL(String(approved.headers["location"]))
      assert.deepStrictEqual(
        [`${back.origin}${back.pathname}`, back.searchParams.get("iss")],
        [callback, issuer]
      )
      yield* ask("POST", "/consent", form, "transaction=x")
      yield* ask("POST", "/authorize", form, String(new URL(authorizeUrl({ url: issuer })).searchParams))
      yield* ask("GET", authorizePath({ scope: "root" }))
      yield* ask("GET", authorizePath({ client_id: "nobody" }))
      yield* ask("POST", "/token", form, String(new URLSearchParams(code)))
      yield* ask("POST", "/revoke", form, "token=x&client_id=app")
      yield* ask("POST", "/introspect", form, "token=x")
      const registered = yield* ask(
        "POST",
        "/register",
        { "content-type": "application/json" },
        JSON.stringify({ redirect_uris: [callback] })
      )
      assert.strictEqual(registered.status, 201)
      assert.includeMembers(
        seen,
        scene.routes
          .filter(({ method }) => method !== "OPTIONS")
          .map(({ method, path }) => `${method} ${path}`)
      )
    })
  )
})
