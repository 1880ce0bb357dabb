import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as Client from "../../src/client/Client.ts"
import * as Eras from "../../src/client/Eras.ts"
import * as StreamableClient from "../../src/transport/StreamableClient.ts"
import { complete, connect, text } from "./httpConnect.ts"
import * as Peer from "./httpPeer.ts"

const call: Peer.Script = { "tools/call": (x) => x.result(complete(text("hi"))) }

const page = `<!doctype html><html><head><title>Sign in</title><style>p{color:red}</style>
<script>alert(1)</script></head><body><p>Please&nbsp;sign   in</p>\u001B[31m\r\n\u202E${"x".repeat(500)}</body></html>`

describe("StreamableClient, answers that are none", () => {
  const answers: ReadonlyArray<readonly [string, (x: Peer.Exchange) => void, RegExp]> = [
    [
      "a page of a proxy",
      (x) => x.text(502, page, { "content-type": "text/html" }),
      /^tools\/call: HTTP 502, text\/html: "Sign in Please&nbsp;sign in \[31m x+…"$/
    ],
    [
      "the page of a captive portal",
      (x) => x.text(200, page, { "content-type": "text/html" }),
      /^tools\/call: HTTP 200, text\/html: "Sign in /
    ],
    ["204", (x) => x.text(204, ""), /^tools\/call: HTTP 204, and nothing else$/],
    ["202", (x) => x.text(202, ""), /^tools\/call: HTTP 202, and nothing else$/],
    [
      "an empty body",
      (x) => x.text(200, "", { "content-type": "application/json" }),
      /no response to it: ""$/
    ],
    [
      "a body that is no JSON",
      (x) => x.text(200, '{"jsonrpc":', { "content-type": "application/json" }),
      /no response to it: "\{"jsonrpc":"$/
    ],
    [
      "a response to something else",
      (x) => x.json({ jsonrpc: "2.0", id: "other", result: {} }),
      /^tools\/call: the answer is no response to it/
    ],
    [
      "JSON under another type",
      (x) => x.text(200, "{}", { "content-type": "text/json" }),
      /HTTP 200, text\/json/
    ],
    [
      "an error of JSON-RPC that is no response",
      (x) => x.text(500, '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Wrong <b>host</b>"}}'),
      /^tools\/call: HTTP 500: Wrong host$/
    ],
    [
      "an error of OAuth",
      (x) => x.text(401, '{"error":"invalid_token","error_description":"Expired"}'),
      /^tools\/call: HTTP 401: Expired$/
    ],
    [
      "an error of OAuth without words",
      (x) => x.text(401, '{"error":"nope"}'),
      /^tools\/call: HTTP 401: nope$/
    ],
    ["500", (x) => x.text(500, "oops"), /^tools\/call: HTTP 500: "oops"$/],
    [
      "a body that is cut off",
      (x) => x.half('{"jsonrpc":"2.0"', { "content-type": "application/json" }),
      /^tools\/call: the answer was cut off/
    ],
    ["a closed socket", (x) => x.reset(), /^Cannot reach http.*the connection broke/]
  ]
  for (const [what, answer, message] of answers) {
    it.live(`C5: ${what} fails the request in one line; the connection goes on`, () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({ ...Peer.discover(), "tools/call": answer })
        const client = yield* connect(peer.url)
        const error = yield* Effect.flip(client.callTool("greet"))
        assert.strictEqual(error._tag, "TransportError")
        assert.match(error.message, message)
        assert.isBelow(error.message.length, 400)
        peer.become(call)
        yield* client.callTool("greet")
        assert.strictEqual(Peer.count(peer, "server/discover"), 1)
      })
    )
  }

  it.live("what was refused is there as data: status, Retry-After, challenge", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": (x) =>
          x.message.params?.["name"] === "busy"
            ? x.text(429, "slow down", { "retry-after": "7" })
            : x.text(401, "", { "www-authenticate": 'Bearer resource_metadata="https://x/"' })
      })
      const client = yield* connect(peer.url)
      const busy = yield* Effect.flip(client.callTool("busy"))
      assert.strictEqual(busy._tag, "TransportError")
      if (busy._tag !== "TransportError") return
      assert.deepInclude(busy, { refused: true, retryAfter: 7000 })
      assert.deepInclude(StreamableClient.refusal(busy), {
        status: 429,
        retryAfter: 7000,
        excerpt: "slow down"
      })
      const closed = yield* Effect.flip(client.callTool("closed"))
      if (closed._tag !== "TransportError") return assert.fail(closed._tag)
      assert.deepInclude(StreamableClient.refusal(closed), {
        status: 401,
        authenticate: 'Bearer resource_metadata="https://x/"'
      })
    })
  )

  it.live("C1: a server that is down is named, with the step that failed", () =>
    Effect.gen(function* () {
      const server = createServer()
      const port = yield* Effect.promise(
        () =>
          new Promise<number>((resolve) =>
            server.listen(0, "127.0.0.1", () => {
              const { port } = server.address() as AddressInfo
              server.close(() => resolve(port))
            })
          )
      )
      const down = yield* Effect.flip(connect(`http://127.0.0.1:${port}/mcp?key=secret`))
      assert.match(
        down.message,
        /^Cannot reach http:\/\/127\.0\.0\.1:\d+\/mcp: nothing listens there \(connect ECONNREFUSED/
      )
      const unknown = yield* Effect.flip(connect("http://no-such-host.invalid/mcp"))
      assert.match(
        unknown.message,
        /^Cannot reach http:\/\/no-such-host\.invalid\/mcp: its name cannot be resolved/
      )
    })
  )

  it.live("C1: TLS that cannot be had is named as such", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve(call)
      const error = yield* Effect.flip(connect(peer.url.replace("http:", "https:")))
      assert.match(error.message, /: TLS failed \(/)
    })
  )

  for (const [url, message] of [
    ["not a url", 'Not a URL: "not a url"'],
    ["file:///etc/passwd", "Only http: and https: lead to a server, not file:"],
    ["http://user:secret@localhost/mcp", "A URL must not have credentials in it: use a header"]
  ] as const) {
    it.live(`${url.split(":")[0]}: is no place to connect to`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(connect(url))
        assert.strictEqual(error.message, message)
      })
    )
  }
})

