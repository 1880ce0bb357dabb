/** Pages a server sends the user to, and how the client learns that they are finished. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Client from "mcp-effect/Client"
import { battery, Heard } from "./battery.ts"

const complete = "notifications/elicitation/complete"

/** What a tool of the fixture answers, as text. */
const text = (client: Client.Service, tool: string, args = {}) =>
  Effect.map(client.callTool(tool, args), ({ content }) =>
    content.map((block) => ("text" in block ? block.text : block.type)).join()
  )

battery(
  "pages",
  (it, { stateless }) => {
    it.effect("ELIC-15: what the user did there is known to the handler before, by a name", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const heard = yield* Heard
        heard.questions.length = 0
        const [one, other] = [yield* text(client, "pay"), yield* text(client, "pay")]
        assert.notStrictEqual(one, other)
        assert.deepStrictEqual(heard.questions, [
          `https://pay.example/${one}`,
          `https://pay.example/${other}`
        ])
      })
    )

    it.effect(
      "ELIC-15, ELIC-16: that they are finished is told once, in the revision that has a word for it",
      () =>
        Effect.gen(function* () {
          const client = yield* Client.Client
          const heard = yield* Heard
          const finished = () => heard.notices.filter((method) => method === complete).length
          const elicitationId = yield* text(client, "pay")
          const waiting = yield* Effect.forkChild(client.elicitationCompleted(elicitationId), {
            startImmediately: true
          })
          yield* text(client, "paid", { elicitationId })
          if (stateless) yield* Fiber.interrupt(waiting)
          else yield* Fiber.join(waiting)
          yield* text(client, "paid", { elicitationId })
          yield* text(client, "paid", { elicitationId: "of somebody else" })
          yield* client.ping
          assert.strictEqual(finished(), stateless ? 0 : 1)
        })
    )

    it.effect("ELIC-19: a call that needs a page visited first is made again afterwards", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const heard = yield* Heard
        heard.questions.length = 0
        if (stateless) {
          assert.strictEqual(yield* text(client, "connect"), "connected")
          assert.deepStrictEqual(heard.questions, [
            "https://files.example/connect",
            "https://files.example/connect"
          ])
          return
        }
        for (const _ of [1, 2]) {
          const error = yield* Effect.flip(client.callTool("connect"))
          assert(error._tag === "McpError", error._tag)
          assert.strictEqual(error.code, -32042)
          const [page, ...more] = Client.requiredUrls(error)
          assert.deepInclude(page, {
            mode: "url",
            message: "Please connect",
            url: "https://files.example/connect"
          })
          assert.match(page?.elicitationId ?? "", /^[0-9a-f-]{36}$/)
          assert.deepStrictEqual(more, [])
        }
        assert.strictEqual(yield* text(client, "connect"), "connected")
        assert.deepStrictEqual(heard.questions, [])
      })
    )
  },
  { only: (version) => version >= "2025-11-25" }
)

battery(
  "a user who goes to no page",
  (it, { stateless }) => {
    it.effect("ELIC-27: a call that needs it ends", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const outcome = yield* Effect.result(client.callTool("connect"))
        if (stateless) assert.strictEqual(outcome._tag === "Success" && outcome.success.isError, true)
        else assert.strictEqual(outcome._tag, "Failure")
      })
    )
  },
  {
    only: (version) => version >= "2025-11-25",
    client: { elicitUrl: () => Effect.succeed(Client.decline) }
  }
)

battery(
  "a client that opens no pages",
  (it, { stateless }) => {
    it.effect("ELIC-4, ELIC-18: is not sent to one, by a question or by an error", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        for (const tool of ["pay", "connect"]) {
          const error = yield* Effect.flip(client.callTool(tool))
          assert(error._tag === "McpError", error._tag)
          assert.strictEqual(error.code, stateless ? -32021 : -32600)
          assert.deepStrictEqual(Client.requiredUrls(error), [])
        }
      })
    )
  },
  { client: { elicitUrl: undefined as never } }
)
