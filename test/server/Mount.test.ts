import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Dynamic from "../../src/server/Dynamic.ts"
import * as Events from "../../src/server/Events.ts"
import * as Method from "../../src/server/Method.ts"
import * as Middleware from "../../src/server/Middleware.ts"
import type { Part } from "../../src/server/Part.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import { ask, refused } from "./ask.ts"

const seen: Array<string> = []
const tool = (name: string, visible = true): Part<never> => ({
  _tag: "Tool",
  descriptor: { name },
  visible: () => visible,
  handle: ({ params }) =>
    Effect.as(Events.publish(Events.resourceUpdated("config://app")), {
      content: [
        { type: "text", text: String(params["name"]) },
        { type: "resource_link", uri: "config://app", name: "config" }
      ]
    })
})
const plugins = Dynamic.make({ kinds: ["tools"] })
const inner = Server.make(
  { name: "inner", version: "1.0.0" },
  Middleware.make((next) => (request) => {
    seen.push(`${request.method} ${String(request.params["name"] ?? request.params["uri"])}`)
    return next(request)
  }),
  tool("get"),
  tool("hidden", false),
  plugins.part,
  Prompt.make("ask", { arguments: { size: Schema.Literals(["s", "m"]) } }, ({ size }) => size),
  Resource.text("config://app", {}, "on"),
  Resource.template("user://{id}", { list: () => [{ uri: "user://1", name: "one" }] }, ({ id }) => id),
  Method.make("com.example/x", () => Effect.succeed({ x: 1 }))
)
const info = { name: "outer", version: "1.0.0" }
const outer = Server.make(info, tool("get"), Server.mount("in", inner))
const listed = (server: Server.Server, method: string, member: string, key: string) =>
  Effect.map(ask(server, method), ({ result }) =>
    (result[member] as ReadonlyArray<{ readonly [key: string]: string }>).map((item) => item[key])
  )

