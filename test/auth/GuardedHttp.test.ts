import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Dns from "effect/net/Dns"
import * as NetAddress from "effect/net/NetAddress"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as GuardedHttp from "mcp-effect/GuardedHttp"
import * as NodeGuardedHttp from "mcp-effect/NodeGuardedHttp"
import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { getCACertificates, setDefaultCACertificates } from "node:tls"
import { serve } from "./loopback.ts"

const near = "http://127.0.0.1:1/mcp"

const get = (url: string, options: Partial<GuardedHttp.Request> = {}) =>
  GuardedHttp.GuardedHttp.use((guard) => guard.send({ method: "GET", url, ...options }))

const check = (url: string, origin?: string) =>
  GuardedHttp.GuardedHttp.use((guard) => guard.check(url, origin))

const node = Effect.provide(NodeGuardedHttp.layer())

/** Names as a test wants them, and how often each was asked for. */
const names = (table: { readonly [name: string]: ReadonlyArray<ReadonlyArray<string>> }) => {
  const asked: Array<string> = []
  const dns = Dns.make({
    lookup: (host) =>
      Effect.sync(() => {
        const answers = table[host] ?? []
        const nth = asked.filter((name) => name === host).length
        asked.push(host)
        return (answers[Math.min(nth, answers.length - 1)] ?? []).map(NetAddress.ipFromStringUnsafe)
      })
  })
  return { asked, layer: Layer.succeed(Dns.Dns, dns) }
}

