/**
 * Row C15 of the known faults: the token a client sends to a server is for that server. It goes no further, and what
 * runs inside does not get hold of it.
 */
import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import * as Bearer from "mcp-effect/Bearer"
import * as Client from "mcp-effect/Client"
import { Caller } from "mcp-effect/Exchange"
import * as Invocation from "mcp-effect/Invocation"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Principal from "mcp-effect/Principal"
import * as RequestHeaders from "mcp-effect/RequestHeaders"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import * as Verifier from "mcp-effect/Verifier"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer, request as forward } from "node:http"
import type { AddressInfo } from "node:net"
import { inspect } from "node:util"
import type { Verified } from "../../src/auth/Verifier.ts"
import { command, lineOf } from "../cli/binary.ts"
import { overFunction, overSockets, type Peer } from "../http/faces.ts"
import { call, json, legacy, modern, open } from "../http/messages.ts"

const inbound = "canary-inbound-0123456789abcdef"
const own = "own-upstream-0123456789abcdef"
const bearing = (token: string) => ({ authorization: `Bearer ${token}` })

const guarded = (key: string) => {
  const guard = Bearer.guard({ resource: "http://127.0.0.1/mcp" })
  return { guard, verifier: Verifier.keys([{ key: Redacted.make(key), subject: "ada" }]) }
}

/** A server that takes one key, and all that its clients send it, byte by byte. */
const upstream = Effect.gen(function* () {
  const { guard, verifier } = guarded(own)
  const server = Server.make(
    { name: "upstream", version: "1.0.0" },
    Tool.handle(Tool.make("fetch", { output: Schema.String }), () =>
      Effect.map(Principal.Principal, ({ subject }) => `for ${subject}`)
    )
  )
  const { port } = yield* Effect.provide(NodeServer.listen(server, { guard, port: 0 }), verifier)
  const seen: Array<string> = []
  const recorder = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}\n${incoming.rawHeaders.join("\n")}`)
    const onward = forward(
      { port, host: "127.0.0.1", method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => answer.pipe(outgoing.writeHead(answer.statusCode!, answer.headers))
    )
    onward.on("error", () => outgoing.destroy())
    outgoing.on("close", () => onward.destroy())
    incoming.on("data", (chunk: Buffer) => seen.push(chunk.toString()))
    incoming.pipe(onward)
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => once(recorder.listen(0, "127.0.0.1"), "listening")),
    () => Effect.sync(() => recorder.close().closeAllConnections())
  )
  return { seen, url: `http://127.0.0.1:${(recorder.address() as AddressInfo).port}/mcp` }
})

const clean = (seen: ReadonlyArray<string>) => {
  const text = seen.join("\n")
  assert.include(text, `Bearer ${own}`)
  assert.notInclude(text, "canary")
}

/** Asks a gateway in both eras, as somebody whose token is for the gateway. */
const asking = Effect.fnUntraced(function* (port: number, tool: string) {
  const peer = overSockets(port)
  const now = yield* peer.ask(
    modern("tools/call", { name: tool, arguments: {} }, { headers: bearing(inbound) })
  )
  const session = yield* open(peer, "2025-11-25", {}, bearing(inbound))
  const then = yield* peer.ask(legacy(call(1, tool), { ...session, ...bearing(inbound) }))
  return [json(now).result.content[0].text, json(then).result.content[0].text]
})

describe("a gateway", () => {
  it.live("C15: whose tools call a server with our client shows it its own token, and no other", () =>
    Effect.gen(function* () {
      const { seen, url } = yield* upstream
      const { guard, verifier } = guarded(inbound)
      const behind = yield* Client.connect(
        { url, headers: bearing(own) },
        { name: "gateway", version: "1.0.0" }
      )
      const server = Server.make(
        { name: "gateway", version: "1.0.0" },
        // A handler that connects for each call makes its requests inside the request of its caller.
        Tool.handle(
          Tool.make("each", { output: Schema.String }),
          Effect.fnUntraced(function* () {
            const { subject } = yield* Principal.Principal
            const one = yield* Client.connect(
              { url, headers: bearing(own) },
              { name: "each", version: "1.0.0" }
            )
            const { content } = yield* one.callTool("fetch", {})
            return `${subject} ${JSON.stringify(content)}`
          }, Effect.orDie)
        ),
        Tool.handle(Tool.make("shared", { output: Schema.String }), () =>
          Effect.orDie(
            Effect.map(behind.callTool("fetch", {}, { onProgress: () => Effect.void }), ({ content }) =>
              JSON.stringify(content)
            )
          )
        )
      )
      const { port } = yield* Effect.provide(NodeServer.listen(server, { guard, port: 0 }), verifier)
      for (const tool of ["each", "shared"]) {
        for (const text of yield* asking(port, tool)) assert.include(text, "for ada")
      }
      clean(seen)
    }).pipe(Effect.scoped)
  )

  it.live(
    "C15: mcp proxy shows the server behind it the header it was given, and not that of its clients",
    () =>
      Effect.gen(function* () {
        const { seen, url } = yield* upstream
        const [node, ...flags] = command
        const header = ["--header", `Authorization: Bearer ${own}`]
        const child = yield* Effect.acquireRelease(
          Effect.sync(() =>
            spawn(node, [...flags, "proxy", "-t", "http", "--port", "0", ...header, url], {
              stdio: ["ignore", "ignore", "pipe"]
            })
          ),
          (child) => Effect.promise(async () => (child.kill("SIGTERM"), once(child, "exit")))
        )
        const [, at = ""] = yield* Effect.promise(() => lineOf(child.stderr, /^Listening at (\S+)$/))
        assert.deepStrictEqual(yield* asking(Number(new URL(at).port), "fetch"), ["for ada", "for ada"])
        clean(seen)
      }).pipe(Effect.scoped)
  )
})

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
const holds = <_ extends true>() => {}

