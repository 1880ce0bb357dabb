import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schema from "effect/Schema"
import * as Client from "mcp-effect/Client"
import * as Loopback from "mcp-effect/Loopback"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { complete, text } from "./transport/httpConnect.ts"
import * as Peer from "./transport/httpPeer.ts"

const me = { name: "test", version: "1.0.0" }

class Greeting extends Context.Service<Greeting, string>()("test/Greeting") {}

const Greet = Tool.make("greet", { output: Schema.String })
const server = Server.make(
  { name: "inside", version: "1.0.0" },
  Tool.handle(Greet, () => Effect.map(Greeting, (greeting) => greeting))
)

describe("Client.connect", () => {
  it.live("a server of this program, which needs what its handlers need", () =>
    Effect.gen(function* () {
      const client = yield* Client.connect(server, me)
      assert.strictEqual(yield* client.call(Greet, {}), "hello")
    }).pipe(Effect.provideService(Greeting, "hello"))
  )

  it.live("a transport", () =>
    Effect.gen(function* () {
      const client = yield* Client.connect(Loopback.layer(server), me)
      assert.strictEqual(yield* client.call(Greet, {}), "hello")
    }).pipe(Effect.provideService(Greeting, "hello"))
  )

  it.live("a command", () =>
    Effect.gen(function* () {
      const client = yield* Client.connect(
        {
          command: process.execPath,
          args: [
            "--conditions=mcp-effect-source",
            fileURLToPath(new URL("fixtures/everything-stdio.ts", import.meta.url))
          ],
          stderr: "ignore"
        },
        me
      )
      assert.isAbove((yield* client.tools).length, 0)
    })
  )

  it.live("a URL, as text, as URL, and with options", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/call": (x) => x.result(complete(text("hi")))
      })
      for (const target of [peer.url, new URL(peer.url), { url: peer.url, headers: { "x-api-key": "k" } }]) {
        const client = yield* Client.connect(target, me)
        yield* client.callTool("greet")
      }
      assert.strictEqual(peer.heard.at(-1)?.headers["x-api-key"], "k")
    })
  )

  it.live("over HTTP, the HttpClient in context is used", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve(Peer.discover())
      yield* Client.connect(peer.url, me).pipe(
        Effect.updateService(
          HttpClient.HttpClient,
          HttpClient.mapRequest(HttpClientRequest.bearerToken("t"))
        ),
        Effect.provide(yield* Effect.context<HttpClient.HttpClient>())
      )
      assert.strictEqual(peer.heard[0]?.headers.authorization, "Bearer t")
    }).pipe(Effect.provide(Peer.client))
  )

  it.live("what is no URL fails as a transport does", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Client.connect("npx some-server", me))
      assert.deepInclude(error, { _tag: "TransportError", message: 'Not a URL: "npx some-server"' })
    })
  )

  it("loads no transport before one is needed", () => {
    const script = `
      import { registerHooks } from "node:module"
      registerHooks({ load: (url, context, next) => (console.log(url), next(url, context)) })
      await import("mcp-effect/Client")
    `
    const loaded = execFileSync(
      process.execPath,
      ["--conditions=mcp-effect-source", "--input-type=module", "--eval", script],
      { encoding: "utf8", cwd: fileURLToPath(new URL("..", import.meta.url)) }
    ).split("\n")
    assert.isTrue(loaded.some((url) => url.endsWith("/src/Connect.ts")))
    const heavy = loaded.filter((url) =>
      /effect\/(dist|src)\/http\/HttpClient|platform-node|undici|transport\/(Stdio|Streamable|Loopback)|src\/server\//.test(
        url
      )
    )
    assert.deepStrictEqual(heavy, [])
  })
})
