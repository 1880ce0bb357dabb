import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Dynamic from "../../src/server/Dynamic.ts"
import * as Invocation from "../../src/server/Invocation.ts"
import * as Method from "../../src/server/Method.ts"
import type { Part } from "../../src/server/Part.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"
import { ask, refused } from "./ask.ts"

const info = { name: "demo", version: "1.0.0", title: "Demo", instructions: "Be kind." }
const config = Resource.text("config://app", { name: "config", description: "Settings" }, "on")
const hello = Prompt.make("hello", {}, () => "Hello")

/** A tool without its helper. */
const tool = (
  name: string,
  handle: () => Effect.Effect<{}> = () => Effect.succeed({ content: [] })
): Part<never> => ({
  _tag: "Tool",
  descriptor: { name, inputSchema: { type: "object" } },
  handle
})

class Database extends Context.Service<Database, { readonly rows: number }>()("test/Database") {}

describe("Server", () => {
  it.effect("S024, VER-5: server/discover tells versions, capabilities, instructions and a cache hint", () =>
    Effect.gen(function* () {
      const server = Server.make({ ...info, cache: { discover: { ttlMs: 60_000, scope: "public" } } }, config)
      const { result } = yield* ask(server, "server/discover")
      assert.strictEqual((result["supportedVersions"] as ReadonlyArray<string>)[0], "2026-07-28")
      assert.deepStrictEqual(result["capabilities"], { logging: {}, resources: {} })
      assert.strictEqual(result["instructions"], "Be kind.")
      assert.deepStrictEqual(result["_meta"], {
        "io.modelcontextprotocol/serverInfo": { name: "demo", version: "1.0.0", title: "Demo" }
      })
      assert.strictEqual(result["ttlMs"], 60_000)
      assert.strictEqual(result["cacheScope"], "public")
    })
  )

  it.effect("META-12: every result says how to read it and who gave it, without the instructions", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        config,
        tool("add"),
        Method.make("x/y", () => Effect.succeed({ _meta: { a: 1 } }))
      )
      const serverInfo = { name: "demo", version: "1.0.0", title: "Demo" }
      for (const [method, params] of [
        ["resources/read", { uri: "config://app" }],
        ["tools/list", {}],
        ["tools/call", { name: "add" }],
        ["ping", {}]
      ] as const) {
        const { result } = yield* ask(server, method, params)
        assert.strictEqual(result["resultType"], "complete", method)
        assert.deepStrictEqual(result["_meta"], { "io.modelcontextprotocol/serverInfo": serverInfo }, method)
      }
      const { result } = yield* ask(server, "x/y")
      assert.deepStrictEqual(result["_meta"], { a: 1, "io.modelcontextprotocol/serverInfo": serverInfo })
    })
  )

  it.effect("META-12: a server that does not want to be named is not", () =>
    Effect.gen(function* () {
      const { result } = yield* ask(Server.make({ ...info, named: false }), "ping")
      assert.deepStrictEqual(result, { resultType: "complete" })
    })
  )

  it("S171, VER-6, EXT-4, TOOL-1, RSRC-1, PRMT-1, COMP-1, LOG-1: capabilities are what the parts make of them", () => {
    const literal = Prompt.make("p", { arguments: { size: Schema.Literals(["s", "m"]) } }, () => "")
    const of = (...parts: ReadonlyArray<Part<never>>) =>
      Server.fromParts({ ...info, logging: false }, parts).capabilities
    assert.deepStrictEqual(of(), {})
    assert.deepStrictEqual(Server.make(info).capabilities, { logging: {} })
    assert.deepStrictEqual(of(tool("a")), { tools: {} })
    assert.deepStrictEqual(of(literal), { completions: {}, prompts: {} })
    assert.deepStrictEqual(of(Resource.make("a://b", { updates: true }, "")), {
      resources: { subscribe: true }
    })
    assert.deepStrictEqual(of(Dynamic.make({ kinds: ["tools"] }).part), { tools: { listChanged: true } })
    assert.deepStrictEqual(of(Method.make("tools/list", () => Effect.succeed({ tools: [] }))), { tools: {} })
    const extension: Part<never> = {
      _tag: "Extension",
      id: "com.example/x",
      settings: { deep: true },
      parts: [tool("a")]
    }
    assert.deepStrictEqual(of(extension), { tools: {}, extensions: { "com.example/x": { deep: true } } })
  })

  it("EXT-1: an extension whose name has no prefix is refused, also inside another", () => {
    const extension = (id: string, ...parts: ReadonlyArray<Part<never>>): Part<never> => ({
      _tag: "Extension",
      id,
      settings: {},
      parts
    })
    assert.throws(() => Server.make(info, extension("deep")), /"deep" cannot name an extension/)
    assert.throws(() => Server.make(info, extension("com.example/x", extension("/y"))), /"\/y" cannot/)
  })

  it("META-2, META-4: a malformed key of _meta is refused, and its place named", () => {
    const keyed = (key: string): Part<never> => ({
      _tag: "Tool",
      descriptor: { name: "add", _meta: { [key]: 1 } },
      handle: () => Effect.succeed({})
    })
    assert.throws(() => Server.make(info, keyed("-x")), /"-x" cannot be a key in the _meta of the Tool "add"/)
    assert.throws(() => Server.make(info, keyed("9.com/x")), /"9.com\/x" cannot/)
    Server.make(info, keyed("com.example/x"))
  })

  it.effect("ERR-9, CONF-5, PRMT-9: a method whose capability is not declared does not exist", () =>
    Effect.gen(function* () {
      const server = Server.make(info)
      for (const method of [
        "tools/list",
        "tools/call",
        "prompts/list",
        "prompts/get",
        "resources/list",
        "resources/templates/list",
        "resources/read",
        "completion/complete",
        "resources/subscribe",
        "logging/setLevel",
        "no/such",
        "__proto__",
        "constructor"
      ]) {
        const { code } = yield* refused(server, method, { name: "a", uri: "a://b" })
        assert.strictEqual(code, -32601, method)
      }
    })
  )

  it.effect("S165: a call without arguments reaches the tool, malformed ones do not", () =>
    Effect.gen(function* () {
      const server = Server.make(info, tool("add"))
      assert.deepStrictEqual((yield* ask(server, "tools/call", { name: "add" })).result["content"], [])
      assert.strictEqual((yield* refused(server, "tools/call", {})).code, -32602)
      assert.strictEqual((yield* refused(server, "tools/call", { name: 1 })).code, -32602)
      assert.strictEqual((yield* refused(server, "tools/call", { name: "add", arguments: [1] })).code, -32602)
      assert.strictEqual(
        (yield* refused(server, "tools/call", { name: "add", arguments: null })).code,
        -32602
      )
    })
  )

  it.effect("TOOL-18, S056: an unknown tool is a protocol error that names the nearest one", () =>
    Effect.gen(function* () {
      const server = Server.make(info, tool("add_numbers"), hello)
      assert.deepStrictEqual(yield* refused(server, "tools/call", { name: "add_number" }), {
        code: -32602,
        message: "Unknown tool: add_number. Did you mean add_numbers?",
        data: { tool: "add_number", nearest: "add_numbers" }
      })
      assert.deepStrictEqual(yield* refused(server, "tools/call", { name: "zebra" }), {
        code: -32602,
        message: "Unknown tool: zebra",
        data: { tool: "zebra" }
      })
      const { message } = yield* refused(server, "prompts/get", { name: "helo" })
      assert.strictEqual(message, "Unknown prompt: helo. Did you mean hello?")
    })
  )

  it("S043, S058, S066: two parts with one name are refused, and both are named", () => {
    assert.throws(
      () => Server.make(info, config, Resource.text("config://app", { name: "other" }, "off")),
      /claim "config:\/\/app": the Resource "config" \(Settings\) and the Resource "other"/
    )
    assert.throws(() => Server.make(info, tool("a"), tool("a")), /claim "a"/)
    assert.throws(() => Server.make(info, hello, hello), /claim "hello"/)
  })

  it("a contract without a handler is refused, where no compiler has said so", () => {
    const contract = Tool.make("add") as unknown as Part<never>
    assert.throws(() => Server.make(info, contract), 'The tool "add" has no handler: Tool.handle')
  })

  it.effect("S043: a policy decides which of two parts stays", () =>
    Effect.gen(function* () {
      const parts = [Resource.text("a://b", {}, "first"), Resource.text("a://b", {}, "second")]
      const read = (duplicates: "ignore" | "replace") =>
        Effect.map(
          Server.request(Server.fromParts({ ...info, duplicates }, parts), "resources/read", {
            uri: "a://b"
          }),
          ({ contents }) => (contents as ReadonlyArray<{ readonly text: string }>)[0]?.text
        )
      assert.strictEqual(yield* read("ignore"), "first")
      assert.strictEqual(yield* read("replace"), "second")
    })
  )

  it.effect("S026: a request's scope closes when the request ends, however it ends", () =>
    Effect.gen(function* () {
      const ended: Array<string> = []
      const held = (name: string, end: Effect.Effect<{}>): Part<never> => ({
        _tag: "Tool",
        descriptor: { name },
        handle: () =>
          Effect.andThen(
            Effect.addFinalizer(() => Effect.sync(() => ended.push(name))),
            end
          )
      })
      const server = Server.make(
        info,
        held("good", Effect.succeed({ content: [] })),
        held("dies", Effect.die("x"))
      )
      yield* ask(server, "tools/call", { name: "good" })
      assert.deepStrictEqual(ended, ["good"])
      yield* Effect.exit(ask(server, "tools/call", { name: "dies" }))
      assert.deepStrictEqual(ended, ["good", "dies"])
    })
  )

  it.effect("S041: a part that throws before it returns an Effect is a defect of its own request", () =>
    Effect.gen(function* () {
      const throws: Part<never> = {
        _tag: "Tool",
        descriptor: { name: "throws" },
        visible: () => {
          throw new Error("oops")
        },
        handle: () => Effect.succeed({})
      }
      const exit = yield* Effect.exit(ask(Server.make(info, throws), "tools/call", { name: "throws" }))
      assert.isTrue(Exit.isFailure(exit) && Exit.hasDies(exit))
    })
  )

  it.effect("S071: a handler reads another resource of its server", () =>
    Effect.gen(function* () {
      const both = Resource.make("config://both", {}, () =>
        Effect.map(Invocation.read("config://app"), ([content]) => `It is ${content?.text}`)
      )
      const { result } = yield* ask(Server.make(info, config, both), "resources/read", {
        uri: "config://both"
      })
      assert.deepStrictEqual(result["contents"], [
        { uri: "config://both", mimeType: "text/plain", text: "It is on" }
      ])
    })
  )

  it.effect("S030, S072: a handler knows its server and its request", () =>
    Effect.gen(function* () {
      const about = Resource.make("about://this", {}, () =>
        Effect.gen(function* () {
          const { capabilities, info: self } = yield* Invocation.CurrentServer
          const { id, meta, method } = yield* Invocation.Request
          return [self.name, Object.keys(capabilities).join(), id, method, meta.protocolVersion].join(" ")
        })
      )
      const { result } = yield* ask(Server.make(info, about), "resources/read", { uri: "about://this" })
      assert.deepStrictEqual(result["contents"], [
        {
          uri: "about://this",
          mimeType: "text/plain",
          text: "demo logging,resources 1 resources/read 2026-07-28"
        }
      ])
    })
  )

  it.effect("S060: a server answers without a connection", () =>
    Effect.gen(function* () {
      const { contents } = yield* Server.request(Server.make(info, config), "resources/read", {
        uri: "config://app"
      })
      assert.deepStrictEqual(contents, [{ uri: "config://app", mimeType: "text/plain", text: "on" }])
    })
  )

  it.effect("S028: what a handler needs is the server's to ask for", () =>
    Effect.gen(function* () {
      const rows = Resource.make("db://rows", {}, () =>
        Database.use(({ rows }) => Effect.succeed(String(rows)))
      )
      const server: Server.Server<Database> = Server.make(info, rows, config)
      // @ts-expect-error without the database the server does not run
      const unmet: Server.Server = server
      assert.strictEqual(unmet.info.name, "demo")
      const result = yield* Effect.provideService(
        Server.request(server, "resources/read", { uri: "db://rows" }),
        Database,
        { rows: 3 }
      )
      assert.deepStrictEqual(result["contents"], [{ uri: "db://rows", mimeType: "text/plain", text: "3" }])
    })
  )

  it("S029: what belongs to a request is not asked for", () => {
    const about = Resource.make("a://b", {}, () => Effect.map(Invocation.Request, ({ method }) => method))
    const server: Server.Server = Server.make(info, about)
    assert.strictEqual(server.info.name, "demo")
  })
})