describe("what the guard refuses before it sends anything", () => {
  const refusedWhoever = [
    "ftp://example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "not a url",
    "",
    "https://user:secret@example.com/",
    "https://example.com/#fragment",
    "http://example.com/",
    "http://169.254.169.254/latest/meta-data",
    "http://localhost.example.com/",
    `https://example.com/${"a".repeat(9000)}`
  ]
  for (const url of refusedWhoever) {
    it.effect(`SEC-21, SEC-26: ${url.slice(0, 60)}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(check(url, near))
        assert.strictEqual(error.kind, "refused")
      }).pipe(node)
    )
  }

  it.effect("SEC-9: clear text is for this machine, and only when the server is on it too", () =>
    Effect.gen(function* () {
      for (const url of ["http://127.0.0.1:9/x", "http://localhost:9/x", "http://[::1]:9/x"]) {
        assert.strictEqual((yield* check(url, near)).href, url)
        assert.strictEqual((yield* Effect.flip(check(url, "https://mcp.example.com/"))).kind, "refused")
        assert.strictEqual((yield* Effect.flip(check(url))).kind, "refused")
      }
      assert.strictEqual((yield* check("https://example.com/x")).href, "https://example.com/x")
    }).pipe(node)
  )

  it.effect("no message has the query of a URL in it, or its password", () =>
    Effect.gen(function* () {
      const query = yield* Effect.flip(check("http://example.com/token?code=canary-code", near))
      const password = yield* Effect.flip(check("https://user:canary-password@example.com/", near))
      assert.notInclude(query.message, "canary")
      assert.notInclude(password.message, "canary")
    }).pipe(node)
  )
})

describe("where connections go", () => {
  it.effect("C3, SEC-10: a server out there cannot make us reach this machine, however it spells it", () =>
    Effect.gen(function* () {
      const canary = yield* serve(() => ({ body: "reached" }))
      const { port } = canary
      const spellings = [
        `https://127.0.0.1:${port}/`,
        `https://2130706433:${port}/`,
        `https://0x7f.1:${port}/`,
        `https://0177.0.0.1:${port}/`,
        `https://[::ffff:127.0.0.1]:${port}/`,
        `https://[::1]:${port}/`,
        `https://0.0.0.0:${port}/`,
        `https://localhost:${port}/`
      ]
      for (const url of spellings) {
        const error = yield* Effect.flip(get(url, { near: "https://mcp.example.com/mcp" }))
        assert.strictEqual(error.kind, "refused", url)
      }
      assert.deepStrictEqual(canary.paths(), [])
    }).pipe(node)
  )

  it.effect("C3: a server on this machine may lead to others on it, and nowhere private", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({ body: { hello: "there" } }))
      const answer = yield* get(`${server.url}/x`, { near })
      assert.deepStrictEqual([answer.status, answer.body], [200, `{"hello":"there"}`])
      assert.strictEqual(answer.header("content-type"), "application/json")
      const error = yield* Effect.flip(get("https://192.168.0.1/", { near }))
      assert.strictEqual(error.kind, "refused")
    }).pipe(node)
  )

  it.effect("C4: a name is resolved once, and what was checked is what is connected to", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({ body: "checked" }))
      const dns = names({ "rebinding.test": [["127.0.0.1"], ["169.254.169.254"]] })
      const answer = yield* get(`http://rebinding.test:${server.port}/`).pipe(
        Effect.provide(
          NodeGuardedHttp.layerDns({ clearTextHosts: ["rebinding.test"], networks: ["127.0.0.1/32"] })
        ),
        Effect.provide(dns.layer)
      )
      assert.strictEqual(answer.body, "checked")
      assert.deepStrictEqual(dns.asked, ["rebinding.test"])
      assert.strictEqual(server.requests[0]?.headers.host, `rebinding.test:${server.port}`)
    })
  )

  it.effect("C4, SEC-10: of the addresses of a name only the allowed ones are used", () =>
    Effect.gen(function* () {
      const canary = yield* serve(() => ({ body: "reached" }))
      const dns = names({ "inside.test": [["127.0.0.1"]], "mixed.test": [["10.0.0.1", "127.0.0.1"]] })
      const layer = Layer.provide(NodeGuardedHttp.layerDns(), dns.layer)
      for (const host of ["inside.test", "mixed.test"]) {
        const error = yield* Effect.flip(get(`https://${host}:${canary.port}/`)).pipe(Effect.provide(layer))
        assert.strictEqual(error.kind, "refused", host)
      }
      assert.deepStrictEqual(canary.paths(), [])
    })
  )

  it.effect("the origin the application chose may be anywhere", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({ body: "private" }))
      const url = `http://intranet.test:${server.port}`
      const dns = names({ "intranet.test": [["127.0.0.1"]] })
      const answer = yield* get(`${url}/.well-known/x`, { near: `${url}/mcp` }).pipe(
        Effect.provide(NodeGuardedHttp.layerDns({ clearTextHosts: ["intranet.test"] })),
        Effect.provide(dns.layer)
      )
      assert.strictEqual(answer.body, "private")
    })
  )

  it.effect("a name that does not resolve may resolve later", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(get("https://nowhere.test/")).pipe(
        Effect.provide(NodeGuardedHttp.layerDns()),
        Effect.provide(names({}).layer)
      )
      assert.strictEqual(error.kind, "failed")
    })
  )
})

/** A certificate for a name, made on the spot; `undefined` where there is no openssl. */
const certificate = (name: string) => {
  const folder = mkdtempSync(join(tmpdir(), "tls-"))
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")]
  const made = spawnSync(
    "openssl",
    `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${name} -addext subjectAltName=DNS:${name}`
      .split(" ")
      .concat("-keyout", key, "-out", cert)
  )
  const pem = made.status === 0 ? { key: readFileSync(key), cert: readFileSync(cert) } : undefined
  rmSync(folder, { recursive: true })
  return pem
}
const pem = certificate("secure.test")