describe("Mount", () => {
  it.effect("TOOL-11: tools and prompts go by a prefix, resources by their URIs", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* listed(outer, "tools/list", "tools", "name"), ["get", "in_get"])
      assert.deepStrictEqual(yield* listed(outer, "prompts/list", "prompts", "name"), ["in_ask"])
      assert.deepStrictEqual(yield* listed(outer, "resources/list", "resources", "uri"), [
        "config://app",
        "user://1"
      ])
      const { result } = yield* ask(outer, "tools/call", { name: "in_get" })
      assert.deepStrictEqual((result["content"] as ReadonlyArray<unknown>)[0], { type: "text", text: "get" })
      const prompt = yield* ask(outer, "prompts/get", { name: "in_ask", arguments: { size: "m" } })
      assert.include(JSON.stringify(prompt.result["messages"]), '"m"')
      assert.strictEqual((yield* ask(outer, "com.example/x")).result["x"], 1)
      const completion = yield* ask(outer, "completion/complete", {
        ref: { type: "ref/prompt", name: "in_ask" },
        argument: { name: "size", value: "" }
      })
      assert.deepStrictEqual((completion.result["completion"] as { readonly values: unknown }).values, [
        "s",
        "m"
      ])
    })
  )

  it.effect("META-12: the outer server signs", () =>
    Effect.gen(function* () {
      const { result } = yield* ask(outer, "tools/call", { name: "in_get" })
      assert.deepStrictEqual(result["_meta"], { "io.modelcontextprotocol/serverInfo": info })
    })
  )

  it.effect(
    "CACHE-14: the inner server decides who sees what, and its middleware stays around its handlers",
    () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* refused(outer, "tools/call", { name: "in_hidden" })).code, -32602)
        seen.length = 0
        yield* ask(outer, "tools/call", { name: "in_get" })
        yield* ask(outer, "tools/call", { name: "get" })
        yield* ask(outer, "resources/read", { uri: "config://app" })
        assert.deepStrictEqual(seen, ["tools/call get", "resources/read config://app"])
      })
  )

  it.effect("S215: completions pass through the middleware of the inner server", () =>
    Effect.gen(function* () {
      const closed = Server.make(
        { name: "closed", version: "1.0.0" },
        Middleware.make(
          (next) => (request) =>
            request.method === "completion/complete"
              ? Effect.fail(McpError.make(403, `not ${JSON.stringify(request.params["ref"])}`))
              : next(request)
        ),
        Prompt.make("ask", { arguments: { size: Schema.Literals(["s"]) } }, ({ size }) => size),
        Resource.template("u://{id}", { complete: { id: ["1"] } }, ({ id }) => id)
      )
      const middle = Server.make(info, Server.mount("in", closed, { uris: "prefix" }))
      const around = Server.make(info, Server.mount("out", middle, { uris: "prefix" }))
      const refs = [
        [{ type: "ref/prompt", name: "out_in_ask" }, "size", { type: "ref/prompt", name: "ask" }],
        [{ type: "ref/resource", uri: "out+in+u://{id}" }, "id", { type: "ref/resource", uri: "u://{id}" }]
      ] as const
      for (const [ref, name, told] of refs) {
        const fault = yield* refused(around, "completion/complete", { ref, argument: { name, value: "" } })
        assert.deepInclude(fault, { code: 403, message: `not ${JSON.stringify(told)}` })
        // What it lets pass is answered as ever.
        const open = yield* ask(Server.make(info, Server.mount("out", outer)), "completion/complete", {
          ref: { type: "ref/prompt", name: "out_in_ask" },
          argument: { name: "size", value: "m" }
        })
        assert.deepStrictEqual(open.result["completion"], { values: ["m"], total: 1, hasMore: false })
      }
    })
  )

  it("S215: who may subscribe to any resource of the inner server may do so through the outer one", () => {
    const open = Server.make(
      { name: "open", version: "1.0.0", subscribe: true },
      Resource.text("a:b", {}, "")
    )
    const around = Server.make(info, Server.mount("out", Server.make(info, Server.mount("in", open))))
    assert.deepStrictEqual(around.capabilities["resources"], { subscribe: true })
    assert.deepStrictEqual(outer.capabilities["resources"], {})
  })

  it.effect("S215: who does not find something is told of it by its outer URI", () =>
    Effect.gen(function* () {
      const empty = Server.make(
        { name: "empty", version: "1.0.0" },
        Resource.template("u://{id}", {}, (_, uri) => Effect.fail(McpError.resourceNotFound(uri)))
      )
      const around = Server.make(info, Server.mount("in", empty, { uris: "prefix" }))
      assert.deepStrictEqual(
        yield* refused(around, "resources/read", { uri: "in+u://1" }),
        McpError.resourceNotFound("in+u://1").fault
      )
    })
  )

  it("a server that answers a method of the protocol by hand is not mounted in place of all others", () => {
    const lowLevel = Server.make(
      { name: "low", version: "1.0.0" },
      Method.make("tools/list", () => ({ tools: [] }))
    )
    assert.throws(() => Server.mount("in", lowLevel), /"low" answers tools\/list by hand/)
  })

  it("TOOL-11: a prefix that no name of a tool may have is refused", () => {
    assert.throws(() => Server.mount("my server", inner), /"my server_get"/)
    assert.throws(() => Server.mount("x".repeat(126), inner), /1 to 128 characters/)
  })

  it.effect("S215: changes and updates of the inner server are heard through the outer one", () =>
    Effect.gen(function* () {
      const heard: Array<Events.Event> = []
      const stop = outer.events.subscribe((event) => heard.push(event))
      yield* ask(outer, "tools/call", { name: "in_get" })
      yield* plugins.add(tool("more"))
      yield* Effect.promise(() => Promise.resolve())
      stop()
      assert.deepStrictEqual(heard, [Events.resourceUpdated("config://app"), Events.ToolsChanged])
      assert.deepStrictEqual(yield* listed(outer, "tools/list", "tools", "name"), [
        "get",
        "in_get",
        "in_more"
      ])
      yield* plugins.remove("tools", "more")
    })
  )

  it.effect("TOOL-11: URIs get a prefix of their own when they would clash", () =>
    Effect.gen(function* () {
      const both = Server.make(
        info,
        Server.mount("a", inner, { uris: "prefix", separator: "." }),
        Server.mount("b", Server.make({ name: "b", version: "1" }, Resource.text("config://app", {}, "off")))
      )
      assert.deepStrictEqual(yield* listed(both, "resources/list", "resources", "uri"), [
        "a+config://app",
        "config://app",
        "a+user://1"
      ])
      const { result } = yield* ask(both, "resources/read", { uri: "a+user://7" })
      assert.deepStrictEqual(result["contents"], [{ uri: "a+user://7", mimeType: "text/plain", text: "7" }])
      const called = yield* ask(both, "tools/call", { name: "a.get" })
      assert.deepStrictEqual((called.result["content"] as ReadonlyArray<unknown>)[1], {
        type: "resource_link",
        uri: "a+config://app",
        name: "config"
      })
      assert.throws(() => Server.mount("a b", inner, { uris: "prefix" }), /scheme/)
    })
  )
})
