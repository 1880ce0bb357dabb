/** Questions in the middle of a handler. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import * as McpError from "mcp-effect/McpError"
import { battery, Heard } from "./battery.ts"

const forms = (version: string) => version >= "2025-06-18"
const urls = (version: string) => version >= "2025-11-25"

const text = (client: Client.Service, tool: string) =>
  Effect.map(client.callTool(tool), ({ content, isError }) => ({
    isError: isError ?? false,
    text: content.map((block) => ("text" in block ? block.text : block.type)).join()
  }))

battery(
  "questions",
  (it, { version }) => {
    it.effect("MRTR-1: a question is answered and the handler goes on", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        assert.deepStrictEqual(yield* text(client, "ask"), { isError: false, text: "size M" })
      })
    )

    it.effect("MRTR-3: questions asked at once are answered at once", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const heard = yield* Heard
        heard.questions.length = 0
        assert.strictEqual((yield* text(client, "ask_both")).text, "M in red")
        assert.sameMembers(heard.questions, ["Which size?", "Which colour?"])
      })
    )

    it.effect("MRTR-20: one question after the other; work in `once` is done once", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        assert.strictEqual((yield* text(client, "ask_twice")).text, "M in red, worked once")
      })
    )

    it.effect("MRTR-2: a prompt may ask", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const { messages } = yield* client.getPrompt("asking")
        assert.include(JSON.stringify(messages), "size M")
      })
    )

    it.effect("ELIC-14: a URL is agreed to where the revision has them", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const heard = yield* Heard
        heard.questions.length = 0
        const outcome = yield* Effect.result(client.callTool("ask_url"))
        if (urls(version)) {
          assert(outcome._tag === "Success", String(outcome))
          assert.deepStrictEqual(heard.questions, ["https://pay.example/1"])
        } else {
          assert(outcome._tag === "Failure", "a client of this revision cannot be sent to a URL (ELIC-4)")
        }
      })
    )
  },
  { only: forms }
)

battery("sampling and roots", (it, { version }) => {
  it.effect("S181: the client's model answers", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      assert.strictEqual((yield* text(client, "ask_model")).text, "fake")
    })
  )

  it.effect("SAMP-7: contexts are wished for only where the client may have any", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const heard = yield* Heard
      heard.questions.length = 0
      yield* client.callTool("ask_model")
      assert.deepStrictEqual(heard.questions, [version < "2025-11-25" ? "thisServer" : "no context"])
    })
  )

  it.effect("S182: the client's roots are told", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      assert.strictEqual((yield* text(client, "ask_roots")).text, "file:///project")
    })
  )
})

for (const [action, answer, said] of [
  ["decline", Client.decline, "declined"],
  ["cancel", Client.cancel, "cancelled"]
] as const) {
  battery(
    `a user who says ${action}`,
    (it) => {
      it.effect("ELIC-27: is a case the handler can catch", () =>
        Effect.gen(function* () {
          const client = yield* Client.Client
          assert.deepStrictEqual(yield* text(client, "ask_gently"), { isError: false, text: said })
        })
      )

      it.effect("ELIC-27: is told to the model otherwise", () =>
        Effect.gen(function* () {
          const client = yield* Client.Client
          const { isError, text: told } = yield* text(client, "ask")
          assert.strictEqual(isError, true)
          assert.match(told, /Which size\?/)
        })
      )
    },
    { only: forms, client: { elicit: () => Effect.succeed(answer) } }
  )
}

battery(
  "a client without forms",
  (it, { stateless }) => {
    it.effect("META-11: is not asked; the request fails and says what is missing", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const error = yield* Effect.flip(client.callTool("ask"))
        assert(error._tag === "McpError", error._tag)
        assert.strictEqual(error.code, stateless ? -32021 : -32600)
        assert.property(error.data, "requiredCapabilities")
      })
    )
  },
  {
    only: (version) => version >= "2025-11-25",
    client: { elicit: undefined as never }
  }
)

battery(
  "a client whose user interface fails",
  (it) => {
    it.effect("ELIC-27: fails the request, not the connection", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        yield* Effect.flip(client.callTool("ask"))
        assert.strictEqual((yield* text(client, "noticed")).isError, false)
      })
    )
  },
  { only: forms, client: { elicit: () => Effect.fail(McpError.invalidRequest("no window")) } }
)
