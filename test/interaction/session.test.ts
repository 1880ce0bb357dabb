/** What each side may say to the other besides calls and results. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import * as Client from "mcp-effect/Client"
import { battery, Heard } from "./battery.ts"

const text = ([block]: Client.CallToolResult["content"]) =>
  block !== undefined && "text" in block ? String(block.text) : ""

battery("what a handler may say and ask", (it, { stateless, version }) => {
  it.effect("S173: logs, progress, changes, questions, and what the client can do", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const heard = yield* Heard
      const ready = yield* Latch.make()
      yield* client.setLogLevel("warning")
      const changes = yield* client
        .listen(
          { resourceSubscriptions: ["note://today"], promptsListChanged: true },
          { onAcknowledged: () => ready.openUnsafe() }
        )
        .pipe(Stream.take(1), Stream.runCollect, Effect.forkChild)
      yield* ready.await
      heard.logs.length = 0
      const reports: Array<Client.Progress> = []
      const { structuredContent, content } = yield* client.callTool(
        "speak",
        {},
        { onProgress: (report) => Effect.sync(() => reports.push(report)) }
      )
      const [changed] = yield* Fiber.join(changes)
      assert.include(JSON.stringify(changed), "note://today")
      assert.strictEqual(reports[0]?.progress, 1)
      // In 2026-07-28 the handler is run again for each answer, and says again what it said.
      assert.deepStrictEqual([...new Set(heard.logs.map(({ data }) => data))], ["speaking"])
      const said = structuredContent ?? JSON.parse(text(content))
      assert.deepInclude(said, { roots: 1, model: "fake" })
      const can = (said as { readonly can: ReadonlyArray<string> }).can
      assert.sameMembers([...can], ["sampling", "roots", ...(version >= "2025-06-18" ? ["elicitation"] : [])])
      assert.strictEqual(stateless, client.server.era === "stateless")
    })
  )
})

battery("what a client may say", (it, { stateless }) => {
  it.effect(
    "S187: that its roots changed, and how far it has come, where the revision has words for it",
    () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const told = Effect.map(client.callTool("told"), ({ content }) => Number(text(content)))
        const before = yield* told
        yield* client.sendRootsChanged
        yield* client.notify("notifications/progress", { progressToken: 1, progress: 1 })
        assert.strictEqual((yield* told) - before, stateless ? 0 : 2)
      })
  )

  it.effect("S187: ping, log level, subscribing and unsubscribing, completion", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      yield* client.ping
      yield* client.setLogLevel("error")
      const updates = yield* client.notifications.pipe(
        Stream.filter(({ method }) => method === "notifications/resources/updated"),
        Stream.take(1),
        Stream.runCollect,
        Effect.forkChild({ startImmediately: true })
      )
      yield* client.subscribe("note://today")
      yield* client.callTool("touch")
      yield* Fiber.join(updates)
      yield* client.unsubscribe("note://today")
      const { values } = yield* client.complete(
        { type: "ref/prompt", name: "review" },
        { name: "language", value: "py" }
      )
      assert.deepStrictEqual(values, ["python"])
    })
  )

  it.effect("S187: a cursor on every list", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const first = yield* client.listTools()
      assert(first.nextCursor !== undefined, "the fixture has several pages of tools")
      const second = yield* client.listTools(first.nextCursor)
      assert.notDeepEqual(second.tools, first.tools)
      const codes = yield* Effect.forEach(
        [
          client.listPrompts("no such cursor"),
          client.listResources("no such cursor"),
          client.listResourceTemplates("no such cursor")
        ] as ReadonlyArray<Effect.Effect<unknown, Client.ClientError>>,
        (list) => Effect.map(Effect.flip(list), (error) => error._tag === "McpError" && error.code)
      )
      assert.deepStrictEqual(codes, [-32602, -32602, -32602])
    })
  )
})