describe("over TLS", () => {
  it.live.skipIf(pem === undefined)(
    "C4: the address is the one that was checked, and the certificate that of the name",
    () =>
      Effect.gen(function* () {
        const server = createServer({ ...pem }, (_, response) => response.end("secret"))
        yield* Effect.acquireRelease(
          Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
          () => Effect.sync(() => server.close())
        )
        const trusted = getCACertificates()
        yield* Effect.acquireRelease(
          Effect.sync(() => setDefaultCACertificates([...trusted, String(pem?.cert)])),
          () => Effect.sync(() => setDefaultCACertificates(trusted))
        )
        const { port } = server.address() as AddressInfo
        const dns = names({ "secure.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]] })
        const layer = Layer.provide(NodeGuardedHttp.layerDns({ networks: ["127.0.0.1/32"] }), dns.layer)
        const answer = yield* Effect.provide(get(`https://secure.test:${port}/`), layer)
        assert.strictEqual(answer.body, "secret")
        const error = yield* Effect.provide(Effect.flip(get(`https://other.test:${port}/`)), layer)
        assert.strictEqual(error.kind, "failed")
        assert.strictEqual((error.cause as NodeJS.ErrnoException).code, "ERR_TLS_CERT_ALTNAME_INVALID")
      })
  )
})

const faces = [
  ["node", NodeGuardedHttp.layer({ maxBytes: 100 })],
  ["fetch", GuardedHttp.layerHttpClient({ maxBytes: 100 }).pipe(Layer.provide(FetchHttpClient.layer))]
] as const

for (const [name, layer] of faces) {
  describe(`over ${name}`, () => {
    it.effect("C5, SEC-11: redirects are followed within an origin, three of them", () =>
      Effect.gen(function* () {
        const server = yield* serve(({ path }) => {
          const left = Number(path.slice(1))
          return left === 0 ? { body: "there" } : { status: 302, headers: { location: `/${left - 1}` } }
        })
        const answer = yield* get(`${server.url}/3`, { near })
        assert.deepStrictEqual([answer.body, answer.url], ["there", `${server.url}/0`])
        assert.strictEqual((yield* Effect.flip(get(`${server.url}/4`, { near }))).kind, "refused")
      }).pipe(Effect.provide(layer))
    )

    it.effect("C5, SEC-11: and never to another origin", () =>
      Effect.gen(function* () {
        const canary = yield* serve(() => ({ body: "reached" }))
        const server = yield* serve(({ path }) => ({
          status: 307,
          headers: { location: path === "/port" ? canary.url : "http://169.254.169.254/" }
        }))
        for (const path of ["/port", "/address"]) {
          const error = yield* Effect.flip(get(server.url + path, { near }))
          assert.strictEqual(error.kind, "refused")
          assert.include(error.message, "redirects to another origin")
        }
        assert.deepStrictEqual(canary.paths(), [])
      }).pipe(Effect.provide(layer))
    )

    it.effect("C5: a POST is not sent on at all", () =>
      Effect.gen(function* () {
        const server = yield* serve(({ path }) =>
          path === "/token" ? { status: 307, headers: { location: "/elsewhere" } } : {}
        )
        const error = yield* Effect.flip(
          get(`${server.url}/token`, { method: "POST", near, body: Redacted.make("secret=canary") })
        )
        assert.strictEqual(error.kind, "refused")
        assert.deepStrictEqual(server.paths(), ["/token"])
        assert.strictEqual(server.requests[0]?.body, "secret=canary")
        assert.notInclude(JSON.stringify(error) + String(error), "canary")
      }).pipe(Effect.provide(layer))
    )

    it.effect("C17: too much is not read to its end", () =>
      Effect.gen(function* () {
        const server = yield* serve(({ path }) => ({ body: "x".repeat(Number(path.slice(1))) }))
        assert.strictEqual((yield* get(`${server.url}/100`, { near })).body.length, 100)
        const error = yield* Effect.flip(get(`${server.url}/101`, { near }))
        assert.include(error.message, "100 bytes")
      }).pipe(Effect.provide(layer))
    )

    it.effect("C17: whoever does not answer is given up on", () =>
      Effect.gen(function* () {
        const asked = Promise.withResolvers<void>()
        const server = yield* serve(() => {
          asked.resolve()
          return undefined
        })
        const fiber = yield* Effect.forkChild(Effect.flip(get(server.url, { near })), {
          startImmediately: true
        })
        yield* Effect.promise(() => asked.promise)
        yield* TestClock.adjust("20 seconds")
        const error = yield* Fiber.join(fiber)
        assert.deepStrictEqual([error.kind, error.message.includes("in time")], ["failed", true])
        assert.strictEqual(yield* Clock.currentTimeMillis, 20_000)
      }).pipe(Effect.provide(layer))
    )

    it.effect("a literal address is looked at, whoever makes the connection", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(get("https://169.254.169.254/"))
        assert.strictEqual(error.kind, "refused")
      }).pipe(Effect.provide(layer))
    )
  })
}
