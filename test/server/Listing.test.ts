import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "../../src/server/Ask.ts"
import type { Part, Visible } from "../../src/server/Part.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import { ask, refused } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }
const tool = (name: string, visible?: Visible): Part<never> => ({
  _tag: "Tool",
  descriptor: { name },
  handle: () => Effect.succeed({ content: [] }),
  ...(visible === undefined ? {} : { visible })
})
const named = (result: { readonly [key: string]: unknown }, member = "tools") =>
  (result[member] as ReadonlyArray<{ readonly name: string }>).map(({ name }) => name)

const five = ["e", "a", "d", "b", "c"].map((name) => tool(name))

/** Whether the caller said who it is. */
const known: Visible = ({ meta }) => meta.clientInfo?.name === "friend"
const friend = { clientInfo: { name: "friend", version: "1" } }

describe("Listing", () => {
  it.effect("PAGE-2, TOOL-3: pages follow the order of the parts, by opaque cursors", () =>
    Effect.gen(function* () {
      const server = Server.fromParts({ ...info, pageSize: 2 }, five)
      const seen: Array<ReadonlyArray<string>> = []
      let cursor: unknown
      do {
        const { result } = yield* ask(server, "tools/list", cursor === undefined ? {} : { cursor })
        seen.push(named(result))
        cursor = result["nextCursor"]
      } while (cursor !== undefined)
      assert.deepStrictEqual(seen, [["e", "a"], ["d", "b"], ["c"]])
    })
  )

  it.effect("PAGE-3: a full last page has no cursor, and 100 items fit one page by default", () =>
    Effect.gen(function* () {
      const four = yield* ask(Server.fromParts({ ...info, pageSize: 5 }, five), "tools/list")
      assert.isFalse("nextCursor" in four.result)
      const many = Array.from({ length: 101 }, (_, index) => tool(`t${index}`))
      const { result } = yield* ask(Server.fromParts(info, many), "tools/list")
      assert.strictEqual(named(result).length, 100)
      assert.isString(result["nextCursor"])
    })
  )

  it.effect("PAGE-7: a cursor we did not give, the empty one too, is refused and says what to do", () =>
    Effect.gen(function* () {
      for (const server of [
        Server.fromParts({ ...info, pageSize: 2 }, five),
        Server.fromParts({ ...info, pageSize: 2 }, [tool("hidden", known), ...five])
      ]) {
        for (const cursor of ["", "!", "bm9uc2Vuc2U", 7, null, {}]) {
          const fault = yield* refused(server, "tools/list", { cursor })
          assert.strictEqual(fault.code, -32602)
          assert.match(fault.message, /without a cursor/)
        }
      }
    })
  )

  it.effect("PAGE-2: a cursor stays good while other items come into view", () =>
    Effect.gen(function* () {
      const server = Server.fromParts({ ...info, pageSize: 1 }, [tool("a"), tool("hidden", known), tool("b")])
      const { result } = yield* ask(server, "tools/list")
      const cursor = result["nextCursor"]
      assert.deepStrictEqual(named((yield* ask(server, "tools/list", { cursor })).result), ["b"])
      assert.deepStrictEqual(named((yield* ask(server, "tools/list", { cursor }, friend)).result), ["hidden"])
    })
  )

  it.effect("TOOL-2, CACHE-14: what a caller may not see is not listed, not callable, not suggested", () =>
    Effect.gen(function* () {
      const server = Server.make(info, tool("secret_tool", known), tool("open"))
      assert.deepStrictEqual(named((yield* ask(server, "tools/list")).result), ["open"])
      assert.deepStrictEqual(named((yield* ask(server, "tools/list", {}, friend)).result), [
        "secret_tool",
        "open"
      ])
      const hidden = yield* refused(server, "tools/call", { name: "secret_tool" })
      assert.deepStrictEqual(hidden, {
        code: -32602,
        message: "Unknown tool: secret_tool",
        data: { tool: "secret_tool" }
      })
      assert.strictEqual(
        (yield* refused(server, "tools/call", { name: "secret_tol" })).message,
        "Unknown tool: secret_tol"
      )
      yield* ask(server, "tools/call", { name: "secret_tool" }, friend)
    })
  )

  it.effect(
    "RSRC-13: a hidden resource reads like one that does not exist, and a visible template behind it answers",
    () =>
      Effect.gen(function* () {
        const server = Server.make(
          info,
          Resource.make("a://hidden", { visible: () => Effect.succeed(false) }, "secret"),
          Resource.template("b://{x}", { visible: known }, () => "first"),
          Resource.template("b://{y}", {}, () => "second")
        )
        const hidden = yield* refused(server, "resources/read", { uri: "a://hidden" })
        assert.deepStrictEqual(hidden, {
          code: -32602,
          message: "Resource not found: a://hidden",
          data: { uri: "a://hidden" }
        })
        const read = (meta: {}) =>
          Effect.map(ask(server, "resources/read", { uri: "b://1" }, meta), ({ result }) =>
            JSON.stringify(result["contents"])
          )
        assert.include(yield* read({}), "second")
        assert.include(yield* read(friend), "first")
      })
  )

  it.effect("CACHE-1, CACHE-12: every page has the same hint; without one it is stale and private", () =>
    Effect.gen(function* () {
      const hinted = Server.fromParts(
        { ...info, pageSize: 2, cache: { tools: { ttlMs: 5000, scope: "public" } } },
        five
      )
      const first = (yield* ask(hinted, "tools/list")).result
      const second = (yield* ask(hinted, "tools/list", { cursor: first["nextCursor"] })).result
      for (const page of [first, second]) {
        assert.deepStrictEqual([page["ttlMs"], page["cacheScope"]], [5000, "public"])
      }
      const plain = (yield* ask(Server.fromParts(info, five), "tools/list")).result
      assert.deepStrictEqual([plain["ttlMs"], plain["cacheScope"]], [0, "private"])
    })
  )

  it.effect("CACHE-1: the six results that may be kept say for how long, and no other result does", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        tool("open"),
        Prompt.make("p", {}, () => ""),
        Resource.text("a://b", {}, ""),
        Resource.template("ask://{x}", {}, () =>
          Effect.map(Ask.elicit("Which?", Schema.Struct({ y: Schema.String })), ({ y }) => y)
        )
      )
      const hinted = (method: string, params: object = {}) =>
        Effect.map(
          ask(server, method, { ...params }, { clientCapabilities: { elicitation: {} } }),
          ({ result }) => [result["resultType"], "ttlMs" in result, "cacheScope" in result]
        )
      for (const [method, params] of [
        ["server/discover"],
        ["tools/list"],
        ["prompts/list"],
        ["resources/list"],
        ["resources/templates/list"],
        ["resources/read", { uri: "a://b" }]
      ] as const) {
        assert.deepStrictEqual(yield* hinted(method, params), ["complete", true, true], method)
      }
      assert.deepStrictEqual(yield* hinted("resources/read", { uri: "ask://x" }), [
        "input_required",
        false,
        false
      ])
      assert.deepStrictEqual(yield* hinted("prompts/get", { name: "p" }), ["complete", false, false])
      assert.deepStrictEqual(yield* hinted("tools/call", { name: "open" }), ["complete", false, false])
    })
  )

  it.effect("CACHE-13: a list that depends on the caller is never public", () =>
    Effect.gen(function* () {
      const server = Server.make(
        { ...info, cache: { tools: { ttlMs: 5000, scope: "public" } } },
        tool("hidden", known),
        tool("open")
      )
      const { result } = yield* ask(server, "tools/list", {}, friend)
      assert.deepStrictEqual([result["ttlMs"], result["cacheScope"]], [5000, "private"])
    })
  )

  it("CACHE-2: hints and page sizes that make no sense are refused at once", () => {
    assert.throws(() => Server.make({ ...info, cache: { tools: { ttlMs: -1 } } }), /ttlMs/)
    assert.throws(() => Resource.make("a://b", { cache: { ttlMs: 0.5 } }, ""), /ttlMs/)
    assert.throws(() => Server.make({ ...info, pageSize: 0 }), /pageSize/)
  })

  it.effect(
    "S038: static resources and what templates list go to resources/list, templates to their own",
    () =>
      Effect.gen(function* () {
        const server = Server.make(
          info,
          Resource.text("note://1", { name: "one" }, "1"),
          Resource.template(
            "note://{id}",
            {
              name: "note",
              list: async () => [
                { uri: "note://1", name: "shadowed" },
                { uri: "note://2", name: "two" }
              ]
            },
            ({ id }) => id
          )
        )
        assert.deepStrictEqual(named((yield* ask(server, "resources/list")).result, "resources"), [
          "one",
          "two"
        ])
        const { result } = yield* ask(server, "resources/templates/list")
        assert.deepStrictEqual(result["resourceTemplates"], [{ uriTemplate: "note://{id}", name: "note" }])
      })
  )
})
