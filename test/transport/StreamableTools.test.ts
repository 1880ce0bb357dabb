import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as Contract from "../../src/Contract.ts"
import { complete, connect, text } from "./httpConnect.ts"
import * as Peer from "./httpPeer.ts"

/** A tool whose schema says which arguments are mirrored. */
const tool = (name: string, properties: object) => ({ name, inputSchema: { type: "object", properties } })
const mirrored = (header: string, type = "string") => ({ type, "x-mcp-header": header })

describe("StreamableClient, tools and headers", () => {
  const listing = (...tools: ReadonlyArray<object>): Peer.Script => ({
    "tools/list": (x) => x.result(complete({ tools, ttlMs: 0, cacheScope: "private" })),
    "tools/call": (x) => x.result(complete(text("hi")))
  })

  it.live(
    "HTTP-30/HTTP-41: annotated arguments of a listed tool become headers, nested ones too, if they are there",
    () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({
          ...Peer.discover(),
          ...listing(
            tool("query", {
              region: mirrored("Region"),
              limit: mirrored("Limit", "integer"),
              dry: mirrored("Dry-Run", "boolean"),
              where: { type: "object", properties: { shard: mirrored("Shard", "integer") } },
              sql: { type: "string" }
            })
          )
        })
        const client = yield* connect(peer.url)
        yield* client.tools
        yield* client.callTool("query", {
          region: "Zürich",
          limit: 42,
          dry: false,
          where: { shard: 3 },
          sql: "x"
        })
        yield* client.callTool("query", { region: null, limit: -7, sql: "x" })
        const headers = peer.heard.filter(({ word }) => word === "tools/call").map((x) => paramsOf(x))
        assert.deepStrictEqual(headers, [
          {
            "mcp-param-region": "=?base64?WsO8cmljaA==?=",
            "mcp-param-limit": "42",
            "mcp-param-dry-run": "false",
            "mcp-param-shard": "3"
          },
          { "mcp-param-limit": "-7" }
        ])
      })
  )

  it.live(
    "HTTP-34/HTTP-35: a tool with an annotation against the rules is left out with a warning; others stay",
    () =>
      Effect.gen(function* () {
        const peer = yield* Peer.serve({
          ...Peer.discover(),
          ...listing(
            tool("good", { a: mirrored("A") }),
            tool("bad", { a: mirrored("A", "number") }),
            tool("worse", { a: mirrored("not a token") }),
            tool("plain", { a: { type: "string" } })
          )
        })
        const logged: Array<string> = []
        const logger = Logger.make(({ logLevel, message }) => logged.push(`${logLevel} ${String(message)}`))
        yield* Effect.gen(function* () {
          const client = yield* connect(peer.url)
          assert.deepStrictEqual(
            (yield* client.tools).map(({ name }) => name),
            ["good", "plain"]
          )
          assert.deepStrictEqual(
            (yield* client.listTools()).tools.map(({ name }) => name),
            ["good", "plain"]
          )
        }).pipe(Effect.provide(Logger.layer([logger])))
        assert.strictEqual(logged.length, 2, "each is told once")
        assert.match(logged[0]!, /^Warn The tool "bad" of http.* no string, integer or boolean/)
        assert.match(logged[1]!, /^Warn The tool "worse" of http.* is not an HTTP token/)
      })
  )

  it.live("a schema too deep to be looked into leaves its tool out, and does nothing else", () =>
    Effect.gen(function* () {
      const deep = `${'{"not":'.repeat(20_000)}{}${"}".repeat(20_000)}`
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        "tools/list": (x) =>
          x.text(
            200,
            `{"jsonrpc":"2.0","id":${x.message.id},"result":{"resultType":"complete","ttlMs":0,"cacheScope":"private","tools":[{"name":"deep","inputSchema":${deep}},{"name":"flat","inputSchema":{"type":"object"}}]}}`,
            { "content-type": "application/json" }
          )
      })
      const client = yield* connect(peer.url)
      assert.deepStrictEqual(
        (yield* client.tools).map(({ name }) => name),
        ["flat"]
      )
    })
  )

  it.live(
    "CONF-12/CONF-15: schemas come as they are, with keywords nobody knows; what they refer to is not fetched",
    () =>
      Effect.gen(function* () {
        const canary = yield* Peer.serve({})
        const schema = {
          type: "object",
          properties: {
            a: { $ref: `${canary.origin}/schema.json` },
            b: { "x-unknown": [1], unevaluatedItems: false }
          },
          $dynamicAnchor: "here"
        }
        const peer = yield* Peer.serve({
          ...Peer.discover(),
          ...listing({ name: "remote", inputSchema: schema, outputSchema: schema }),
          "tools/call": (x) => x.result(complete({ ...text("{}"), structuredContent: { a: 1 } }))
        })
        const client = yield* connect(peer.url)
        const [listed] = yield* client.tools
        assert.deepStrictEqual<unknown>(listed, { name: "remote", inputSchema: schema, outputSchema: schema })
        yield* client.callTool("remote", { a: 1 })
        assert.deepStrictEqual(canary.words(), [])
      })
  )

  const Query = Contract.make("query", {
    input: { region: Schema.String.annotate({ "x-mcp-header": "Region" }) },
    output: Schema.String
  })

  it.live("HTTP-44: a call refused for its headers is made again once the tools have been listed", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        ...listing(tool("query", { region: mirrored("Region") })),
        "tools/call": (x) =>
          x.headers["mcp-param-region"] === undefined
            ? x.error(-32020, "Header mismatch: Mcp-Param-Region is missing")
            : x.result(complete(text("rows")))
      })
      const client = yield* connect(peer.url)
      assert.strictEqual(yield* client.call(Query, { region: "eu" }), "rows")
      assert.strictEqual(yield* client.call(Query, { region: "us" }), "rows")
      assert.deepStrictEqual(peer.words(), [
        "server/discover",
        "tools/call",
        "tools/list",
        "tools/call",
        "tools/call"
      ])
      const ids = peer.heard.map(({ message }) => message.id)
      assert.strictEqual(new Set(ids).size, ids.length, "each request has an id of its own")
    })
  )

  it.live("HTTP-44: a call that is refused again is not made a third time", () =>
    Effect.gen(function* () {
      const peer = yield* Peer.serve({
        ...Peer.discover(),
        ...listing(),
        "tools/call": (x) => x.error(-32020, "Header mismatch")
      })
      const client = yield* connect(peer.url)
      const error = yield* Effect.flip(client.callTool("query", {}))
      assert.deepInclude(error, { _tag: "McpError", code: -32020 })
      assert.deepStrictEqual(peer.words(), ["server/discover", "tools/call", "tools/list", "tools/call"])
    })
  )
})

const paramsOf = ({ headers }: Peer.Exchange) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("mcp-param-")))
