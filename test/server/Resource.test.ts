import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Ask from "../../src/server/Ask.ts"
import type { Part } from "../../src/server/Part.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import { ask, refused } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }
const contents = (part: Part<never>, uri: string) =>
  Effect.map(ask(Server.make(info, part), "resources/read", { uri }), ({ result }) => result["contents"])

describe("Resource", () => {
  it.effect(
    "S045: a value is JSON as everybody reads it: what is undefined is absent, and no number is a word",
    () =>
      Effect.gen(function* () {
        const Reading = Schema.Struct({ at: Schema.optional(Schema.Int), value: Schema.Number })
        const reading = (value: number) =>
          Resource.make("a://b", { output: Reading }, () => ({ at: undefined, value }))
        assert.deepStrictEqual(yield* contents(reading(1), "a://b"), [
          { uri: "a://b", mimeType: "application/json", text: JSON.stringify({ value: 1 }, null, 2) }
        ])
        assert.isTrue(Exit.hasDies(yield* Effect.exit(contents(reading(NaN), "a://b"))))
      })
  )

  it.effect("S045: a handler is a value, a function, an async function or an Effect", () =>
    Effect.gen(function* () {
      for (const part of [
        Resource.make("a://b", {}, "on"),
        Resource.make("a://b", {}, () => "on"),
        Resource.make("a://b", {}, async () => "on"),
        Resource.make("a://b", {}, Effect.succeed("on")),
        Resource.make("a://b", {}, () => Effect.succeed("on"))
      ]) {
        assert.deepStrictEqual(yield* contents(part, "a://b"), [
          { uri: "a://b", mimeType: "text/plain", text: "on" }
        ])
      }
    })
  )

  it.effect("S035, S036, S042: text, bytes, values by schema, and lists of contents", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* contents(Resource.bytes("a://b", {}, new Uint8Array([1, 2, 255])), "a://b"),
        [{ uri: "a://b", mimeType: "application/octet-stream", blob: "AQL/" }]
      )
      const Day = Schema.Struct({ day: Schema.Date })
      const value = Resource.make("a://b", { output: Day }, () => ({ day: new Date(0) }))
      assert.deepStrictEqual(yield* contents(value, "a://b"), [
        {
          uri: "a://b",
          mimeType: "application/json",
          text: JSON.stringify({ day: "1970-01-01T00:00:00.000Z" }, null, 2)
        }
      ])
      assert.deepStrictEqual(yield* contents(Resource.json("a://b", {}, { a: [1] }), "a://b"), [
        { uri: "a://b", mimeType: "application/json", text: JSON.stringify({ a: [1] }, null, 2) }
      ])
      const several = Resource.make("a://b", { mimeType: "text/markdown" }, () => [
        { text: "# One" },
        { uri: "a://b/2", bytes: new Uint8Array([0]), mimeType: "image/png" }
      ])
      assert.deepStrictEqual(yield* contents(several, "a://b"), [
        { uri: "a://b", mimeType: "text/markdown", text: "# One" },
        { uri: "a://b/2", mimeType: "image/png", blob: "AA==" }
      ])
    })
  )

  it.effect("S037: what is said about a resource is listed, and nothing that was not said", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        Resource.make("a://plain", {}, ""),
        Resource.make("a://value", { output: Schema.Int }, () => 1),
        Resource.text(
          "a://full",
          {
            name: "full",
            title: "Full",
            description: "All there is",
            mimeType: "text/markdown",
            icons: [{ src: "https://example.com/i.png" }],
            annotations: { audience: ["user"], priority: 0.5 },
            _meta: { "example.com/a": 1 }
          },
          "é"
        )
      )
      const { result } = yield* ask(server, "resources/list")
      assert.deepStrictEqual(result["resources"], [
        { uri: "a://plain", name: "a://plain" },
        { uri: "a://value", name: "a://value", mimeType: "application/json" },
        {
          uri: "a://full",
          name: "full",
          title: "Full",
          description: "All there is",
          mimeType: "text/markdown",
          icons: [{ src: "https://example.com/i.png" }],
          annotations: { audience: ["user"], priority: 0.5 },
          size: 2,
          _meta: { "example.com/a": 1 }
        }
      ])
    })
  )

  it.effect("CACHE-1: a read carries the hint of its resource", () =>
    Effect.gen(function* () {
      const server = Server.make(info, Resource.make("a://b", { cache: { ttlMs: 100, scope: "public" } }, ""))
      const { result } = yield* ask(server, "resources/read", { uri: "a://b" })
      assert.deepStrictEqual([result["ttlMs"], result["cacheScope"]], [100, "public"])
    })
  )

  it.effect("CACHE-9, CACHE-13: what only some may read is never public, whatever its hint says", () =>
    Effect.gen(function* () {
      const cache = { ttlMs: 100, scope: "public" } as const
      const server = Server.make(
        info,
        Resource.make("a://b", { cache, visible: () => true }, ""),
        Resource.template("b://{x}", { cache, visible: () => true }, () => "")
      )
      for (const uri of ["a://b", "b://c"]) {
        const { result } = yield* ask(server, "resources/read", { uri })
        assert.deepStrictEqual([result["ttlMs"], result["cacheScope"]], [100, "private"])
      }
    })
  )

  it.effect("S040, RSRC-8: an unknown URI is -32602 with the URI and the nearest one", () =>
    Effect.gen(function* () {
      const server = Server.make(info, Resource.text("config://app", {}, ""))
      assert.deepStrictEqual(yield* refused(server, "resources/read", { uri: "config://ap" }), {
        code: -32602,
        message: "Resource not found: config://ap. Did you mean config://app?",
        data: { uri: "config://ap" }
      })
      assert.strictEqual((yield* refused(server, "resources/read", {})).code, -32602)
    })
  )

  it.effect("S041: a request error keeps its code; anything else that is thrown is a defect", () =>
    Effect.gen(function* () {
      const teapot = McpError.make(418, "I am a teapot")
      const fails = [
        Resource.make("a://b", {}, () => Effect.fail(teapot)),
        Resource.make("a://b", {}, async () => {
          throw teapot
        }),
        Resource.make("a://b", {}, () => {
          throw teapot
        })
      ]
      for (const part of fails) {
        assert.strictEqual(
          (yield* refused(Server.make(info, part), "resources/read", { uri: "a://b" })).code,
          418
        )
      }
      const dies = Resource.make("a://b", {}, async (): Promise<string> => {
        throw new Error("database password is hunter2")
      })
      const exit = yield* Effect.exit(contents(dies, "a://b"))
      assert.isTrue(Exit.isFailure(exit) && Exit.hasDies(exit) && !Exit.hasFails(exit))
    })
  )

  it.effect(
    "S044: what is no content is a mistake of the resource, told to its operator with what to do",
    () =>
      Effect.gen(function* () {
        // @ts-expect-error data needs an output
        const mistaken = Resource.make("a://b", {}, () => ({ a: 1 }))
        const exit = yield* Effect.exit(contents(mistaken, "a://b"))
        assert(Exit.isFailure(exit))
        assert.match(Cause.pretty(exit.cause), /"a:\/\/b" gives text, bytes .* not object. Declare an output/)
      })
  )

  it.effect("S041: a user who does not answer fails the read", () =>
    Effect.gen(function* () {
      const asks = Resource.make("a://b", {}, () =>
        Effect.fail(new Ask.Declined({ message: "The user declined" }))
      )
      const fault = yield* refused(Server.make(info, asks), "resources/read", { uri: "a://b" })
      assert.deepStrictEqual(fault, { code: -1, message: "The user declined" })
    })
  )

  it("S041: an undeclared failure does not compile", () => {
    class Mine extends Schema.TaggedError<Mine>()("Mine", {}) {}
    // @ts-expect-error Mine is not a way for a request to fail
    const part = Resource.make("a://b", {}, () =>
      Math.random() < 2 ? Effect.fail(new Mine()) : Effect.succeed("")
    )
    assert.isDefined(part)
  })

  it("RSRC-6, S039: a URI that is none, or is a template, is refused", () => {
    assert.throws(() => Resource.make("config", {}, ""), /needs a scheme/)
    assert.throws(() => Resource.make("my scheme://a", {}, ""), /needs a scheme/)
    assert.throws(() => Resource.make("1a://b", {}, ""), /needs a scheme/)
    assert.throws(() => Resource.make("a://größe", {}, ""), /percent-encoded, "a:\/\/gr%C3%B6%C3%9Fe"/)
    assert.throws(() => Resource.make("a://100% b%20c", {}, ""), /percent-encoded, "a:\/\/100%25%20b%20c"/)
    assert.throws(() => Resource.template("greeting/{name}", {}, () => ""), /makes no URIs/)
    assert.isDefined(Resource.template("{+uri}", {}, () => ""))
    assert.throws(() => Resource.make("a://{b}", {}, ""), /Resource.template/)
    // @ts-expect-error the handler of a resource without variables has none to take
    assert.isDefined(Resource.make("a://b", {}, (variables: { readonly x: string }) => variables.x))
  })
})
