import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { Add, Mirror, Order, pixel, silence } from "../fixtures/everything.ts"
import { battery } from "./battery.ts"

battery("tools", (it, { version }) => {
  it.effect("S186: a call by contract is typed at both ends", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      if (version >= "2025-06-18") {
        assert.deepStrictEqual(yield* client.call(Mirror, { point: { x: 1, y: 2 } }), { x: 2, y: 1 })
      }
      assert.strictEqual(yield* client.call(Add, { a: 2, b: 40 }), 42)
    })
  )

  it.effect("TOOL-13: structured content comes as text too", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const result = yield* client.callTool("mirror", { point: { x: 1, y: 2 } })
      assert.deepStrictEqual(result.content, [{ type: "text", text: '{"x":2,"y":1}' }])
      if (version >= "2025-06-18") assert.deepStrictEqual(result.structuredContent, { x: 2, y: 1 })
      else assert.notProperty(result, "structuredContent")
    })
  )

  it.effect("TOOL-15: any JSON is structured content in 2026-07-28, TOOL-14: only objects before", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const sum = yield* client.callTool("add", { a: 1, b: 2 })
      const nothing = yield* client.callTool("null")
      if (version === "2026-07-28") {
        assert.strictEqual(sum.structuredContent, 3)
        assert.strictEqual(nothing.structuredContent, null)
      } else {
        assert.notProperty(sum, "structuredContent")
        assert.notProperty(nothing, "structuredContent")
      }
      assert.deepStrictEqual(sum.content, [{ type: "text", text: "3" }])
    })
  )

  it.effect("TOOL-19, TOOL-21: a declared failure is a result for the model", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const result = yield* client.callTool("order", { sku: "A", count: 9 })
      assert.strictEqual(result.isError, true)
      assert.match(JSON.stringify(result.content), /A is out of stock: 3 left/)
    })
  )

  it.effect("S189: a declared failure is typed for who holds the contract", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const failure = yield* Effect.flip(client.call(Order, { sku: "A", count: 9 }))
      assert.strictEqual(failure._tag, version >= "2025-06-18" ? "OutOfStock" : failure._tag)
      assert.include(["OutOfStock", "ToolError"], failure._tag)
    })
  )

  it.effect("TOOL-18: an unknown tool is a protocol error that suggests the nearest name", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const error = yield* Effect.flip(client.callTool("ad"))
      assert.strictEqual(error._tag, "McpError")
      assert.strictEqual("code" in error && error.code, -32602)
      assert.match(error.message, /add/)
    })
  )

  it.effect("TOOL-20, TOOL-22: arguments that do not fit are refused in the revision's way", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const outcome = yield* Effect.result(client.callTool("add", { a: "one", b: 2 }))
      if (version >= "2025-11-25") {
        assert(outcome._tag === "Success", "expected a result")
        assert.strictEqual(outcome.success.isError, true)
        assert.match(JSON.stringify(outcome.success.content), /\ba\b.*one/)
      } else {
        assert(outcome._tag === "Failure" && outcome.failure._tag === "McpError", "expected a protocol error")
        assert.strictEqual(outcome.failure.code, -32602)
        assert.match(outcome.failure.message, /\ba\b/)
      }
    })
  )

  it.effect("S055: every kind of content arrives in the form the revision has for it", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const { content } = yield* client.callTool("kinds")
      const types = content.map((block) => block.type)
      const audio = version === "2024-11-05" ? "resource" : "audio"
      const link = version < "2025-06-18" ? "text" : "resource_link"
      assert.deepStrictEqual(types, ["text", "image", audio, link, "resource"])
      assert.include(JSON.stringify(content[1]), pixel)
      assert.include(JSON.stringify(content[2]), silence)
      assert.include(JSON.stringify(content[3]), "note://today")
    })
  )

  it.effect("S055: a tool that returns nothing has no content", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      assert.deepStrictEqual((yield* client.callTool("nothing")).content, [])
    })
  )

  it.effect("S052: a tool is listed with what the revision knows of it", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const add = (yield* client.tools).find((tool) => tool.name === "add")
      assert(add !== undefined, "add is not listed")
      assert.strictEqual(add.description, "Add two numbers")
      assert.strictEqual(add.title, version >= "2025-06-18" ? "Add" : undefined)
      assert.strictEqual(add.icons?.length, version >= "2025-11-25" ? 1 : undefined)
      assert.strictEqual(add.annotations?.readOnlyHint, version >= "2025-03-26" ? true : undefined)
      assert.strictEqual("outputSchema" in add, version === "2026-07-28")
    })
  )

  it.effect("CACHE-14, TOOL-22: what is hidden is neither listed nor called nor suggested", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      assert.notInclude(
        (yield* client.tools).map((tool) => tool.name),
        "hidden"
      )
      const error = yield* Effect.flip(client.callTool("hidden"))
      assert.match(error.message, /^Unknown tool/)
      assert.notMatch((yield* Effect.flip(client.callTool("hiddem"))).message, /hidden/)
    })
  )

  it.effect("TOOL-3: the list has one order, whoever asks and however often", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const names = (options: { readonly cache: false }) =>
        Effect.map(client.listTools(undefined, options), ({ tools }) => tools.map(({ name }) => name))
      const [one, two] = yield* Effect.all([names({ cache: false }), names({ cache: false })])
      assert.deepStrictEqual(one, two)
      assert.deepStrictEqual(one, ["add", "mirror", "order"])
    })
  )

  it.effect("TOOL-11: a mounted server's tools carry its prefix", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const { content } = yield* client.callTool("inner_hello")
      assert.deepStrictEqual(content, [{ type: "text", text: "hello from inside" }])
    })
  )

  it.effect("S072: a handler knows the revision and the client of its request", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const { content } = yield* client.callTool("who")
      assert.include(JSON.stringify(content), version)
      assert.include(JSON.stringify(content), "battery")
    })
  )
})
