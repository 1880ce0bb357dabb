/** Messages that are almost right, made from a seed: each is answered, and nobody else is disturbed. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as Prompt from "mcp-effect/Prompt"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { PassThrough } from "node:stream"
import * as Session from "../../src/server/Session.ts"
import * as StdioServe from "../../src/transport/StdioServe.ts"
import { type Asked, faces } from "../http/faces.ts"
import { call, initialize, legacy, modern, open as begin, request } from "../http/messages.ts"
import { baseline } from "./baseline.ts"

type Json = null | boolean | number | string | Array<Json> | { [name: string]: Json }

const server = Server.make(
  { name: "fuzzed", version: "1.0.0", logging: true },
  Tool.handle(
    Tool.make("order", {
      input: {
        sku: Schema.String,
        count: Schema.optional(Schema.Int),
        tags: Schema.optional(Schema.Array(Schema.String))
      },
      output: Schema.Struct({ sku: Schema.String })
    }),
    ({ sku }) => Effect.succeed({ sku })
  ),
  Resource.text("note://today", { name: "today", updates: true }, "Buy milk"),
  Prompt.make("greet", { arguments: { who: Schema.String } }, ({ who }) => Effect.succeed(`Hello ${who}`))
)

const order = { name: "order", arguments: { sku: "a", count: 2, tags: ["x", "y"] } }
const methods: ReadonlyArray<readonly [method: string, params: { [name: string]: Json }]> = [
  ["tools/call", order],
  ["tools/list", {}],
  ["resources/read", { uri: "note://today" }],
  ["prompts/get", { name: "greet", arguments: { who: "Ada" } }],
  [
    "completion/complete",
    { ref: { type: "ref/prompt", name: "greet" }, argument: { name: "who", value: "A" } }
  ],
  ["server/discover", {}]
]
const inSession = [
  ...methods.slice(0, 5).map(([method, params]) => request(1, method, params)),
  call(2, "order", order.arguments, { progressToken: 1 }),
  request(3, "ping"),
  request(4, "logging/setLevel", { level: "info" }),
  request(5, "resources/subscribe", { uri: "note://today" }),
  initialize("2025-11-25"),
  { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1, reason: "x" } },
  { jsonrpc: "2.0", id: 7, result: {} }
]

const deep = (levels: number): Json => (levels === 0 ? 1 : [deep(levels - 1)])

const strange: ReadonlyArray<Json> = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  "",
  "\ud800",
  "\u0000",
  "x".repeat(100_000),
  "note://\udfff",
  [],
  [[]],
  {},
  deep(900),
  { __proto__: null, toString: 1 } as unknown as Json,
  JSON.parse('{"__proto__":{"x":1}}') as Json,
  Array.from({ length: 2000 }, (_, index) => index)
]

const pick = <A>(from: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, from.length - 1), (at) => from[at]!)

/** The same with one thing in it changed, wherever that is. */
const mutate = (value: Json): Effect.Effect<Json> =>
  Effect.gen(function* () {
    const inside = typeof value === "object" && value !== null ? Object.keys(value) : []
    if (inside.length === 0 || (yield* Random.next) < 0.15) return yield* pick(strange)
    const key = yield* pick(inside)
    if (Array.isArray(value)) {
      return (yield* Random.next) < 0.3
        ? [...value, ...value]
        : yield* Effect.forEach(value, (item, index) =>
            String(index) === key ? mutate(item) : Effect.succeed(item)
          )
    }
    const { [key]: held = null, ...rest } = value as { [name: string]: Json }
    switch (yield* Random.nextIntBetween(0, 3)) {
      case 0:
        return rest
      case 1:
        return { ...rest, [key]: held, [`${key}x`]: yield* pick(strange) }
      default:
        return { ...rest, [key]: yield* mutate(held) }
    }
  })

/** The same with a message around it that is still one. */
const mutateParams = (message: Json): Effect.Effect<Json> =>
  Effect.gen(function* () {
    if (!Predicate.isObject(message) || !Predicate.isObject(message["params"])) return yield* mutate(message)
    const params = message["params"] as { [name: string]: Json }
    const keys = Object.keys(params)
    if (keys.length === 0) return yield* mutate(message)
    const key = yield* pick(keys)
    return {
      ...(message as { [name: string]: Json }),
      params: { ...params, [key]: yield* mutate(params[key]!) }
    }
  })

/** Bytes that are no text, or not only this text. */
const scramble = (body: string): Effect.Effect<Uint8Array> =>
  Effect.gen(function* () {
    const bytes = Buffer.from(body)
    const at = yield* Random.nextIntBetween(0, bytes.length)
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
    const between = yield* pick([
      [0xff],
      [0xed, 0xa0, 0x80],
      [0xef, 0xbb, 0xbf],
      [0x00],
      [0xc0, 0xaf],
      [0x5d],
      [0x22]
    ])
    return (yield* Random.next) < 0.2 ? before : Buffer.concat([before, Buffer.from(between), after])
  })

