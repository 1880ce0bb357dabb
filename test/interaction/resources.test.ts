import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { pixel } from "../fixtures/everything.ts"
import { battery } from "./battery.ts"

battery("resources", (it, { version }) => {
  it.effect("S031: a resource is read by its URI, and listed with what is said about it", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const pixel = (yield* client.resources).find(({ uri }) => uri === "data://pixel")
      assert.deepInclude(pixel, { name: "pixel", mimeType: "image/png" })
      const { contents } = yield* client.readResource("note://today")
      assert.strictEqual(contents.length, 1)
    })
  )

  it.effect("S035, RSRC-12: text, bytes and JSON are read as what they are", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const { contents: text } = yield* client.readResource("note://today")
      assert.deepStrictEqual(text, [{ uri: "note://today", mimeType: "text/plain", text: "Buy milk" }])
      const { contents: bytes } = yield* client.readResource("data://pixel")
      assert.deepStrictEqual(bytes, [{ uri: "data://pixel", mimeType: "image/png", blob: pixel }])
      const { contents: json } = yield* client.readResource("config://app")
      assert(json[0] !== undefined && "text" in json[0], "expected text")
      assert.strictEqual(json[0].mimeType, "application/json")
      assert.deepStrictEqual(JSON.parse(json[0].text), { x: 1, y: 2 })
    })
  )

  it.effect("S032: variables of a template are decoded by their schemas", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const { contents } = yield* client.readResource("users://42/posts")
      assert(contents[0] !== undefined && "text" in contents[0], "expected text")
      assert.strictEqual(contents[0].text, "posts of 42")
    })
  )

  it.effect("RSRC-2, S074: what is read may know who asks; what is hidden is neither listed nor read", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const { contents } = yield* client.readResource("who://asks")
      assert.include(JSON.stringify(contents), `resources/read ${version}`)
      assert.notInclude(JSON.stringify(yield* client.resources), "hidden")
      const hidden = yield* Effect.flip(client.readResource("note://hidden"))
      assert.match(hidden.message, /^Resource not found/)
      const near = yield* Effect.flip(client.readResource("note://hiddem"))
      assert.notMatch(near.message, /hidden/)
    })
  )

  it.effect("RSRC-7, RSRC-9, S041: an error inside is -32603, and stays inside", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const error = yield* Effect.flip(client.readResource("die://now"))
      assert(error._tag === "McpError", error._tag)
      assert.strictEqual(error.code, -32603)
      assert.notInclude(JSON.stringify([error.message, error.data]), "hunter2")
    })
  )

  for (const uri of ["note://nowhere", "users://x/posts", "users://1/secrets", "users://..%2f/posts"]) {
    it.effect(`RSRC-8, RSRC-10, RSRC-11: ${uri} is not found`, () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const error = yield* Effect.flip(client.request("resources/read", { uri }))
        assert(error._tag === "McpError", `expected McpError, got ${error._tag}`)
        // Whatever the revision says on the wire, the client reads it in the words of the newest.
        assert.strictEqual(error.code, -32602)
        assert.deepStrictEqual(error.data, { uri })
      })
    )
  }

  it.effect("S038: resources and templates have lists of their own", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const uris = (yield* client.resources).map((resource) => resource.uri)
      assert.deepStrictEqual(uris, [
        "note://today",
        "data://pixel",
        "config://app",
        "die://now",
        "who://asks",
        "users://1/profile"
      ])
      const templates = (yield* client.resourceTemplates).map((template) => template.uriTemplate)
      assert.deepStrictEqual(templates, ["users://{id}/{part}", "who://{on}/is", "ask://{topic}"])
    })
  )

  it.effect("MRTR-2: a resource may ask before it is read", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const read = Effect.result(client.readResource("ask://life"))
      const outcome = yield* read
      if (version >= "2025-06-18") {
        assert(outcome._tag === "Success", "expected contents")
        const [first] = outcome.success.contents
        assert(first !== undefined && "text" in first, "expected text")
        assert.strictEqual(first.text, "red")
      } else {
        assert(outcome._tag === "Failure" && outcome.failure._tag === "McpError", "nobody can be asked")
      }
    })
  )
})
