/** Messages two readers could read differently, or that reach for what every object has. Over every face. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as JsonSchema from "mcp-effect/JsonSchema"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import * as Environment from "../../src/transport/Environment.ts"
import { type Asked, faces, type Peer } from "../http/faces.ts"
import { call, explained, json, legacy, modern, open as begin } from "../http/messages.ts"
import { baseline } from "./baseline.ts"
import { having } from "./telling.ts"

const make = () => {
  const seen: Array<unknown> = []
  const note = (value: unknown) => Effect.sync(() => void seen.push(value))
  const server = Server.make(
    { name: "odd", version: "1.0.0" },
    Tool.handle(Tool.make("echo", { input: { text: Schema.String }, output: Schema.String }), ({ text }) =>
      Effect.as(note(text), text)
    ),
    Tool.handle(Tool.make("other"), () => note("other")),
    Tool.handle(
      Tool.make("anything", { input: JsonSchema.raw({ type: "object" }), output: Schema.String }),
      (args) => Effect.as(note(args), JSON.stringify(args))
    ),
    Tool.handle(Tool.make("count", { input: { to: Schema.Number } }), ({ to }) => note(to)),
    Tool.handle(Tool.make("defaulting", { input: { size: Schema.optional(Schema.Number) } }), ({ size }) =>
      note(size ?? "none")
    )
  )
  return { seen, server }
}

const params = (args: object) => ({ name: "echo", arguments: args })
const asking = modern("tools/call", params({ text: "hi" }))
const calling = call(1, "echo", { text: "hi" }, { from: "test" })

/** Both eras: what is sent by itself, and what is sent in a session. */
const inEras = (peer: Peer) =>
  Effect.map(
    begin(peer),
    (session) =>
      [
        [
          "2026-07-28",
          (edit: (text: string) => string): Asked => ({ ...asking, body: edit(String(asking.body)) })
        ],
        [
          "2025-11-25",
          (edit: (text: string) => string): Asked => {
            const asked = legacy(calling, session)
            return { ...asked, body: edit(String(asked.body)) }
          }
        ]
      ] as const
  )

/** Names that some reader takes for the one that counts. */
const lookAlikes = (name: string) => [
  name.toUpperCase(),
  `${name[0]!.toUpperCase()}${name.slice(1)}`,
  name.replace(/[aeo]/, (letter) => ({ a: "\u0430", e: "\u0435", o: "\u043e" })[letter]!),
  name.replace(/s/, "\u017f"),
  name.replace(/k|i/, "\u212a"),
  `${name}\u0000`,
  `${name}\\u0000`,
  `${name} `,
  `\ufeff${name}`,
  `\u202e${name}`
]

