/** A hundred clients that use the same ids at the same time: each hears its own secrets only. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "mcp-effect/Client"
import { faces } from "../http/faces.ts"
import { call, json, legacy, message, modern, open, request } from "../http/messages.ts"
import * as OverHttp from "../interaction/overHttp.ts"
import { baseline } from "./baseline.ts"
import { telling } from "./telling.ts"

const clients = Array.from({ length: 100 }, (_, index) => `secret-of-${index}`)

for (const [face, start] of faces) {
  // Sockets are dear: there every client uses five ids, and forty where there are none.
  const ids = Array.from({ length: face === "fetch" ? 40 : 5 }, (_, id) => id)

  describe(`B1: a hundred clients with equal ids, over ${face}`, () => {
    it.live("B1: each request of 2026-07-28 is answered with its own secret", () =>
      Effect.gen(function* () {
        const peer = yield* start(telling(), { responseMode: "json" })
        const each = Effect.fnUntraced(function* (secret: string) {
          for (const id of ids) {
            const asked = modern("tools/call", { name: "tell", arguments: { secret } }, { id })
            const answer = json(yield* peer.ask(asked))
            assert.strictEqual(answer.id, id)
            assert.strictEqual(answer.result.content[0].text, secret)
          }
        })
        yield* Effect.forEach(clients, each, { concurrency: "unbounded", discard: true })
      }).pipe(baseline)
    )

    it.live("B1: each session is answered with its own secrets, whatever runs beside it", () =>
      Effect.gen(function* () {
        const peer = yield* start(telling(), { responseMode: "sse" })
        const each = Effect.fnUntraced(function* (secret: string) {
          const session = yield* open(peer)
          yield* peer.ask(legacy(request("level", "logging/setLevel", { level: "info" }), session))
          for (const id of ids.slice(0, 5)) {
            const stream = yield* peer.stream(
              legacy(call(id, "tell", { secret }, { progressToken: id }), session)
            )
            const progress = yield* message(stream)
            assert.deepInclude(progress?.params, { progressToken: id, message: secret })
            assert.strictEqual((yield* message(stream))?.params?.["data"], secret)
            const answer = yield* message(stream)
            assert.strictEqual(answer?.id, id)
            assert.include(JSON.stringify(answer?.result), secret)
            assert.isUndefined(yield* message(stream))
          }
        })
        yield* Effect.forEach(clients, each, { concurrency: 25, discard: true })
      }).pipe(baseline)
    )
  })
}

const ways = [
  ["node", OverHttp.node, ["2025-11-25", "2026-07-28"]],
  ["router", OverHttp.router, ["2025-11-25", "2026-07-28"]],
  ["fetch", OverHttp.fetch, ["2025-11-25", "2026-07-28"]],
  ["HTTP+SSE", OverHttp.sse, ["2024-11-05", "2025-11-25"]]
] as const

for (const [way, over, versions] of ways) {
  for (const version of versions) {
    it.live(
      `B1, B2: questions, progress and logs of twenty clients stay apart over ${way} at ${version}`,
      () =>
        Effect.gen(function* () {
          const context = yield* Layer.build(over(telling()))
          const transport = Layer.succeedContext(context)
          const asks = version >= "2025-06-18"
          const each = Effect.fnUntraced(function* (secret: string) {
            const strange: Array<string> = []
            const hear = (what: string) => Effect.sync(() => what === secret || strange.push(what))
            const client = yield* Client.connect(transport, {
              name: "client",
              version: "1.0.0",
              versions: [version],
              logLevel: "info",
              onLog: ({ data }) => hear(String(data)),
              elicit: ({ message: question }) => Effect.as(hear(question), Client.accept({ secret }))
            })
            for (let round = 0; round < 3; round++) {
              const onProgress = ({ message: said = secret }: Client.Progress) => hear(said)
              const told = yield* client.callTool("tell", { secret }, { onProgress })
              assert.deepInclude(told.content[0], { text: secret })
              if (!asks) continue
              const asked = yield* client.callTool("ask", { secret })
              assert.deepInclude(asked.content[0], { text: `${secret} ${secret}` })
            }
            assert.deepStrictEqual(strange, [])
          })
          yield* Effect.forEach(clients.slice(0, 20), (secret) => Effect.scoped(each(secret)), {
            concurrency: "unbounded",
            discard: true
          })
        }).pipe(baseline)
    )
  }
}