/** Connects with the client of a platform. */
const over =
  (client: Layer.Layer<HttpClient>) => (url: string, headers: { readonly [name: string]: string }) =>
    Client.connect(StreamableClient.layer({ url, headers }).pipe(Layer.provide(client)), {
      name: "test",
      version: "1.0.0"
    }).pipe(Effect.provideService(Eras.Eras, Eras.make()))

describe("StreamableClient, redirects", () => {
  const secret = { authorization: "Bearer secret", "x-api-key": "secret" }
  for (const [name, platform] of [
    ["undici", over(Peer.client)],
    ["fetch", over(FetchHttpClient.layer)]
  ] as const) {
    for (const status of [301, 302, 307, 308]) {
      it.live(`C8: ${status} within the origin is followed with the method kept, once (${name})`, () =>
        Effect.gen(function* () {
          const script = { ...Peer.discover(), ...call }
          const move = (act: (x: Peer.Exchange) => void) => (x: Peer.Exchange) =>
            x.path === "/mcp" ? x.text(status, "", { location: "/mcp/" }) : act(x)
          const peer = yield* Peer.serve(
            Object.fromEntries(Object.entries(script).map(([word, act]) => [word, move(act)]))
          )
          const client = yield* platform(peer.url, secret)
          yield* client.callTool("greet")
          yield* client.callTool("greet")
          assert.deepStrictEqual(
            peer.heard.map(({ path, word }) => `${word} ${path}`),
            ["server/discover /mcp", "server/discover /mcp/", "tools/call /mcp/", "tools/call /mcp/"]
          )
          assert.strictEqual(peer.heard[3]?.headers["x-api-key"], "secret")
        })
      )
    }

    for (const status of [301, 307]) {
      it.live(`C8/C14: ${status} to another origin is not followed, and no header gets there (${name})`, () =>
        Effect.gen(function* () {
          const canary = yield* Peer.serve({ ...Peer.discover(), ...call })
          const peer = yield* Peer.serve({
            "server/discover": (x) => x.text(status, "", { location: `${canary.url}?token=1` })
          })
          const error = yield* Effect.flip(platform(peer.url, secret))
          assert.include(error.message, `redirect to another origin, ${canary.url}, which is not followed`)
          assert.deepStrictEqual(canary.words(), [])
          assert.deepStrictEqual(peer.words(), ["server/discover"], "and it is no reason to fall back")
        })
      )
    }
  }

  it.live("C8: another scheme or port is another origin; localhost is not 127.0.0.1", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({})
      for (const location of [
        peer.url.replace("http:", "https:"),
        peer.url.replace("127.0.0.1", "localhost"),
        "//127.0.0.1:1/mcp",
        "file:///etc/passwd"
      ]) {
        peer.become({ "server/discover": (x) => x.text(308, "", { location }) })
        const error = yield* Effect.flip(connect(peer.url))
        assert.include(error.message, "redirect to another origin")
      }
    })
  )

  it.live("C8: a circle, a redirect to a GET and one to nowhere end in a readable error", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({ "server/discover": (x) => x.text(307, "", { location: "/mcp" }) })
      const circle = yield* Effect.flip(connect(peer.url))
      assert.include(circle.message, "answers with a redirect after 3 others")
      assert.strictEqual(peer.words().length, 4)
      peer.become({ "server/discover": (x) => x.text(303, "", { location: "/other" }) })
      assert.include((yield* Effect.flip(connect(peer.url))).message, "would turn the request into a GET")
      peer.become({ "server/discover": (x) => x.text(307, "") })
      assert.include((yield* Effect.flip(connect(peer.url))).message, "says nothing this client can follow")
    })
  )
})

describe("StreamableClient, headers of the application", () => {
  it.live("S190: are sent with every request, and do not replace those of the protocol", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({ ...Peer.initialize("s-1"), ...call })
      yield* Effect.scoped(
        Effect.gen(function* () {
          const client = yield* connect(peer.url, {
            headers: {
              "X-Tenant": "a",
              Accept: "text/plain",
              "Mcp-Session-Id": "stolen",
              "content-type": "text/plain"
            }
          })
          yield* peer.until("GET")
          yield* client.callTool("greet")
        })
      )
      for (const { headers, word } of peer.heard) {
        assert.strictEqual(headers["x-tenant"], "a")
        if (word !== "DELETE") assert.notStrictEqual(headers.accept, "text/plain", word)
        if (word !== "GET" && word !== "DELETE")
          assert.strictEqual(headers["content-type"], "application/json")
      }
      assert.strictEqual(peer.heard.at(-1)?.headers["mcp-session-id"], "s-1")
    })
  )
})