for (const [face, open] of faces) {
  describe(`odd messages over ${face}`, () => {
    it.live("E10: a name that looks like one of ours is another name", () =>
      Effect.gen(function* () {
        const { seen, server } = make()
        const peer = yield* open(server)
        for (const [era, sent] of yield* inEras(peer)) {
          for (const name of ["jsonrpc", "method", "params", "name", "arguments", "text"]) {
            for (const other of lookAlikes(name)) {
              if (other === name) continue
              const { status, text } = yield* peer.ask(
                sent((body) => body.replace(`"${name}":`, `"${other}":`))
              )
              const answer = JSON.parse(text)
              const failed = answer.error !== undefined || answer.result?.isError === true
              assert.isTrue(failed, `${era}: ${JSON.stringify(other)} was taken for ${name}`)
              assert.isBelow(status, 500)
            }
          }
        }
        assert.deepStrictEqual(seen, [], "nothing was called")
      }).pipe(baseline)
    )

    it.live("E10: a look-alike beside the real name changes nothing", () =>
      Effect.gen(function* () {
        const { seen, server } = make()
        const peer = yield* open(server)
        for (const [era, sent] of yield* inEras(peer)) {
          for (const other of [
            "METHOD",
            "Method",
            "method\\u0000",
            "m\u0435thod",
            "constructor",
            "__proto__"
          ]) {
            const { text } = yield* peer.ask(sent((body) => body.replace(/\}$/, `,"${other}":"tools/list"}`)))
            assert.strictEqual(JSON.parse(text).result?.content?.[0]?.text, "hi", `${era}: ${other}: ${text}`)
          }
          for (const other of ["NAME", "name\\u0000", "n\u0430me"]) {
            const { text } = yield* peer.ask(
              sent((body) => body.replace('"name":', `"${other}":"other","name":`))
            )
            assert.strictEqual(JSON.parse(text).result?.content?.[0]?.text, "hi", `${era}: ${other}: ${text}`)
          }
        }
        assert.notInclude(seen, "other")
      }).pipe(baseline)
    )

    it.live(
      "E10, H13: of a name that is there twice the last one counts, for headers and handlers alike",
      () =>
        Effect.gen(function* () {
          const { seen, server } = make()
          const peer = yield* open(server)
          const [[, alone], [, inSession]] = yield* inEras(peer)
          const first = (body: string) => body.replace('"name":', '"name":"anything","name":')
          const last = (body: string) => body.replace('"name":"echo"', '"name":"echo","name":"anything"')
          for (const sent of [alone, inSession]) {
            assert.strictEqual(json(yield* peer.ask(sent(first))).result.content[0].text, "hi")
          }
          assert.isFalse(seen.some(Predicate.isObject))
          const mismatch = yield* peer.ask(alone(last))
          assert.strictEqual(mismatch.status, 400, "the header names the first one")
          assert.strictEqual(json(mismatch).error.code, -32020)
          assert.isFalse(seen.some(Predicate.isObject))
          const method = yield* peer.ask(
            alone((body) =>
              body.replace('"method":"tools/call"', '"method":"tools/call","method":"tools/list"')
            )
          )
          assert.strictEqual(json(method).error.code, -32020)
          assert.strictEqual((yield* peer.ask(inSession(last))).status, 200)
          assert.isTrue(seen.some(Predicate.isObject))
        }).pipe(baseline)
    )

    it.live("E11: what every object has is data where it is sent, and nothing else anywhere", () =>
      Effect.gen(function* () {
        const { seen, server } = make()
        const peer = yield* open(server)
        const poison =
          '{"__proto__":{"polluted":1,"size":7},"constructor":{"prototype":{"polluted":1}},"prototype":1}'
        const poisoned = (name: string, body: string) =>
          body
            .replace('{"text":"hi"}', poison)
            .replace('"name":"echo"', `"name":"${name}"`)
            .replace(
              /"_meta":\{/,
              `"_meta":{"__proto__":{"polluted":1,"progressToken":5},"constructor":{"polluted":1},`
            )
            .replace(/^\{/, '{"__proto__":{"polluted":1,"id":9},')
        for (const [era, sent] of yield* inEras(peer)) {
          const named = (name: string) =>
            having(
              sent((body) => poisoned(name, body)),
              { "mcp-name": name }
            )
          const { result } = json(yield* peer.ask(named("anything")))
          assert.strictEqual(result?.content?.[0]?.text, poison, `${era}: arguments arrive as they are`)
          const defaults = json(yield* peer.ask(named("defaulting")))
          assert.isTrue(
            defaults.error !== undefined || defaults.result.isError,
            "none of them is an argument"
          )
          for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
            const answer = json(yield* peer.ask(named(name)))
            assert.isTrue(answer.error !== undefined || answer.result.isError, `${era}: ${name} is no tool`)
          }
        }
        assert.isTrue(Object.hasOwn(seen[0] as object, "__proto__"))
        assert.strictEqual(Object.getPrototypeOf(seen[0]), Object.prototype)
        assert.isUndefined(({} as { readonly polluted?: unknown }).polluted)
        assert.isUndefined(({} as { readonly size?: unknown }).size)
        assert.lengthOf(seen, 2)
      }).pipe(baseline)
    )

    it.live("E11: nor in a path, a query, a header, or the name of a method or session", () =>
      Effect.gen(function* () {
        const { server } = make()
        const peer = yield* open(server, { sse: true })
        for (const name of ["__proto__", "constructor", "toString", "valueOf"]) {
          const ask = (asked: Asked) => Effect.map(peer.ask(asked), ({ status }) => status)
          assert.strictEqual(yield* ask(legacy(calling, { "mcp-session-id": name })), 404)
          assert.strictEqual(yield* ask(legacy(calling, {}, `/messages/?session_id=${name}`)), 404)
          assert.strictEqual(yield* ask({ ...asking, path: `/${name}` }), 404)
          assert.strictEqual(yield* ask({ ...asking, path: `/mcp?${name}[polluted]=1&${name}=1` }), 200)
          assert.strictEqual(yield* ask(having(asking, { [name]: "polluted" })), 200)
          assert.strictEqual(yield* ask(having(asking, { "mcp-method": name })), 400)
          assert.strictEqual(yield* ask(having(asking, { "mcp-protocol-version": name })), 400)
          const method = yield* peer.ask(modern(name))
          assert.strictEqual(json(method).error.code, -32601, name)
        }
        assert.isUndefined(({} as { readonly polluted?: unknown }).polluted)
      }).pipe(baseline)
    )

    it.live("E12: nesting beyond any stack is refused, inside an argument as well", () =>
      Effect.gen(function* () {
        const { seen, server } = make()
        const peer = yield* open(server)
        const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`
        const deeper = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`
        for (const [, sent] of yield* inEras(peer)) {
          for (const value of [deep, deeper]) {
            assert.strictEqual((yield* peer.ask(sent(() => value))).status, 400)
            assert.strictEqual((yield* peer.ask(sent((body) => body.replace('"hi"', value)))).status, 400)
          }
        }
        assert.deepStrictEqual(seen, [])
        assert.strictEqual((yield* peer.ask(asking)).status, 200)
      }).pipe(baseline)
    )

    it.live("E12, H13: a number no double holds is none; an id is what was sent, or refused", () =>
      Effect.gen(function* () {
        const { seen, server } = make()
        const peer = yield* open(server)
        const to = (digits: string, id = "1") => ({
          ...modern("tools/call", { name: "count", arguments: {} }),
          body: `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"count","arguments":{"to":${digits}},"_meta":${JSON.stringify(explained())}}}`
        })
        const long = "9".repeat(400)
        for (const digits of ["1e400", "-1e400", long, `-${long}`]) {
          const answer = json(yield* peer.ask(to(digits)))
          assert.isTrue(answer.error !== undefined || answer.result.isError, digits.slice(0, 20))
        }
        assert.deepStrictEqual(seen, [])
        for (const [digits, value] of [
          ["1.7976931348623157e308", Number.MAX_VALUE],
          ["0.1e1", 1],
          ["9007199254740993", 9007199254740992],
          [`0.${"1".repeat(400)}`, 0.1111111111111111],
          ["1e-400", 0]
        ] as const) {
          assert.isUndefined(json(yield* peer.ask(to(digits))).error)
          assert.strictEqual(seen.at(-1), value, digits)
        }
        const calls = seen.length
        for (const id of [
          "-0",
          "1e400",
          "9007199254740992",
          "9007199254740993",
          "-9007199254740993",
          long,
          "0.5"
        ]) {
          const answer = yield* peer.ask(to("1", id))
          assert.strictEqual(answer.status, 400, id.slice(0, 20))
          assert.notProperty(json(answer), "id", "what cannot be echoed is not made up")
        }
        assert.lengthOf(seen, calls)
        for (const id of [
          "0",
          "-9007199254740991",
          JSON.stringify(long),
          '"-0"',
          '"1e400"',
          '"__proto__"',
          '"\\u0000"'
        ]) {
          const { text } = yield* peer.ask(to("1", id))
          assert.deepStrictEqual(JSON.parse(text).id, JSON.parse(id))
        }
      }).pipe(baseline)
    )
  })
}

describe("what every object has", () => {
  it("E11: is a variable like any other in the environment of a child", () => {
    const own = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>
    const made = Environment.make("linux", { HOME: "/home/ada" }, own)
    assert.deepStrictEqual(Object.entries(made), [
      ["HOME", "/home/ada"],
      ["__proto__", "x"],
      ["constructor", "y"]
    ])
    assert.isUndefined(Environment.get("linux", {}, "constructor"))
    assert.isUndefined(({} as { readonly x?: unknown }).x)
  })
})
