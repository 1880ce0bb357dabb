import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import { ask, refused } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }
const text = (server: Server.Server, uri: string) =>
  Effect.map(
    ask(server, "resources/read", { uri }),
    ({ result }) => (result["contents"] as ReadonlyArray<{ readonly text: string }>)[0]?.text
  )

describe("ResourceTemplate", () => {
  it.effect("S019, S032: the variables of the template are the handler's, percent-decoded", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        Resource.template("greeting://{name}", {}, ({ name }) => `Hello, ${name.toUpperCase()}!`),
        Resource.template(
          "search://items{?q,limit}",
          {},
          ({ limit, q }) => `${q ?? "all"} ${limit ?? "any"}`
        ),
        Resource.template("tags://{/tag*}", {}, ({ tag }) => tag.join("+"))
      )
      assert.strictEqual(yield* text(server, "greeting://Ada%20L"), "Hello, ADA L!")
      assert.strictEqual(yield* text(server, "search://items?q=a"), "a any")
      assert.strictEqual(yield* text(server, "tags:///a/b"), "a+b")
    })
  )

  it.effect("S034, RSRC-11: variables with a schema are decoded; a URI that does not fit is not found", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        Resource.template(
          "users://{id}/{part}",
          { variables: { id: Schema.Int, part: Schema.Literals(["profile", "posts"]) } },
          ({ id, part }) => `${part} of ${id + 1}`
        )
      )
      assert.strictEqual(yield* text(server, "users://41/profile"), "profile of 42")
      for (const uri of [
        "users://x/profile",
        "users://1.5/posts",
        "users://1/secrets",
        "users://1",
        "users:///posts"
      ]) {
        const fault = yield* refused(server, "resources/read", { uri })
        assert.strictEqual(fault.code, -32602, uri)
        assert.match(fault.message, /^Resource not found: /, uri)
        assert.deepStrictEqual(fault.data, { uri })
      }
    })
  )

  it.effect("S034, RSRC-14: values that lead out of a directory are not found, unless they are wanted", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        Resource.template("doc://{name}", {}, ({ name }) => name),
        Resource.template("file://{+path}", {}, ({ path }) => path),
        Resource.template("raw://{+path}", { paths: "any" }, ({ path }) => path)
      )
      for (const value of [
        "..",
        "%2e%2e",
        "%2E%2E%2Fetc",
        "a%2F..%2Fb",
        "a%5C..%5Cb",
        "a%00b",
        "%2Fetc",
        "C%3A%5Cx"
      ]) {
        assert.strictEqual(
          (yield* refused(server, "resources/read", { uri: `doc://${value}` })).code,
          -32602,
          value
        )
        assert.strictEqual(
          (yield* refused(server, "resources/read", { uri: `file://${value}` })).code,
          -32602,
          value
        )
      }
      assert.strictEqual(yield* text(server, "file://a/b..c/.d"), "a/b..c/.d")
      assert.strictEqual(yield* text(server, "raw://a/../b"), "a/../b")
    })
  )

  it.effect("S040, RSRC-10: a handler knows the whole URI, and says that there is nothing at it", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        Resource.template("users://{id}", {}, ({ id }, uri) =>
          id === "1" ? Effect.succeed(`Ada at ${uri}`) : Effect.fail(McpError.resourceNotFound(uri))
        )
      )
      assert.strictEqual(yield* text(server, "users://1"), "Ada at users://1")
      const fault = yield* refused(server, "resources/read", { uri: "users://2" })
      assert.deepStrictEqual([fault.code, fault.data], [-32602, { uri: "users://2" }])
    })
  )

  it("S033: a variable the template does not have does not compile, and is refused", () => {
    assert.throws(
      // @ts-expect-error there is no variable called name
      () => Resource.template("users://{id}", { variables: { name: Schema.Int } }, () => ""),
      /has the variables id, but name is used with it/
    )
    assert.throws(
      // @ts-expect-error there is no variable called name
      () => Resource.template("users://{id}", { complete: { name: ["a"] } }, () => ""),
      /has the variables id, but name/
    )
    // @ts-expect-error there is no variable called name
    assert.isDefined(Resource.template("users://{id}", {}, ({ name }) => String(name)))
  })

  it.effect("S038: a template without a name goes by itself", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        Resource.template("a://{b}", { mimeType: "text/html" }, () => "")
      )
      const { result } = yield* ask(server, "resources/templates/list")
      assert.deepStrictEqual(result["resourceTemplates"], [
        { uriTemplate: "a://{b}", name: "a://{b}", mimeType: "text/html" }
      ])
    })
  )
})
