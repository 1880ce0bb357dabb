/** Several servers in one application, and the application's own routes beside them. */
import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Exchange from "mcp-effect/Exchange"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"
import { overSockets, type Peer } from "./faces.ts"
import { initialize, json, legacy, message, modern } from "./messages.ts"

class Counter extends Context.Service<Counter, { readonly opened: () => number }>()("test/Counter") {}

const named = (name: string) =>
  Server.make(
    { name, version: "1.0.0" },
    Tool.handle(Tool.make("name", { output: Schema.String }), () => name)
  )

const serving = (routes: Layer.Layer<never, never, HttpRouter.HttpRouter>) =>
  Effect.gen(function* () {
    const app = StreamableServer.graceful(
      HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })
    )
    const http = NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })
    const context = yield* Effect.orDie(Layer.build(Layer.provideMerge(app, http)))
    const { address } = yield* Effect.provideContext(HttpServer.HttpServer, context)
    return overSockets((address as { readonly port: number }).port)
  })

/** A proxy that takes a prefix off every path. */
const stripping = Effect.fnUntraced(function* (prefix: string, { origin }: Peer) {
  const proxy = createServer((incoming, outgoing) => {
    const { headers, method, url = "" } = incoming
    const path = url.startsWith(prefix) ? url.slice(prefix.length) : "/nowhere"
    const onward = request(`${origin}${path}`, { method, headers }, (answer) =>
      answer.pipe(outgoing.writeHead(answer.statusCode!, answer.headers))
    )
    outgoing.on("close", () => onward.destroy())
    onward.on("error", () => outgoing.destroy())
    incoming.pipe(onward)
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((done) => void proxy.listen(0, "127.0.0.1", () => done()))),
    () => Effect.sync(() => proxy.close())
  )
  return overSockets((proxy.address() as AddressInfo).port)
})

const name = (path: string, host = "localhost") =>
  modern("tools/call", { name: "name", arguments: {} }, { path, headers: { host } })

