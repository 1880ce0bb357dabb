/** The protocol with fewer helpers: handlers by method name, results as the protocol has them. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { PassThrough } from "node:stream"
import { createInterface } from "node:readline"
import * as Client from "../../src/client/Client.ts"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Invocation from "../../src/server/Invocation.ts"
import * as Method from "../../src/server/Method.ts"
import * as Progress from "../../src/server/Progress.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"
import * as Loopback from "../../src/transport/Loopback.ts"
import * as StdioServer from "../../src/transport/StdioServer.ts"
import { ask } from "./ask.ts"
import { modern, peerOf, request } from "./peers.ts"

const info = { name: "low", version: "1.0.0" }

class Database extends Context.Service<Database, { readonly query: (text: string) => string }>()(
  "test/Database"
) {}

/** Every low-level handler the reference has, each answering in the protocol's own words. */
const handlers = {
  "tools/list": () => ({ tools: [{ name: "query", inputSchema: { type: "object" } }] }),
  "tools/call": ({ name }: JsonRpc.Params) => ({ content: [{ type: "text", text: `called ${name}` }] }),
  "resources/list": () => ({ resources: [{ uri: "a://1", name: "one" }] }),
  "resources/templates/list": () => ({ resourceTemplates: [{ uriTemplate: "a://{n}", name: "any" }] }),
  "resources/read": ({ uri }: JsonRpc.Params) => ({
    contents: [
      { uri, mimeType: "text/plain", text: "words" },
      { uri, mimeType: "image/png", blob: "iVBORw==" }
    ]
  }),
  "prompts/list": () => ({ prompts: [{ name: "hello" }] }),
  "prompts/get": () => ({ messages: [{ role: "user", content: { type: "text", text: "Hello" } }] }),
  "completion/complete": () => ({ completion: { values: ["one"] } })
} satisfies { readonly [method: string]: (params: JsonRpc.Params) => JsonRpc.Params }

const lowLevel = Server.make(
  info,
  ...Object.entries(handlers).map(([method, handle]) =>
    Method.make(method, ({ params }) => Effect.succeed(handle(params)))
  )
)