const spoiled = (asked: Asked): Effect.Effect<Asked> =>
  Effect.gen(function* () {
    let message = JSON.parse(String(asked.body)) as Json
    const times = yield* Random.nextIntBetween(1, 3)
    const inside = (yield* Random.next) < 0.85
    for (let round = 0; round < times; round++) {
      message = inside ? yield* mutateParams(message) : yield* mutate(message)
    }
    const body = JSON.stringify(message)
    const name = (message as { params?: { name?: unknown } } | null)?.params?.name
    const headers =
      asked.headers?.["mcp-name"] !== undefined && typeof name === "string" && /^[!-~]{1,100}$/.test(name)
        ? { ...asked.headers, "mcp-name": name }
        : { ...asked.headers }
    return { ...asked, headers, body: (yield* Random.next) < 0.2 ? yield* scramble(body) : body }
  })

interface Said {
  readonly error?: { readonly code?: unknown; readonly message?: unknown }
  readonly result?: unknown
}

const wellAnswered = (status: number, text: string) => {
  if (status === 202) return text === ""
  const said = JSON.parse(text) as Said | ReadonlyArray<Said>
  const isAnswer = ({ error, result }: Said) =>
    error === undefined
      ? typeof result === "object"
      : Number.isInteger(error.code) && error.code !== -32603 && typeof error.message === "string"
  return (Array.isArray(said) ? said : [said]).every(isAnswer) && status >= 200 && status < 500
}

for (const [face, open] of faces) {
  describe(`E9: five hundred messages that are almost right, over ${face}`, () => {
    for (const seed of ["ada", "bob"]) {
      it.live(`E9, H10: are answered with what the protocol says, or refused (${seed})`, () => {
        const logged: Array<unknown> = []
        const escaped: Array<unknown> = []
        const escape = (error: unknown) => void escaped.push(error)
        return Effect.gen(function* () {
          process.on("unhandledRejection", escape)
          yield* Effect.addFinalizer(() => Effect.sync(() => process.off("unhandledRejection", escape)))
          const peer = yield* open(server, { responseMode: "json" })
          const bystander = yield* begin(peer)
          const session = yield* begin(peer)
          const good = [
            ...methods.map(([method, params]) => modern(method, params)),
            ...inSession.map((message) => legacy(message, session))
          ]
          for (let round = 0; round < 500; round++) {
            const asked = yield* spoiled(yield* pick(good))
            const { status, text } = yield* peer.ask(asked)
            assert.isTrue(
              wellAnswered(status, text),
              `${seed}, round ${round}: ${status} ${text.slice(0, 300)} to ${String(asked.body).slice(0, 300)}`
            )
          }
          const ping = yield* peer.ask(legacy(request(1, "ping"), bystander))
          assert.deepStrictEqual(JSON.parse(ping.text), { jsonrpc: "2.0", id: 1, result: {} })
          assert.strictEqual((yield* peer.ask(modern("tools/call", order))).status, 200)
          assert.deepStrictEqual(escaped, [])
          assert.deepStrictEqual(logged, [])
        }).pipe(
          baseline,
          Random.withSeed(seed),
          Effect.provide(Logger.layer([Logger.make(({ message }) => void logged.push(message))]))
        )
      })
    }
  })
}

describe("E9: five hundred lines that are almost right, over stdio", () => {
  for (const seed of ["ada", "bob"]) {
    it.effect(`E9, P5: are answered with what the protocol says, or refused (${seed})`, () => {
      const logged: Array<unknown> = []
      return Effect.gen(function* () {
        const good = [
          ...methods.map(([method, params]) => modern(method, params)),
          ...inSession.map((sent) => legacy(sent))
        ]
        const lines: Array<string | Uint8Array> = [JSON.stringify(initialize("2025-11-25"))]
        for (let round = 0; round < 500; round++) lines.push((yield* spoiled(yield* pick(good))).body ?? "")
        lines.push(JSON.stringify(request("last", "ping")))
        const streams = { input: new PassThrough(), output: new PassThrough() }
        streams.input.end(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")])))
        let output = ""
        streams.output.on("data", (chunk) => (output += String(chunk)))
        yield* StdioServe.serve(Session.connect(server), streams)
        const said = output.split("\n").filter((line) => line !== "")
        for (const line of said) {
          assert.isTrue("method" in JSON.parse(line) || wellAnswered(200, line), line.slice(0, 300))
        }
        assert.isAbove(said.length, 400)
        assert.include(said.join("\n"), '"code":-32700')
        assert.include(said.join("\n"), '{"jsonrpc":"2.0","id":"last","result":{}}')
        assert.deepStrictEqual(logged, [])
      }).pipe(
        Random.withSeed(seed),
        Effect.provide(Logger.layer([Logger.make(({ message }) => void logged.push(message))]))
      )
    })
  }

  it.effect("E12: a line that nests beyond any stack is refused, and the next is served", () =>
    Effect.gen(function* () {
      const deepest = `${"[".repeat(100_000)}${"]".repeat(100_000)}`
      const inside = JSON.stringify(request(1, "tools/call", { name: "order", arguments: 0 })).replace(
        ":0",
        `:${deepest}`
      )
      const streams = { input: new PassThrough(), output: new PassThrough() }
      streams.input.end([deepest, inside, JSON.stringify(request(2, "ping")), ""].join("\n"))
      yield* StdioServe.serve(Session.connect(server), streams)
      const said = String(streams.output.read())
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
      assert.deepStrictEqual(
        said.map(({ error, id }) => [id, error?.code]),
        [
          [undefined, -32600],
          [1, -32600],
          [2, undefined]
        ]
      )
    })
  )
})
