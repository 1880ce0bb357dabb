/** What peers wrote, in logs: one short line that does nothing to a terminal, wherever it comes from. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Method from "mcp-effect/Method"
import * as Middleware from "mcp-effect/Middleware"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import * as OutputSchemas from "../../src/client/OutputSchemas.ts"
import * as Questions from "../../src/client/Questions.ts"
import * as PeerText from "../../src/protocol/PeerText.ts"
import * as Revisions from "../../src/protocol/Revisions.ts"
import * as ToolHeaders from "../../src/transport/client/ToolHeaders.ts"
import { faces } from "../http/faces.ts"
import { call, legacy, modern, notification, open as begin, request } from "../http/messages.ts"
import { baseline } from "./baseline.ts"

const mark = "EVIL"
const evil = `${mark}\u001b[2J\r\nERROR forged line\u0000\u009b31m\u202e\u2028${"x".repeat(5000)}`

/** Every text of a log entry, the annotations among them. */
const texts = (value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  if (value instanceof Error) return []
  return typeof value === "object" && value !== null ? Object.entries(value).flat().flatMap(texts) : []
}

const recording = (lines: Array<string>) =>
  Layer.merge(
    Logger.layer([
      Logger.make(({ fiber, message }) => {
        lines.push(...texts(message), ...texts(fiber.getRef(References.CurrentLogAnnotations)))
      })
    ]),
    Layer.succeed(References.MinimumLogLevel, "All")
  )

/** At least so many lines have it in them, and none of them more than a line of a log should have. */
const fit = (lines: ReadonlyArray<string>, least: number) => {
  const marked = lines.filter((line) => line.includes(mark))
  assert.isAtLeast(marked.length, least, lines.join("\n"))
  for (const line of marked) {
    assert.notMatch(line, /[\p{C}\p{Zl}\p{Zp}]/u)
    assert.isAtMost(line.length, 256 + 80, "with the words around it")
  }
}

describe("what a peer wrote", () => {
  it("E19: is one line of 256 characters", () => {
    assert.strictEqual(PeerText.line("plain, ünï, 🧵"), "plain, ünï, 🧵")
    assert.strictEqual(PeerText.line("a\nb\u001b[0m"), "a\\u{a}b\\u{1b}[0m")
    assert.strictEqual(PeerText.line("\u202e\ud800"), "\\u{202e}\\u{d800}")
    assert.strictEqual(PeerText.line("x".repeat(256)), "x".repeat(256))
    assert.strictEqual(PeerText.line("x".repeat(257)), `${"x".repeat(255)}…`)
    assert.lengthOf(PeerText.line("\u0000".repeat(1_000_000)), 256)
  })
})

for (const [face, open] of faces) {
  it.live(`E19: in the log of a server, over ${face}`, () => {
    const lines: Array<string> = []
    return Effect.gen(function* () {
      const server = Server.make(
        { name: "logging", version: "1.0.0" },
        Tool.handle(Tool.make("die"), () => Effect.die("by itself")),
        Method.make("example.com/big", () => ({ value: 1n })),
        Middleware.make((next) => (asked) => (asked.method === evil ? Effect.die("here") : next(asked)))
      )
      const peer = yield* open(server, { responseMode: "json" })
      const session = yield* begin(peer)
      yield* peer.ask(modern("tools/call", { name: "die", arguments: {} }, { id: evil }))
      yield* peer.ask(legacy(call(evil, "die"), session))
      yield* peer.ask(modern("example.com/big", {}, { id: evil }))
      yield* peer.ask(legacy(request(evil, "example.com/big"), session))
      yield* peer.ask(legacy(request(1, evil), session))
      yield* peer.ask(
        legacy(notification("notifications/cancelled", { requestId: 1, reason: evil }), session)
      )
      yield* peer.ask(legacy(notification(evil), session))
      fit(lines, 6)
    }).pipe(baseline, Effect.provide(recording(lines)))
  })
}

describe("in the log of a client", () => {
  it.effect("E19: the name of a tool that is left out, and why", () => {
    const lines: Array<string> = []
    return Effect.gen(function* () {
      const inputSchema = { type: "object", properties: { [evil]: { type: "string", "x-mcp-header": evil } } }
      const headers = ToolHeaders.make("https://example.com/mcp", 100)
      yield* headers.learn({ tools: [{ name: evil, inputSchema }] })
      const marked = lines.filter((line) => line.includes(mark))
      assert.lengthOf(marked, 1)
      assert.notMatch(marked[0]!, /[\p{C}\p{Zl}\p{Zp}]/u)
      assert.isAtMost(marked[0]!.length, 2 * 256 + 120)
    }).pipe(Effect.provide(recording(lines)))
  })

  it.effect("E19: a schema that cannot be used, and why a question is withdrawn", () => {
    const lines: Array<string> = []
    return Effect.gen(function* () {
      const schemas = OutputSchemas.make()
      schemas.learn([{ name: evil, outputSchema: { $ref: evil } }])
      yield* schemas.check(evil, { structuredContent: {} })
      const questions = yield* Questions.make(() => Effect.never)
      const revision = Revisions.findStateful("2025-11-25")!
      yield* questions.take(
        { jsonrpc: "2.0", id: 1, method: "elicitation/create", params: {} },
        revision,
        (answer) => answer,
        () => Effect.void
      )
      yield* questions.withdraw(1, evil)
      fit(lines, 2)
    }).pipe(baseline, Effect.provide(recording(lines)))
  })
})