describe("A low-level server", () => {
  for (const version of ["2026-07-28", "2025-11-25"]) {
    it.effect(`S164: serves every method by a handler of that name (${version})`, () =>
      Effect.gen(function* () {
        const client = yield* Client.connect(Loopback.layer(lowLevel), { ...info, versions: [version] })
        assert.deepStrictEqual(
          [
            (yield* client.tools)[0]?.name,
            (yield* client.resources)[0]?.uri,
            (yield* client.resourceTemplates)[0]?.uriTemplate,
            (yield* client.prompts)[0]?.name
          ],
          ["query", "a://1", "a://{n}", "hello"]
        )
        const { content } = yield* client.callTool("query")
        assert.deepStrictEqual(content, [{ type: "text", text: "called query" }])
        assert.strictEqual((yield* client.getPrompt("hello")).messages.length, 1)
        const { values } = yield* client.complete(
          { type: "ref/prompt", name: "hello" },
          { name: "x", value: "" }
        )
        assert.deepStrictEqual(values, ["one"])
      }).pipe(Effect.scoped)
    )

    it.effect(`S166: a resource is read as typed contents, text and bytes (${version})`, () =>
      Effect.gen(function* () {
        const client = yield* Client.connect(Loopback.layer(lowLevel), { ...info, versions: [version] })
        const { contents } = yield* client.readResource("a://1")
        assert.deepStrictEqual(contents, [
          { uri: "a://1", mimeType: "text/plain", text: "words" },
          { uri: "a://1", mimeType: "image/png", blob: "iVBORw==" }
        ])
      }).pipe(Effect.scoped)
    )
  }

  it.effect("S166: with less words, contents are text and bytes with their types", () =>
    Effect.gen(function* () {
      const page = Resource.make("a://page", {}, () => [
        { text: "<p>", mimeType: "text/html" },
        { bytes: new Uint8Array([1, 2]), uri: "a://page/icon" }
      ])
      const { contents } = yield* Server.request(Server.make(info, page), "resources/read", {
        uri: "a://page"
      })
      assert.deepStrictEqual(contents, [
        { uri: "a://page", mimeType: "text/html", text: "<p>" },
        { uri: "a://page/icon", mimeType: "application/octet-stream", blob: "AQI=" }
      ])
    })
  )

  it.effect("S167: a prompt that is not there is -32602, said by hand or not", () =>
    Effect.gen(function* () {
      const byHand = Method.make("prompts/get", ({ params }) =>
        Effect.fail(McpError.invalidParams(`No such prompt: ${params["name"]}`))
      )
      for (const part of [byHand, Prompt.make("hello", {}, () => "Hello")]) {
        const { accept } = yield* peerOf(Server.make(info, part))
        const { error } = yield* accept(request(1, "prompts/get", { name: "hallo", _meta: modern() }))
        assert.strictEqual(error.code, -32602)
        assert.include(error.message, "hallo")
      }
    }).pipe(Effect.scoped)
  )

  it.effect(
    "S161, S162: what its handlers need is opened once before the first, and closed after the last",
    () =>
      Effect.gen(function* () {
        const events: Array<string> = []
        const layer = Layer.effect(
          Database,
          Effect.acquireRelease(
            Effect.sync(() => {
              events.push("open")
              return { query: (text: string) => `result of ${text}` }
            }),
            () => Effect.sync(() => events.push("close"))
          )
        )
        const query = Method.make("com.example/query", ({ params }) =>
          Database.use(({ query }) => Effect.succeed({ rows: query(String(params["text"])) }))
        )
        const server: Server.Server<Database> = Server.make(info, query)
        yield* Effect.gen(function* () {
          const client = yield* Client.Client
          for (const text of ["a", "b"]) {
            assert.deepInclude(yield* client.request("com.example/query", { text }), {
              rows: `result of ${text}`
            })
          }
        }).pipe(
          Effect.provide(Layer.provide(Client.layer(info), Layer.provide(Loopback.layer(server), layer)))
        )
        assert.deepStrictEqual(events, ["open", "close"])
      })
  )

  it.effect("S168, S169: is served by hand over any two streams, until the input ends", () =>
    Effect.gen(function* () {
      const streams = { input: new PassThrough(), output: new PassThrough() }
      const serving = yield* Effect.forkChild(StdioServer.run(lowLevel, streams))
      const lines = createInterface({ input: streams.output })[Symbol.asyncIterator]()
      const next = Effect.map(
        Effect.promise(() => lines.next()),
        ({ value }): JsonRpc.Params => JSON.parse(value ?? "")
      )
      const send = (message: object) =>
        Effect.sync(() => void streams.input.write(`${JSON.stringify(message)}\n`))
      yield* send(request(1, "tools/list", { _meta: modern() }))
      assert.deepInclude(yield* next, { id: 1 })
      yield* send(
        request(2, "initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: info })
      )
      assert.deepInclude((yield* next)["result"], { protocolVersion: "2025-06-18" })
      streams.input.end()
      yield* Fiber.join(serving)
    })
  )

  it.effect("S169: a defect is itself where a test asks the server directly", () =>
    Effect.gen(function* () {
      const bug = new Error("a bug")
      const server = Server.make(
        info,
        Method.make("com.example/x", () => Effect.die(bug))
      )
      const exit = yield* Effect.exit(Server.request(server, "com.example/x"))
      const [reason] = Exit.isFailure(exit) ? exit.cause.reasons : []
      assert.strictEqual(reason?._tag === "Die" && reason.defect, bug)
    })
  )

  it.effect("S170: what a client is told of a server are options, whatever its parts", () =>
    Effect.gen(function* () {
      const { parts } = Server.make(
        info,
        Prompt.make("hello", {}, () => "Hello")
      )
      const told = Server.fromParts(
        { name: "another", version: "2.0.0", title: "Another", instructions: "Say hello.", logging: false },
        parts
      )
      for (const version of ["2026-07-28", "2025-11-25"]) {
        const { server } = yield* Client.connect(Loopback.layer(told), { ...info, versions: [version] })
        assert.deepStrictEqual(server.info, { name: "another", version: "2.0.0", title: "Another" })
        assert.strictEqual(server.instructions, "Say hello.")
        assert.deepStrictEqual(server.capabilities, { prompts: {} } as never)
      }
    }).pipe(Effect.scoped)
  )
})

describe("What a handler may use", () => {
  const uses = Effect.gen(function* () {
    const { method } = yield* Invocation.Request
    yield* Progress.report(1)
    yield* Effect.logInfo(method)
    return method
  })
  const server = Server.make(
    info,
    Tool.handle(Tool.make("use", { input: { text: Schema.String } }), () => uses),
    Resource.make("a://1", {}, () => uses),
    Resource.template(
      "b://{n}",
      { name: "any", complete: { n: () => Effect.map(uses, (method) => [method]) } },
      () => uses
    ),
    Prompt.make("hello", {}, () => uses)
  )

  for (const [method, params] of [
    ["tools/call", { name: "use", arguments: { text: "x" } }],
    ["resources/read", { uri: "a://1" }],
    ["resources/read", { uri: "b://2" }],
    ["prompts/get", { name: "hello" }],
    [
      "completion/complete",
      { ref: { type: "ref/resource", uri: "b://{n}" }, argument: { name: "n", value: "" } }
    ]
  ] as const) {
    it.effect(`S074: is there in ${method} of ${JSON.stringify(params).slice(0, 30)}`, () =>
      Effect.gen(function* () {
        const { result, said } = yield* ask(server, method, params, { progressToken: "t", logLevel: "info" })
        assert.include(JSON.stringify(result), method)
        assert.deepStrictEqual(
          said.map((each) => each.method),
          ["notifications/progress", "notifications/message"]
        )
      })
    )
  }

  it.effect("S059: is no argument: nothing of it is in the schema", () =>
    Effect.gen(function* () {
      const { tools } = yield* Server.request(server, "tools/list")
      const [{ inputSchema }] = tools as [{ inputSchema: { properties: object } }]
      assert.deepStrictEqual(Object.keys(inputSchema.properties), ["text"])
    })
  )
})

describe("Progress that is counted", () => {
  const said = (work: Effect.Effect<unknown, never, Invocation.Invocation>) =>
    Effect.map(
      ask(
        Server.make(
          info,
          Tool.handle(Tool.make("work", {}), () => Effect.asVoid(work))
        ),
        "tools/call",
        { name: "work" },
        { progressToken: "t" }
      ),
      ({ said: reports }) =>
        reports.map(({ params }) =>
          Object.fromEntries(Object.entries(params).filter(([key]) => key !== "progressToken"))
        )
    )

  it.effect("S175: each step adds to it", () =>
    Effect.gen(function* () {
      const advance = Progress.counter(10)
      const work = Effect.all([advance(), advance(4, "five"), advance(5)])
      assert.deepStrictEqual(yield* said(work), [
        { progress: 1, total: 10 },
        { progress: 5, total: 10, message: "five" },
        { progress: 10, total: 10 }
      ])
    })
  )

  it.effect("S070, S175: each element of a stream is a step, each time the stream runs", () =>
    Effect.gen(function* () {
      const stream = Stream.make("a", "b").pipe(Progress.counted(2))
      for (const _ of [1, 2]) {
        assert.deepStrictEqual(yield* said(Stream.runDrain(stream)), [
          { progress: 1, total: 2 },
          { progress: 2, total: 2 }
        ])
      }
    })
  )
})