/** Everything a value holds, whatever it would like to be shown as. */
const whole = (value: unknown) =>
  inspect(value, {
    depth: 12,
    showHidden: true,
    customInspect: false,
    getters: true,
    maxArrayLength: null,
    maxStringLength: null
  })

/** A server whose one tool shows all it can get hold of, and what is logged and traced meanwhile. */
const curious = () => {
  const shown: Array<string> = []
  const server = Server.make(
    { name: "curious", version: "1.0.0" },
    Tool.handle(
      Tool.make("look"),
      Effect.fnUntraced(function* () {
        const { claims, ...principal } = yield* Principal.Principal
        shown.push(whole(principal), whole(claims), yield* Caller, whole(yield* Invocation.Request))
        const context = yield* Effect.context()
        for (const [key, service] of context.mapUnsafe) {
          // The application's own layers, the listener among them: whoever has that has every connection.
          if (key !== "effect/Layer/CurrentMemoMap") shown.push(`${key} ${whole(service)}`)
        }
        yield* Effect.log("looking", yield* Principal.Principal)
        return "seen"
      })
    )
  )
  const logger = Logger.make((entry) => void shown.push(whole(entry.message)))
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      const { attribute } = span
      span.attribute = (name, value) => {
        shown.push(`${name}=${whole(value)}`)
        return attribute.call(span, name, value)
      }
      shown.push(whole(options))
      return span
    }
  })
  const watched = Layer.mergeAll(
    Logger.layer([logger]),
    Layer.succeed(Tracer.Tracer, tracer),
    Layer.succeed(References.MinimumLogLevel, "All"),
    Layer.succeed(HttpMiddleware.TracerHeaderFilter, () => true)
  )
  return { server, shown, watched }
}

describe("what a handler can get hold of", () => {
  it("C15: no type has a place for the token", () => {
    type Told = "issuer" | "subject" | "client" | "scopes" | "claims" | "expiresAt"
    holds<Equal<keyof Principal.Principal["Service"], Told>>()
    // What a verifier says becomes the principal: it says nothing of the token either.
    holds<Equal<keyof Verified, Told | "audience" | "notBefore">>()
    holds<Equal<typeof Caller.Service, string>>()
    holds<Equal<keyof Invocation.Request["Service"], "id" | "method" | "params" | "meta" | "ask">>()
    // A guard sees the head of a request. It gives its principal, and nothing that leads back.
    const { guard } = guarded(inbound)
    const admitted = guard.admit({ method: "POST", url: "/mcp", header: () => undefined })
    holds<Equal<Effect.Success<typeof admitted>, Context.Context<Principal.Principal>>>()
  })

  const traced = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }
  /** In both eras. */
  const looked = Effect.fnUntraced(function* (peer: Peer) {
    const headers = bearing(inbound)
    const now = yield* peer.ask(
      modern("tools/call", { name: "look", arguments: {} }, { headers, meta: traced })
    )
    const session = yield* open(peer, "2025-11-25", {}, headers)
    const then = yield* peer.ask(legacy(call(1, "look", {}, traced), { ...session, ...headers }))
    assert.deepStrictEqual([now.status, then.status], [200, 200])
  })
  const nothing = (shown: ReadonlyArray<string>) => {
    const text = shown.join("\n")
    for (const name of ["mcp-effect/auth/Principal", "looking", "ada"]) assert.include(text, name)
    for (const line of shown) assert.notInclude(line, "canary", line.slice(0, 200))
  }

  it.live("C15: has no token in it, on node:http", () =>
    Effect.gen(function* () {
      const { server, shown, watched } = curious()
      const { guard, verifier } = guarded(inbound)
      const { port } = yield* NodeServer.listen(server, { guard, port: 0 }).pipe(
        Effect.provide(Layer.merge(verifier, watched))
      )
      yield* looked(overSockets(port))
      nothing(shown)
    }).pipe(Effect.scoped)
  )

  it.live("C15: has no token in it, behind a function from Request to Response", () =>
    Effect.gen(function* () {
      const { server, shown, watched } = curious()
      const { guard, verifier } = guarded(inbound)
      // What handlers may know of the headers of a request is not what is a secret.
      const handler = StreamableServer.handler(server, { guard: RequestHeaders.guard(guard) })
      yield* looked(overFunction(yield* Effect.provide(handler, Layer.merge(verifier, watched))))
      nothing(shown)
    }).pipe(Effect.scoped)
  )

  it.live("C15: has no token in it, on a router that traces all headers", () =>
    Effect.gen(function* () {
      const { server, shown, watched } = curious()
      const { guard, verifier } = guarded(inbound)
      const app = HttpRouter.serve(StreamableServer.layer(server, { guard }), { disableListenLog: true })
      const context = yield* Layer.build(
        app.pipe(
          Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
          Layer.provide(verifier),
          Layer.provideMerge(watched)
        )
      )
      const { address } = Context.get(context, HttpServer.HttpServer)
      yield* looked(overSockets("port" in address ? address.port : 0))
      nothing(shown)
      assert.include(shown.join("\n"), "http.request.header.authorization")
    }).pipe(Effect.scoped)
  )
})
