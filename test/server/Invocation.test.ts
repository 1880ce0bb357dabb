import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "../../src/server/Ask.ts"
import * as Invocation from "../../src/server/Invocation.ts"
import * as Method from "../../src/server/Method.ts"
import type { Part } from "../../src/server/Part.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import { ask } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }
const Size = Schema.Struct({ size: Schema.String })
const clothes = Resource.make("shop://clothes", {}, () =>
  Effect.map(Ask.elicit("Which size?", Size), ({ size }) => `Shirt in ${size}`)
)
const elicitation = { clientCapabilities: { elicitation: { form: {} } } }

/** Reads a resource, answers its one question with size M, and reads again. */
const readTwice = (server: Server.Server, uri: string) =>
  Effect.gen(function* () {
    const first = yield* ask(server, "resources/read", { uri }, elicitation)
    assert.strictEqual(first.result["resultType"], "input_required")
    const [key, ...others] = Object.keys(first.result["inputRequests"] as object)
    assert.deepStrictEqual(others, [])
    const answer = { action: "accept", content: { size: "M" } }
    const params = {
      uri,
      requestState: first.result["requestState"],
      inputResponses: { [key ?? ""]: answer }
    }
    const second = yield* ask(server, "resources/read", params, elicitation)
    return (second.result["contents"] as ReadonlyArray<{ readonly text: string }>)[0]?.text
  })

describe("Invocation", () => {
  it.effect("questions of a low-level handler are asked in the name of who made the request", () =>
    Effect.gen(function* () {
      const message = "Which size?"
      const lowLevel: Part<never> = {
        _tag: "Resource",
        descriptor: { uri: "low://level", name: "low" },
        handle: ({ params: { inputResponses, requestState } }) =>
          Effect.succeed(
            inputResponses === undefined
              ? {
                  resultType: "input_required",
                  inputRequests: {
                    size: {
                      method: "elicitation/create",
                      params: { mode: "form", message, requestedSchema: {} }
                    }
                  },
                  requestState: "step 1"
                }
              : {
                  contents: [{ uri: "low://level", text: JSON.stringify([inputResponses, requestState]) }]
                }
          )
      }
      const server = Server.make(
        info,
        lowLevel,
        Resource.make("a://b", {}, () =>
          Effect.map(Invocation.read("low://level"), ([content]) => content?.text ?? "")
        )
      )
      const size = { action: "accept", content: { size: "M" } }
      assert.strictEqual(yield* readTwice(server, "a://b"), JSON.stringify([{ size }, "step 1"]))
    })
  )

  const status = Server.make(
    info,
    Method.make("com.example/status", () => Invocation.extension("com.example/jobs"))
  )

  it.effect("EXT-7: the settings with which the client declares an extension", () =>
    Effect.gen(function* () {
      const clientCapabilities = { extensions: { "com.example/jobs": { verbose: true } } }
      const { result } = yield* ask(status, "com.example/status", {}, { clientCapabilities })
      assert.strictEqual(result["verbose"], true)
    })
  )

  it.effect.each([{}, { extensions: {} }, { extensions: [] }, { extensions: { "com.example/jobs": true } }])(
    "EXT-2, META-11: a client that declares %j is told what is missing",
    (clientCapabilities) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(ask(status, "com.example/status", {}, { clientCapabilities }))
        assert.strictEqual(error.code, -32021)
        assert.deepStrictEqual(error.data, {
          requiredCapabilities: { extensions: { "com.example/jobs": {} } }
        })
      })
  )

  it.effect("S071: a resource that asks can be read from another handler; the question is the caller's", () =>
    Effect.gen(function* () {
      const list = Resource.make("shop://list", {}, () =>
        Effect.map(Invocation.read("shop://clothes"), ([content]) => `1. ${content?.text}`)
      )
      assert.strictEqual(yield* readTwice(Server.make(info, clothes, list), "shop://list"), "1. Shirt in M")
    })
  )

  it.effect("S071: a handler of a mounted server asks through the outer one", () =>
    Effect.gen(function* () {
      const outer = Server.make(
        info,
        Server.mount("shop", Server.make({ name: "shop", version: "1" }, clothes))
      )
      assert.strictEqual(yield* readTwice(outer, "shop://clothes"), "Shirt in M")
    })
  )

  it.effect("MRTR-2: a method that may not be answered with questions does not ask", () =>
    Effect.gen(function* () {
      const asks = Method.make("com.example/x", () =>
        Effect.as(Effect.orDie(Ask.elicit("Which size?", Size)), {})
      )
      const exit = yield* Effect.exit(ask(Server.make(info, asks), "com.example/x", {}, elicitation))
      assert.strictEqual(exit._tag, "Failure")
      assert.include(String(exit), "only tools/call, prompts/get and resources/read may ask")
    })
  )
})