describe("an application", () => {
  it.live("S123, S126, S146: has as many servers as it likes, each at its path, beside its own routes", () =>
    Effect.gen(function* () {
      const peer = yield* serving(
        Layer.mergeAll(
          StreamableServer.layer(named("echo"), { path: "/echo/mcp" }),
          StreamableServer.layer(named("math"), { path: "/math/mcp" }),
          StreamableServer.layer(named("search"), { path: "/search/mcp" }),
          StreamableServer.layer(named("browser"), { path: "/browser/mcp" }),
          HttpRouter.add("GET", "/", HttpServerResponse.text("home"))
        )
      )
      for (const server of ["echo", "math", "search", "browser"]) {
        const answer = json(yield* peer.ask(name(`/${server}/mcp`)))
        assert.strictEqual(answer.result.content[0].text, server)
      }
      assert.strictEqual((yield* peer.ask({ path: "/" })).text, "home")
    }).pipe(Effect.scoped)
  )

  it.live("S125: serves one server value as often as it likes, at once and one after the other", () =>
    Effect.gen(function* () {
      const server = named("echo")
      const both = serving(
        Layer.mergeAll(
          StreamableServer.layer(server, { path: "/a" }),
          StreamableServer.layer(server, { path: "/b" })
        )
      )
      for (let times = 0; times < 2; times++) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const peer = yield* both
            for (const path of ["/a", "/b"]) {
              assert.strictEqual(json(yield* peer.ask(name(path))).result.content[0].text, "echo")
            }
          })
        )
      }
    })
  )

  it.live("S093: has routes of its own next to a protected server, whose place they do not take", () =>
    Effect.gen(function* () {
      const nobody: Exchange.Guard = { admit: () => Effect.fail({ status: 401, headers: {}, body: "" }) }
      const peer = yield* serving(
        Layer.mergeAll(
          StreamableServer.layer(named("s"), { guard: nobody, sse: true }),
          HttpRouter.add("GET", "/health", HttpServerResponse.jsonUnsafe({ status: "ok" })),
          HttpRouter.add("GET", "/callback", (request) =>
            Effect.succeed(HttpServerResponse.text(request.url))
          ),
          HttpRouter.add("POST", "/callback", (request) =>
            Effect.orDie(Effect.map(request.text, (body) => HttpServerResponse.text(body)))
          ),
          HttpRouter.add("*", "/*", HttpServerResponse.text("nothing here", { status: 404 }))
        )
      )
      const health = yield* peer.ask({ path: "/health" })
      assert.deepStrictEqual([health.status, json(health)], [200, { status: "ok" }])
      assert.strictEqual((yield* peer.ask({ path: "/callback?code=x" })).text, "/callback?code=x")
      assert.strictEqual((yield* peer.ask({ method: "POST", path: "/callback", body: "a=b" })).text, "a=b")
      assert.strictEqual((yield* peer.ask({ path: "/else" })).text, "nothing here")
      for (const asked of [name("/mcp"), { path: "/sse", headers: { accept: "text/event-stream" } }]) {
        assert.strictEqual((yield* peer.ask(asked)).status, 401, "a route for every path is none for these")
      }
    }).pipe(Effect.scoped)
  )

  it.live("S093: or only the one that says it is up", () =>
    Effect.gen(function* () {
      const peer = yield* serving(StreamableServer.layer(named("s"), { health: "/up" }))
      const up = yield* peer.ask({ path: "/up" })
      assert.deepStrictEqual([up.status, json(up)], [200, { status: "ok" }])
      assert.strictEqual((yield* peer.ask({ path: "/health" })).status, 404)
    }).pipe(Effect.scoped)
  )

  it.live("S141: tells servers apart by the name they are called by", () =>
    Effect.gen(function* () {
      const peer = yield* serving(
        StreamableServer.layerHosts({ "github.test": named("github"), "Search.test": named("search") })
      )
      for (const server of ["github", "search"]) {
        const answer = json(yield* peer.ask(name("/mcp", `${server}.test:8000`)))
        assert.strictEqual(answer.result.content[0].text, server)
      }
      assert.strictEqual((yield* peer.ask(name("/mcp", "other.test"))).status, 403)
    }).pipe(Effect.scoped)
  )

  it.live("S143: a server under a prefix announces where it can be posted to, a proxy in front or none", () =>
    Effect.gen(function* () {
      const under = <E, R>(prefix: string, routes: Layer.Layer<never, E, R>) =>
        Layer.provide(
          routes,
          Layer.effect(
            HttpRouter.HttpRouter,
            Effect.map(HttpRouter.HttpRouter, (router) => router.prefixed(prefix))
          )
        )
      const mounted = yield* serving(under("/github", StreamableServer.layer(named("a"), { sse: true })))
      const stripped = yield* serving(StreamableServer.layer(named("b"), { sse: { prefix: "/search" } }))
      const proxied = yield* stripping("/search", stripped)
      for (const [peer, prefix] of [
        [mounted, "/github"],
        [proxied, "/search"]
      ] as const) {
        const stream = yield* peer.stream({
          path: `${prefix}/sse`,
          headers: { accept: "text/event-stream" }
        })
        let address: string | undefined
        while (address === undefined) {
          address = /^data: (\/\S+)$/m.exec((yield* Effect.promise(stream.next)) ?? "")?.[1]
        }
        assert.match(address, new RegExp(`^${prefix}/messages/\\?session_id=`))
        assert.strictEqual((yield* peer.ask(legacy(initialize("2024-11-05"), {}, address))).status, 202)
        assert.strictEqual((yield* message(stream))?.id, 0)
        stream.close()
      }
    }).pipe(Effect.scoped)
  )

  it.live("S124: what servers need lives as long as the application, and is there once", () =>
    Effect.gen(function* () {
      let opened = 0
      let closed = 0
      const counter = Layer.effect(
        Counter,
        Effect.acquireRelease(
          Effect.sync(() => ({ opened: () => opened, number: ++opened })),
          () => Effect.sync(() => void closed++)
        )
      )
      const counting = (name: string) =>
        Server.make(
          { name, version: "1.0.0" },
          Tool.handle(Tool.make("name", { output: Schema.String }), () =>
            Effect.map(Counter, (service) => String(service.opened()))
          )
        )
      const routes = Layer.mergeAll(
        StreamableServer.layer(counting("a"), { path: "/a" }),
        StreamableServer.layer(counting("b"), { path: "/b" })
      ).pipe(Layer.provide(counter))
      yield* Effect.scoped(
        Effect.gen(function* () {
          const peer = yield* serving(routes)
          for (const path of ["/a", "/b", "/a"]) {
            assert.strictEqual(json(yield* peer.ask(name(path))).result.content[0].text, "1")
          }
        })
      )
      assert.strictEqual(closed, 1)
    })
  )
})
